/* ---- result.js: what the work gave: facts, tables, pictures ---------------------------------------- */

function cellNumber(text) {
  const plain = String(text).replace(/,/g, '');
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
}

function resultTable({title, columns: names, rows}) {
  const cells = list(rows);
  return table({caption: title || 'Result', rows: cells, columns: list(names).map((name, i) => {
    const numeric = cells.length > 0 && cells.every(row => cellNumber(row[i]) !== null);
    return {label: name, text: row => row[i], value: numeric ? row => cellNumber(row[i]) : null};
  })});
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
  return el('figure', {class: 'picture'}, svg.node(), el('figcaption', null, title || ''), details('The cells', false, el('pre', null, text)));
}

function resultView(result) {
  const pictures = list(result.pictures);
  return el('div', {class: 'block result'},
    el('h3', null, result.title || 'What it gave'),
    list(result.facts).length ? factList(result.facts.map(fact => [fact.label, fact.value])) : null,
    list(result.tables).map(resultTable),
    pictures.length ? el('div', {class: 'pictures'}, pictures.map(picture)) : null);
}
