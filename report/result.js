/* ---- result.js: what the work gave: facts, tables, pictures ----------------------------------------
 *
 * Results come as texts. A table of numbers by numbers is drawn too: one whose headings are numbers
 * as a map of colours (a price by strike and years), any other as bars (a census of cycles). */

function cellNumber(text) {
  const plain = String(text).replace(/,/g, '');
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
}

function resultTable({title, columns: names, rows}) {
  const cells = list(rows);
  const heads = list(names).map(String);
  const numeric = heads.map((_, i) => cells.length > 0 && cells.every(row => cellNumber(row[i]) !== null));
  const shown = table({caption: title || 'Result', rows: cells, columns: heads.map((name, i) => ({
    label: name, text: row => row[i], value: numeric[i] ? row => cellNumber(row[i]) : null}))});
  if (cells.length < 3 || heads.length < 2 || !numeric.every(Boolean)) {
    return shown;
  }
  const surface = heads.length > 3 && cells.length <= 400 && heads.slice(1).every(head => Number.isFinite(parseFloat(head)));
  return surface ? heatMap(title, heads, cells, shown) : cells.length <= 120 ? bars(title, heads, cells, shown) : shown;
}

/* A figure that draws itself by width, with a line to read values from. */
function drawing(title, note, name, draw, shown, controls, open) {
  const svgNode = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const readout = announcer('Point at the picture to read its values.');
  const plot = el('div', {class: 'plot'}, svgNode);
  drawByWidth(plot, width => {
    const svg = d3.select(svgNode).attr('role', 'img').attr('aria-label', name);
    svg.selectAll('*').remove();
    draw(svg, width, text => {
      readout.textContent = text;
    });
  });
  return {plot, figure: el('figure', {class: 'chart'}, el('figcaption', null, el('strong', null, title), el('span', null, note)),
    controls, plot, readout, details('The numbers', Boolean(open), () => shown))};
}

function bars(title, heads, rows, shown) {
  let at = heads.length - 1; /* the column drawn */
  const value = row => cellNumber(row[at]);
  const pick = heads.length > 2 ? choice('Height of a bar', heads.slice(1).map((text, i) => ({value: i + 1, text})), at, i => {
    at = i;
    redraw(made.plot);
  }) : null;
  const made = drawing(title || heads.join(' by '), `By ${heads[0]}.`, `Bars of ${heads[at]} by ${heads[0]}`, (svg, width, tell) => {
    const height = 240;
    const margin = {top: 22, right: 8, bottom: 44, left: 58};
    const values = rows.map(value);
    const [low, high] = d3.extent(values.filter(v => v > 0));
    const log = low > 0 && high > 50 * low;
    const y = (log ? d3.scaleLog().domain([low / 2, high]) : d3.scaleLinear().domain([Math.min(0, d3.min(values)), Math.max(d3.max(values), 1e-9)]))
      .range([height - margin.bottom, margin.top]);
    const x = d3.scaleBand().domain(d3.range(rows.length)).range([margin.left, width - margin.right]).paddingInner(0.25).paddingOuter(0.2);
    const base = log ? y(low / 2) : y(0);
    svg.attr('viewBox', `0 0 ${width} ${height}`);
    const ticks = log ? logTicks([low, high], 10, 6) : y.ticks(5);
    const every = Math.ceil(rows.length * 56 / (width - margin.left - margin.right));
    svg.append('g').attr('class', 'axis').attr('transform', `translate(${margin.left},0)`)
      .call(d3.axisLeft(y).tickValues(ticks).tickFormat(compact).tickSizeInner(-(width - margin.left - margin.right)).tickPadding(8)).select('.domain').remove();
    svg.append('g').attr('class', 'axis').attr('transform', `translate(0,${height - margin.bottom})`)
      .call(d3.axisBottom(x).tickValues(d3.range(0, rows.length, every)).tickFormat(i => compact(cellNumber(rows[i][0]))).tickSize(0).tickPadding(8)).select('.domain').remove();
    svg.append('text').attr('class', 'axis-name').attr('x', 4).attr('y', 12).text(heads[at] + (log ? ', logarithmic' : ''));
    svg.append('text').attr('class', 'axis-name').attr('x', width - margin.right).attr('y', height - 6).attr('text-anchor', 'end').text(heads[0]);
    svg.append('g').selectAll('rect').data(rows).join('rect').attr('class', 'column')
      .attr('x', (_, i) => x(i)).attr('width', Math.max(1, Math.min(x.bandwidth(), 64))).attr('rx', 2)
      .attr('transform', `translate(${Math.max(0, x.bandwidth() - 64) / 2},0)`)
      .attr('y', row => Math.min(base, value(row) > 0 || !log ? y(value(row)) : base))
      .attr('height', row => value(row) > 0 || !log ? Math.abs(base - y(value(row))) : 0)
      .each(function (row) {
        this.onmouseenter = () => tell(heads.map((head, i) => `${head} ${row[i]}`).join(', '));
      });
  }, shown, pick);
  return made.figure;
}

function heatMap(title, heads, rows, shown) {
  const values = rows.flatMap(row => row.slice(1).map(cellNumber));
  const [low, high] = d3.extent(values);
  const made = drawing(title || 'Surface', `From ${compact(low)} (pale) to ${compact(high)} (strong); ${heads[0]} downwards.`, `Map of ${title || 'a surface'}`, (svg, width, tell) => {
    const across = heads.length - 1;
    const margin = {top: 24, right: 8, bottom: 8, left: 62};
    const wide = (width - margin.left - margin.right) / across;
    const tall = Math.max(4, Math.min(26, 420 / rows.length));
    svg.attr('viewBox', `0 0 ${width} ${margin.top + rows.length * tall + margin.bottom}`);
    const strength = d3.scaleLinear().domain(low < high ? [low, high] : [low, low + 1]).range([0.06, 1]);
    const every = Math.max(1, Math.ceil(52 / wide));
    const cells = svg.append('g').selectAll('g').data(rows).join('g').attr('transform', (_, r) => `translate(${margin.left},${margin.top + r * tall})`);
    cells.selectAll('rect').data((row, r) => row.slice(1).map((text, c) => ({text, c, r, row}))).join('rect').attr('class', 'column')
      .attr('x', d => d.c * wide).attr('width', wide + 0.5).attr('height', tall + 0.5).attr('fill-opacity', d => strength(cellNumber(d.text)))
      .each(function (d) {
        this.onmouseenter = () => tell(`${heads[0]} ${d.row[0]}, ${heads[d.c + 1]}: ${d.text}`);
      });
    svg.append('g').attr('class', 'axis').selectAll('text').data(heads.slice(1)).join('text').attr('x', (_, c) => margin.left + (c + 0.5) * wide).attr('y', 15)
      .attr('text-anchor', 'middle').text((head, c) => c % every === 0 ? head : '');
    const skip = Math.ceil(14 / tall);
    svg.append('g').attr('class', 'axis').selectAll('text').data(rows).join('text').attr('x', margin.left - 8).attr('y', (_, r) => margin.top + (r + 0.5) * tall + 4)
      .attr('text-anchor', 'end').text((row, r) => r % skip === 0 ? row[0] : '');
  }, shown, null);
  return made.figure;
}

/* A grid of cells 0-9 in the colours of ARC. */
function picture({title, rows, columns: across, cells}) {
  const size = 12;
  const svg = d3.create('svg').attr('viewBox', `0 0 ${across * size} ${rows * size}`).attr('role', 'img').attr('class', 'grid')
    .attr('aria-label', `${title || 'Picture'}: ${rows} by ${across} cells`);
  svg.style('width', Math.min(320, Math.max(48, across * 14)) + 'px');
  svg.selectAll('rect').data(Array.from(String(cells))).join('rect')
    .attr('class', cell => 'cell' + (/^\d$/.test(cell) ? cell : '0'))
    .attr('x', (_, i) => i % across * size).attr('y', (_, i) => Math.floor(i / across) * size)
    .attr('width', size - 0.6).attr('height', size - 0.6);
  const text = Array.from({length: rows}, (_, r) => String(cells).slice(r * across, (r + 1) * across)).join('\n');
  return el('figure', {class: 'picture'}, svg.node(), el('figcaption', null, title || ''), details('The cells', false, () => el('pre', null, text)));
}

const hasContent = result => ['facts', 'tables', 'pictures'].some(part => list(result[part]).length > 0);

function resultView(result) {
  const pictures = list(result.pictures);
  return el('div', {class: 'block result'},
    list(result.facts).length ? factList(result.facts.map(fact => [fact.label, fact.value])) : null,
    list(result.tables).map(resultTable),
    pictures.length ? el('div', {class: 'pictures'}, pictures.map(picture)) : null);
}
