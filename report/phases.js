/* ---- phases.js: where the wall time went, as a tree ----------------------------------------------
 *
 * Wall time is a union over threads, busy time a sum over them: the two have columns of their own and
 * are never added. What no child of a phase covers is a row of its own. */

/* What the tree, the flame view and the timeline of one profile have in common: the phase chosen. */
function selection() {
  const listeners = [];
  return {
    node: null,
    choose(node) {
      this.node = this.node === node ? null : node;
      listeners.forEach(listener => listener(this.node));
    },
    watch: listener => listeners.push(listener),
  };
}

function isInside(node, ancestor) {
  for (let at = node; at; at = at.parentNode) {
    if (at === ancestor) {
      return true;
    }
  }
  return false;
}

const ROWS_AT_FIRST = 60;
const ROWS_AT_MOST = 2000;

function phaseTree(profile, chosen) {
  const whole = Math.max(1, ...profile.roots.map(root => root.wall_ns));
  const open = new Set();
  /* Level by level, as long as it stays readable. */
  let level = profile.roots;
  for (let shown = level.length; level.length; level = level.flatMap(node => node.children)) {
    shown += level.reduce((sum, node) => sum + node.children.length, 0);
    if (shown > ROWS_AT_FIRST) {
      break;
    }
    level.forEach(node => open.add(node));
  }
  const body = el('tbody');

  function bar(node) {
    const width = ns => (100 * ns / whole).toFixed(3) + '%';
    const part = (kind, ns) => {
      const span = el('span', {class: 'part ' + kind});
      span.style.width = width(ns);
      return span;
    };
    const unaccounted = node.children.length ? node.unaccounted_ns : 0;
    return el('span', {class: 'wallbar', 'aria-hidden': 'true'}, part('covered', node.wall_ns - unaccounted), part('open', unaccounted));
  }

  const number = (value, format) => el('td', {class: 'number', 'data-v': known(value) ? value : null}, known(value) ? format(value) : NONE);

  function row(node) {
    const toggle = node.children.length
      ? el('button', {type: 'button', class: 'twist', 'aria-expanded': String(open.has(node)), 'aria-label': 'Phases inside ' + node.name, onclick: () => {
        open[open.has(node) ? 'delete' : 'add'](node);
        fill();
      }}, '')
      : el('span', {class: 'twist'});
    const name = el('button', {type: 'button', class: 'phase', 'aria-pressed': String(chosen.node === node), onclick: () => chosen.choose(node)}, node.name);
    const head = el('th', {scope: 'row'}, el('span', {class: 'indent'}, toggle, name));
    head.firstChild.style.paddingInlineStart = Math.min(node.depth, 12) * 0.9 + 'rem';
    return el('tr', {class: chosen.node === node ? 'chosen' : null}, head, el('td', null, bar(node)),
      number(node.wall_ns, duration),
      el('td', {class: 'number', 'data-v': node.busy_ns}, duration(node.busy_ns), el('small', null, ' × ' + count(node.threads))),
      number(node.wall_ns > 0 ? node.busy_ns / node.wall_ns : null, x => x.toFixed(2)),
      number(node.self_ns, duration), number(node.waiting_ns, duration), number(node.displaced_ns, duration), number(node.idle_ns, duration),
      number(node.count, count), number(node.min_ns, duration), number(node.median_ns, duration), number(node.max_ns, duration));
  }

  function unaccountedRow(node) {
    const head = el('th', {scope: 'row'}, el('span', {class: 'indent'}, el('span', {class: 'twist'}), el('em', null, 'unaccounted')));
    head.firstChild.style.paddingInlineStart = Math.min(node.depth + 1, 12) * 0.9 + 'rem';
    const hole = {wall_ns: node.unaccounted_ns, unaccounted_ns: node.unaccounted_ns, children: [node]};
    return el('tr', {class: 'unaccounted'}, head, el('td', null, bar(hole)), number(node.unaccounted_ns, duration),
      Array.from({length: 10}, () => el('td', {class: 'number'}, '')));
  }

  function fill() {
    const rows = [];
    const walk = nodes => {
      for (const node of nodes) {
        if (rows.length >= ROWS_AT_MOST) {
          return;
        }
        rows.push(row(node));
        if (open.has(node)) {
          walk(node.children);
          if (node.unaccounted_ns > 0) {
            rows.push(unaccountedRow(node));
          }
        }
      }
    };
    walk(profile.roots);
    body.replaceChildren(...rows);
  }

  chosen.watch(fill);
  fill();
  const columns = ['Phase', 'Of the whole', 'Wall', 'Busy × threads', 'Parallel', 'Self', 'Waiting', 'Displaced', 'Idle', 'Count', 'Least', 'Median', 'Most'];
  return sheet('Phases: wall is a union over threads, busy a sum over them; hatched is covered by no phase inside',
    el('table', {class: 'phases'}, el('thead', null, el('tr', null, columns.map((name, i) => el('th', {scope: 'col', class: i > 1 ? 'number' : null}, name)))), body));
}

/* What stands out, in the profiler's words. */
function findings(profile) {
  const found = list(profile.findings);
  return found.length ? el('div', {class: 'findings'}, el('h4', null, 'What stands out'),
    el('ul', null, found.map(finding => el('li', {class: 'finding ' + String(finding.kind).replace(/\W/g, '')},
      sentence(finding.text))))) : null;
}

function gaps(profile) {
  const rows = list(profile.gaps);
  const name = id => known(id) && profile.nodes[id] ? profile.nodes[id].name : 'under no phase';
  return rows.length ? table({caption: 'The longest stretches that no phase covers', rows, columns: [
    {label: 'In', text: row => name(row.phase)},
    {label: 'Begins at', text: row => duration(row.at_ns), value: row => row.at_ns},
    {label: 'Lasts', text: row => duration(row.ns), value: row => row.ns},
    {label: 'After', text: row => row.after === null ? 'the begin' : row.after},
    {label: 'Before', text: row => row.before === null ? 'the end' : row.before},
    {label: 'On the CPU', text: row => percent(row.on_cpu), value: row => row.on_cpu},
  ]}) : null;
}

function topSelf(profile) {
  const rows = profile.nodes.filter(node => node.self_ns > 0).sort((a, b) => b.self_ns - a.self_ns).slice(0, 15);
  const whole = profile.roots.reduce((sum, root) => sum + root.busy_ns, 0);
  return rows.length > 3 ? details('Top self times', false, () => table({caption: 'Self: busy time in none of the phases inside', rows, columns: [
    {label: 'Phase', text: row => row.name},
    {label: 'Self', text: row => duration(row.self_ns), value: row => row.self_ns},
    {label: 'Of all busy time', text: row => percent(row.self_ns / whole), value: row => row.self_ns / whole},
    {label: 'Threads', text: row => count(row.threads), value: row => row.threads},
    {label: 'Count', text: row => count(row.count), value: row => row.count},
  ]})) : null;
}

/* What sampling saw, and what looking cost. */
function looking(profile) {
  const facts = [];
  const fact = (name, value) => known(value) && facts.push([name, duration(value)]);
  fact('wall time seen', profile.wall_ns);
  fact('under no phase at all', profile.unaccounted_ns);
  fact('cost of looking', profile.looking_ns);
  if (known(profile.spans)) {
    facts.push(['spans', count(profile.spans) + (profile.dropped ? `, and ${count(profile.dropped)} lost` : '')]);
  }
  for (const [name, value] of Object.entries(object(profile.counters) || {})) {
    if (value) {
      facts.push([name, count(value)]);
    }
  }
  const samples = object(profile.samples);
  const name = id => known(id) && profile.nodes[id] ? profile.nodes[id].name : 'under no phase';
  return [
    facts.length ? factList(facts) : null,
    list(profile.sites).length ? details('Loops by site', false, () => table({caption: 'Sites of the engine: what each item cost there', rows: profile.sites, columns: [
      {label: 'Site', text: row => row.site},
      {label: 'Calls', text: row => count(row.calls), value: row => row.calls},
      {label: 'Timed', text: row => count(row.timed), value: row => row.timed},
      {label: 'Parallel', text: row => count(row.parallel), value: row => row.parallel},
      {label: 'Items', text: row => count(row.items), value: row => row.items},
      {label: 'An item', text: row => duration(row.item_ns), value: row => row.item_ns},
    ]})) : null,
    samples && list(samples.rows).length ? details('What the sampler saw', false, () => table({caption: `${plural(samples.count, 'sample')}, one every ${duration(samples.period_ns)}`, rows: samples.rows, columns: [
      {label: 'Innermost phase', text: row => name(row.phase)},
      {label: 'Samples', text: row => count(row.samples), value: row => row.samples},
      {label: 'On the CPU', text: row => duration(row.on_cpu_ns), value: row => row.on_cpu_ns},
      {label: 'Off it', text: row => duration(row.off_cpu_ns), value: row => row.off_cpu_ns},
    ]})) : null,
  ];
}

/* Stacks from elsewhere, as a flame view of their own. */
function nativeView(native) {
  const {name, parent, total, self} = native;
  const nodes = list(name).map((text, i) => ({name: text, index: i, busy_ns: total[i], wall_ns: total[i], self_ns: self[i], unaccounted_ns: self[i], children: [], parentNode: null}));
  const roots = [];
  nodes.forEach((node, i) => {
    const above = nodes[parent[i]];
    node.parentNode = above || null;
    node.depth = above ? above.depth + 1 : 0;
    (above ? above.children : roots).push(node);
  });
  const format = native.unit === 'ns' ? duration : n => plural(n, 'sample');
  return nodes.length ? el('div', {class: 'block'}, el('h4', null, `Native stacks from ${native.source}`),
    flameView({nodes, roots, hue: huesOf(nodes)}, selection(), {title: 'Flame view of native stacks', metrics: [{value: 'busy_ns', self: 'self_ns', text: native.unit, format}]})) : null;
}

function profileView(profile, title) {
  const chosen = selection();
  const decisions = decisionRows(list(profile.decisions));
  return el('div', {class: 'block profile'}, el('h3', null, 'Where the wall time went'), title ? el('p', {class: 'lead'}, title) : null,
    findings(profile), phaseTree(profile, chosen), topSelf(profile), gaps(profile),
    flameView(profile, chosen, {title: 'Flame view', metrics: [
      {value: 'wall_ns', self: 'unaccounted_ns', text: 'wall', format: duration},
      {value: 'busy_ns', self: 'self_ns', text: 'busy, summed over threads', format: duration}]}),
    timelineView(profile, chosen), looking(profile), object(profile.native) ? nativeView(profile.native) : null,
    decisions.length ? el('div', {class: 'block'}, el('h4', null, 'What the engine decided, and why'),
      decisionsView('Decisions of the engine, oldest first', decisions)) : null);
}
