/* ---- chart.js: series with intervals over two axes, most often logarithmic -----------------------
 *
 * series: {name, slot, line, points: [{x, y, low, high}]}; `slot` picks colour and mark, so that a
 * setting looks alike in every chart. bands: {x, low, high, name}: a place on the x axis and the
 * interval it lies in, either of which may be unknown. rule: {y, name}. diagonal: draw y = x, for predicted beside actual. */
const MARKS = [d3.symbolCircle, d3.symbolDiamond, d3.symbolSquare, d3.symbolTriangle, d3.symbolCross, d3.symbolStar];
const SLOTS = 8;

const OWN_SLOT = ['sequential', 'automatic', 'static'];

function slotOf(name, others) {
  const own = OWN_SLOT.indexOf(name);
  return own >= 0 ? own : OWN_SLOT.length + others.indexOf(name) % (SLOTS - OWN_SLOT.length);
}

/* Ticks of a logarithmic axis at a glance: whole powers, or 1-2-5 where there are few of those. */
function logTicks([low, high], base, most) {
  if (high < 8 * low && base === 10) {
    return d3.ticks(low, high, Math.max(3, most * 0.6));
  }
  const exponents = Math.floor(Math.log(high) / Math.log(base) + 1e-9) - Math.ceil(Math.log(low) / Math.log(base) - 1e-9);
  const steps = exponents < 2 && base === 10 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((exponents + 1) / most));
  const ticks = [];
  for (let e = Math.floor(Math.log(low) / Math.log(base)) - 1; e <= Math.ceil(Math.log(high) / Math.log(base)) + 1; e++) {
    if (e % every === 0) {
      ticks.push(...steps.map(step => step * Math.pow(base, e)).filter(t => t >= low * 0.9999 && t <= high * 1.0001));
    }
  }
  return ticks;
}

function extent(values, factor) {
  const [low, high] = d3.extent(values.filter(v => known(v) && v > 0));
  return low === undefined ? [1, 10] : [low / factor, high * factor];
}

function chart(spec) {
  const hidden = new Set();
  const readout = announcer('Point at the chart, or use the arrow keys, to read its values.');
  const svgNode = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const plot = el('div', {class: 'plot', tabindex: '0', role: 'group', 'aria-label': spec.title + ': arrow keys read the values'}, svgNode);
  const xs = Array.from(new Set(spec.series.flatMap(s => s.points.map(p => p.x)))).sort((a, b) => a - b);
  let at = -1;
  let cursor = null;

  const legend = el('div', {class: 'legend', role: 'group', 'aria-label': 'Shown in ' + spec.title},
    spec.series.map(series => el('button', {type: 'button', 'aria-pressed': 'true', class: 'slot' + series.slot, onclick: event => {
      hidden[hidden.has(series.name) ? 'delete' : 'add'](series.name);
      event.currentTarget.setAttribute('aria-pressed', String(!hidden.has(series.name)));
      redraw(plot);
    }}, swatch(series), series.name)));

  function describe(i) {
    const parts = spec.series.filter(s => !hidden.has(s.name)).map(s => {
      const p = s.points.find(point => point.x === xs[i]);
      const name = spec.series.length > 1 ? s.name + ' ' : '';
      return p ? name + (p.name ? p.name + ' ' : '') + spec.y.format(p.y) + (known(p.low) ? ` (${range(p.low, p.high, spec.y.format)})` : '') : null;
    }).filter(Boolean);
    return `${spec.x.read ? spec.x.read(xs[i]) : spec.x.format(xs[i])}: ${parts.join('; ')}`;
  }

  function point(i) {
    at = Math.max(0, Math.min(xs.length - 1, i));
    readout.textContent = describe(at);
    if (cursor) {
      cursor(xs[at]);
    }
  }

  plot.addEventListener('keydown', event => {
    const step = {ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity}[event.key];
    if (step && xs.length) {
      event.preventDefault();
      point(at < 0 ? (step > 0 ? 0 : xs.length - 1) : at + step);
    }
  });

  drawByWidth(plot, width => {
    const shown = spec.series.filter(s => !hidden.has(s.name));
    const drawn = shown.length ? shown : spec.series;
    const height = Math.round(Math.max(230, Math.min(340, width * 0.56)));
    const margin = {top: 26, right: 16, bottom: 44, left: 58};
    const all = drawn.flatMap(s => s.points);
    const ys = all.flatMap(p => [p.y, p.low, p.high]).concat(spec.rule ? [spec.rule.y] : []);
    const bands = list(spec.bands).filter(b => known(b.x) || known(b.low));
    let xDomain = extent(all.map(p => p.x).concat(bands.flatMap(b => [b.x, b.low, b.high])), 1.25);
    let yDomain = extent(ys, spec.y.base === 2 ? 1.15 : 1.4);
    if (spec.diagonal) {
      xDomain = yDomain = d3.extent(xDomain.concat(yDomain));
    }
    const x = d3.scaleLog().domain(xDomain).range([margin.left, width - margin.right]);
    const y = d3.scaleLog().domain(yDomain).range([height - margin.bottom, margin.top]);
    const svg = d3.select(svgNode).attr('viewBox', `0 0 ${width} ${height}`).attr('role', 'img').attr('aria-label', spec.label);
    svg.selectAll('*').remove();

    const xTicks = spec.x.ticks ? spec.x.ticks : logTicks(xDomain, 10, Math.max(2, width / 90));
    const yTicks = logTicks(yDomain, spec.y.base || 10, height / 34);
    const axis = (axisOf, ticks, format, place, size) => {
      const g = svg.append('g').attr('class', 'axis').attr('transform', place)
        .call(axisOf.tickValues(ticks).tickFormat(format).tickSizeOuter(0).tickSizeInner(size).tickPadding(8));
      g.select('.domain').remove();
    };
    axis(d3.axisBottom(x), xTicks, v => short(spec.x.format(v)), `translate(0,${height - margin.bottom})`, -(height - margin.top - margin.bottom));
    axis(d3.axisLeft(y), yTicks, v => short(spec.y.format(v)), `translate(${margin.left},0)`, -(width - margin.left - margin.right));
    svg.append('text').attr('class', 'axis-name').attr('x', width - margin.right).attr('y', height - 6).attr('text-anchor', 'end').text(spec.x.label);
    svg.append('text').attr('class', 'axis-name').attr('x', 4).attr('y', 13).text(spec.y.label);

    for (const band of bands) {
      const g = svg.append('g').attr('class', 'band ' + (band.kind || ''));
      if (known(band.low) && known(band.high)) {
        g.append('rect').attr('x', x(band.low)).attr('width', Math.max(1, x(band.high) - x(band.low)))
          .attr('y', margin.top).attr('height', height - margin.top - margin.bottom);
      }
      if (known(band.x)) {
        g.append('line').attr('x1', x(band.x)).attr('x2', x(band.x)).attr('y1', margin.top).attr('y2', height - margin.bottom);
      }
      const place = x(known(band.x) ? band.x : band.low);
      const right = place > width * 0.6;
      g.append('text').attr('x', place + (right ? -6 : 6)).attr('text-anchor', right ? 'end' : 'start')
        .attr('y', height - margin.bottom - 8 - 15 * bands.indexOf(band)).text(band.name);
    }
    if (spec.rule) {
      svg.append('line').attr('class', 'rule').attr('x1', margin.left).attr('x2', width - margin.right)
        .attr('y1', y(spec.rule.y)).attr('y2', y(spec.rule.y));
    }
    if (spec.diagonal) {
      svg.append('line').attr('class', 'rule').attr('x1', x(xDomain[0])).attr('y1', y(xDomain[0])).attr('x2', x(xDomain[1])).attr('y2', y(xDomain[1]));
    }

    const line = d3.line().x(p => x(p.x)).y(p => y(p.y));
    const area = d3.area().x(p => x(p.x)).y0(p => y(p.low)).y1(p => y(p.high));
    for (const series of shown) {
      const g = svg.append('g').attr('class', 'series slot' + series.slot);
      const points = series.points.filter(p => known(p.y) && p.y > 0);
      const ranged = points.filter(p => known(p.low) && known(p.high));
      if (series.line !== false && ranged.length > 1) {
        g.append('path').attr('class', 'area').attr('d', area(ranged));
      }
      if (series.line !== false && points.length > 1) {
        g.append('path').attr('class', 'line' + (series.model ? ' model' : '')).attr('d', line(points));
      }
      g.selectAll('.bar').data(ranged).join('line').attr('class', 'bar')
        .attr('x1', p => x(p.x)).attr('x2', p => x(p.x)).attr('y1', p => y(p.low)).attr('y2', p => y(p.high));
      if (!series.model) {
        g.selectAll('.mark').data(points).join('path').attr('class', 'mark')
          .attr('d', d3.symbol().type(MARKS[series.slot % MARKS.length]).size(46))
          .attr('transform', p => `translate(${x(p.x)},${y(p.y)})`);
      }
    }
    const wire = svg.append('line').attr('class', 'wire').attr('y1', margin.top).attr('y2', height - margin.bottom).attr('visibility', 'hidden');
    cursor = value => wire.attr('x1', x(value)).attr('x2', x(value)).attr('visibility', 'visible');
    svgNode.onmousemove = event => {
      const box = svgNode.getBoundingClientRect();
      const mx = (event.clientX - box.left) * width / box.width;
      if (xs.length) {
        point(xs.reduce((best, value, i) => Math.abs(x(value) - mx) < Math.abs(x(xs[best]) - mx) ? i : best, 0));
      }
    };
  });

  return el('figure', {class: 'chart'},
    el('figcaption', null, el('strong', null, spec.title), spec.note ? el('span', null, spec.note) : null),
    spec.series.length > 1 ? legend : null, plot, readout, spec.table ? details('The numbers', Boolean(spec.open), spec.table) : null);
}

/* The mark of a series in its legend. */
function swatch(series) {
  const svg = d3.create('svg').attr('viewBox', '-14 -8 28 16').attr('width', 28).attr('height', 16).attr('aria-hidden', 'true').attr('class', 'slot' + series.slot);
  if (series.line !== false) {
    svg.append('line').attr('class', 'line' + (series.model ? ' model' : '')).attr('x1', -13).attr('x2', 13);
  }
  if (!series.model) {
    svg.append('path').attr('class', 'mark').attr('d', d3.symbol().type(MARKS[series.slot % MARKS.length]).size(46)());
  }
  return svg.node();
}
