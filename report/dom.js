/* ---- dom.js: elements. Text from the data becomes text nodes and attributes, never markup ------- */

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined && child !== ''));
  return node;
}

/* An id that no text of the data can take. */
let idsGiven = 0;
const newId = prefix => prefix + '-' + (++idsGiven);

/* What was pointed at last stands here, for people who listen too; until then, how to point. */
function announcer(hint) {
  return el('p', {class: 'readout', 'aria-live': 'polite'}, hint);
}

/* Draw now, and again whenever the element gets another width. */
const redraws = new Map();
const widths = typeof ResizeObserver === 'function' ? new ResizeObserver(entries => {
  for (const {target, contentRect} of entries) {
    const drawn = redraws.get(target);
    const width = Math.round(contentRect.width);
    if (drawn && width > 0 && width !== drawn.width) {
      drawn.width = width;
      drawn.draw(width);
    }
  }
}) : null;

function drawByWidth(element, draw) {
  redraws.set(element, {draw, width: 0});
  if (widths) {
    widths.observe(element);
  }
}

function redraw(element) {
  const drawn = redraws.get(element);
  if (drawn && drawn.width) {
    drawn.draw(drawn.width);
  }
}

/* One of a few: a row of buttons, of which one is pressed. */
function choice(name, options, chosen, change) {
  const buttons = options.map(({value, text}) =>
    el('button', {type: 'button', 'aria-pressed': String(value === chosen), onclick: () => {
      buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(options[i].value === value)));
      change(value);
    }}, text));
  return el('div', {class: 'choice', role: 'group', 'aria-label': name}, buttons);
}

/* What can be opened is made when it first is. `make` gives a node, or several, or null. */
function opened(node, open, make) {
  let made = false;
  const fill = () => {
    if (!made && node.open) {
      made = true;
      node.append(...[make()].flat().filter(Boolean));
    }
  };
  node.addEventListener('toggle', fill);
  node.open = open;
  fill();
  return node;
}

/* The numbers behind a chart, and a part of a section. */
const details = (summary, open, make) => opened(el('details', {class: 'behind'}, el('summary', null, summary)), open, make);
const fold = (title, open, make) => opened(el('details', {class: 'fold'}, el('summary', null, el('h3', null, title))), open, make);

/* A table that scrolls sideways in itself, under a caption that does not. */
function sheet(caption, table, tall) {
  const id = newId('sheet');
  table.setAttribute('aria-labelledby', id);
  return el('div', {class: 'sheet'}, el('p', {class: 'caption', id}, caption),
    el('div', {class: tall ? 'scroll tall' : 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': id}, table));
}

/* Hand the text to the browser as a file. */
function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], {type}));
  const link = el('a', {href: url, download: name});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
