/* ---- flame.js: phases as boxes, callers above what they call --------------------------------------
 *
 * A box is as wide as its share of the box above. By wall time children may run at once and sum to
 * more than their parent; they are then drawn to a smaller scale, and the numbers told are their own.
 * Only boxes of a pixel or more exist as elements, so a hundred thousand phases stay quick. */
const BOX = 21;
const LEAST_WIDTH = 1.2;

function flameView(profile, chosen, {title, metrics}) {
  let metric = metrics[0];
  let root = layout();
  let focus = root; /* as wide as the view */
  let at = root;    /* where the keyboard is */
  let query = '';
  const svgNode = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const plot = el('div', {class: 'plot flame', tabindex: '0', role: 'group', 'aria-label': title + ': arrow keys move, Enter zooms, Escape goes back'}, svgNode);
  const readout = announcer('Point at a box, or use the arrow keys, to read its numbers.');
  const found = el('output', {class: 'found'});
  const back = el('button', {type: 'button', class: 'back', hidden: true, onclick: () => zoom(root)}, 'Whole view');

  /* Self time makes the layout: then a box holds at least its children. */
  function layout() {
    const whole = {name: 'all', children: profile.roots, parentNode: null, [metric.value]: profile.roots.reduce((sum, node) => sum + node[metric.value], 0), [metric.self]: 0};
    const top = profile.roots.length === 1 ? profile.roots[0] : whole;
    return d3.partition()(d3.hierarchy(top, node => node.children).sum(node => node.children.length ? Math.max(0, node[metric.self]) : Math.max(0, node[metric.value]))
      .sort((a, b) => (a.data.index || 0) - (b.data.index || 0)));
  }

  const matches = box => query !== '' && String(box.data.name).toLowerCase().includes(query);

  function describe(box) {
    const whole = root.data[metric.value];
    const value = box.data[metric.value];
    return `${box.data.name}: ${metric.format(value)}` + (whole > 0 ? `, ${percent(value / whole)} of the whole` : '') +
      (box.data.threads > 1 ? `, on ${plural(box.data.threads, 'thread')}` : '') + (known(box.data.count) ? `, ${plural(box.data.count, 'span')}` : '');
  }

  function tell(box) {
    at = box;
    readout.textContent = describe(box);
  }

  function zoom(box) {
    focus = at = box;
    back.hidden = box === root;
    tell(box);
    redraw(plot);
  }

  function search(text) {
    query = text.trim().toLowerCase();
    let boxes = 0;
    let sum = 0;
    /* A match inside a match is counted once. */
    (function walk(box, inside) {
      const hit = matches(box);
      boxes += hit;
      sum += hit && !inside ? box.data[metric.value] : 0;
      list(box.children).forEach(child => walk(child, inside || hit));
    })(root, false);
    const whole = root.data[metric.value];
    found.textContent = query === '' ? '' : `${plural(boxes, 'phase')}` + (boxes && whole > 0 ? `, ${percent(Math.min(1, sum / whole))} of the whole` : '');
    redraw(plot);
  }

  plot.addEventListener('keydown', event => {
    const siblings = at.parent ? at.parent.children : [at];
    const next = {
      ArrowUp: at.parent, ArrowDown: at.children && at.children[0],
      ArrowLeft: siblings[siblings.indexOf(at) - 1], ArrowRight: siblings[siblings.indexOf(at) + 1],
      Home: root, Enter: at, Escape: focus.parent || root,
    };
    if (event.key in next) {
      event.preventDefault();
      if (event.key === 'Enter' || event.key === 'Escape') {
        zoom(next[event.key]);
      } else if (next[event.key]) {
        tell(next[event.key]);
        redraw(plot);
      }
    }
  });

  drawByWidth(plot, width => {
    const scale = width / (focus.x1 - focus.x0 || 1);
    const boxes = [];
    const ancestors = focus.ancestors().reverse();
    ancestors.pop();
    ancestors.forEach(box => boxes.push({box, x: 0, width}));
    (function walk(box) {
      const wide = (box.x1 - box.x0) * scale;
      if (wide >= LEAST_WIDTH) {
        boxes.push({box, x: (box.x0 - focus.x0) * scale, width: wide});
        list(box.children).forEach(walk);
      }
    })(focus);
    const deepest = boxes.reduce((most, {box}) => Math.max(most, box.depth), 0);
    const svg = d3.select(svgNode).attr('viewBox', `0 0 ${width} ${(deepest + 1) * BOX}`).attr('role', 'img').attr('aria-label', `${title} by ${metric.text} of ${plural(profile.nodes.length, 'phase')}`);
    svg.selectAll('*').remove();
    const g = svg.selectAll('g').data(boxes).join('g')
      .attr('class', ({box}) => 'box hue' + profile.hue(box.data) + (query !== '' ? (matches(box) ? ' hit' : ' miss') : '') +
        (box.depth < focus.depth ? ' above' : '') + (box === at && box !== root ? ' at' : '') + (chosen.node && box.data === chosen.node ? ' chosen' : ''))
      .attr('transform', ({box, x}) => `translate(${x},${box.depth * BOX})`)
      .each(function ({box}) {
        this.onclick = () => zoom(box === focus && box.parent ? box.parent : box);
        this.onmouseenter = () => {
          readout.textContent = describe(box);
        };
      });
    g.append('rect').attr('width', d => Math.max(0.5, d.width - 0.8)).attr('height', BOX - 1.5).attr('rx', 2);
    g.filter(d => d.width > 28).append('text').attr('x', 5).attr('y', BOX / 2 + 3).text(({box, width: w}) => {
      const most = Math.floor((w - 8) / 6.6);
      const name = String(box.data.name);
      return name.length <= most ? name : most > 2 ? name.slice(0, most - 1) + '…' : '';
    });
  });

  chosen.watch(() => redraw(plot));
  const searchId = newId('search');
  return el('figure', {class: 'chart wide'},
    el('figcaption', null, el('strong', null, title), el('span', null, 'Click to zoom; again, or Escape, to go back.')),
    el('div', {class: 'bar'},
      el('span', {class: 'field'}, el('label', {for: searchId}, 'Search'), el('input', {id: searchId, type: 'search', spellcheck: 'false', autocomplete: 'off', oninput: event => search(event.target.value)}), found),
      metrics.length > 1 ? choice('Width of a box', metrics.map(m => ({value: m, text: m.text})), metric, m => {
        metric = m;
        root = layout();
        zoom(root);
      }) : null, back),
    plot, readout,
    details('The numbers', false, () => flameTable(title, profile, metrics)));
}

/* The same boxes as rows; the longest where there are very many. */
const FLAME_ROWS = 500;

function flameTable(title, profile, metrics) {
  const {value, format} = metrics[metrics.length - 1];
  const rows = profile.nodes.slice().sort((a, b) => b[value] - a[value]).slice(0, FLAME_ROWS);
  const path = node => node.parentNode ? path(node.parentNode) + ' › ' + node.name : node.name;
  return table({caption: title + (rows.length < profile.nodes.length ? `: the ${FLAME_ROWS} longest of ${count(profile.nodes.length)}` : ''), rows, columns: [
    {label: 'Phase', text: path},
    ...metrics.map(m => ({label: m.text, text: row => format(row[m.value]), value: row => row[m.value]})),
  ]});
}
