/* ---- table.js: a table that sorts ---------------------------------------------------------------
 *
 * columns: {label, text(row), value(row)}: what a cell shows, and what it sorts by; a number is
 * kept as it is in the data in data-v. A column without a value is text. `tone(row)` may name a
 * class for the row's cell. The first column is the heading of its row. */
const TALL = 16; /* rows from which a table scrolls in itself */

function table({caption, columns, rows, sortable = true}) {
  const body = el('tbody');
  const numeric = columns.map(c => Boolean(c.value) && rows.every(row => typeof c.value(row) !== 'string'));
  const heads = columns.map((column, i) => {
    const inner = sortable && rows.length > 1
      ? el('button', {type: 'button', onclick: () => sort(i)}, column.label)
      : column.label;
    return el('th', {scope: 'col', class: numeric[i] ? 'number' : null}, inner);
  });
  const key = (column, row) => column.value ? column.value(row) : String(column.text(row));

  function fill(ordered) {
    body.replaceChildren(...ordered.map(row => el('tr', null, columns.map((column, i) => {
      const value = column.value ? column.value(row) : null;
      const attributes = {
        class: [numeric[i] ? 'number' : '', column.tone ? column.tone(row) || '' : ''].join(' ').trim() || null,
        'data-v': known(value) ? value : null,
        title: column.title ? column.title(row) : null,
      };
      return i === 0 ? el('th', {scope: 'row', ...attributes}, column.text(row)) : el('td', attributes, column.text(row));
    }))));
  }

  function sort(i) {
    const up = heads[i].getAttribute('aria-sort') !== 'ascending';
    heads.forEach(head => head.removeAttribute('aria-sort'));
    heads[i].setAttribute('aria-sort', up ? 'ascending' : 'descending');
    fill(rows.slice().sort((a, b) => {
      const x = key(columns[i], a);
      const y = key(columns[i], b);
      const missing = (x === null || x === undefined) - (y === null || y === undefined);
      return missing || (up ? 1 : -1) * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y)));
    }));
  }

  fill(rows);
  return sheet(caption, el('table', null, el('thead', null, el('tr', null, heads)), body), rows.length > TALL);
}
