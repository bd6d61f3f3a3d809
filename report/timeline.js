/* ---- timeline.js: what ran when, on which thread ---------------------------------------------------
 *
 * A lane a thread: its spans, inner ones below outer ones, and under them in a thin line what the
 * engine did. Drag to look closer. With a phase chosen, all others fade. */
const STATES = ['body', 'claim', 'steal', 'wake', 'join', 'spin', 'parked', 'preempted', 'outside'];

function columns(columnTable) {
  const data = object(columnTable);
  return data && list(data.track).length ? data : null;
}

function threadsTable(threads) {
  return table({caption: 'Where each thread was: the states add up to its life', rows: threads, columns: [
    {label: 'Thread', text: row => row.name},
    {label: 'Life', text: row => duration(row.life_ns), value: row => row.life_ns},
    ...STATES.map(state => ({label: state, text: row => duration(row.states[state]), value: row => row.states[state]})),
  ]});
}

function timelineView(profile, chosen) {
  const threads = list(profile.threads);
  const timeline = object(profile.timeline);
  const spans = timeline && columns(timeline.spans);
  const states = timeline && columns(timeline.states);
  if (!spans && !states) {
    return threads.length ? threadsTable(threads) : null;
  }
  const tracks = list(timeline.tracks);
  const begin = timeline.begin_ns;
  const end = Math.max(timeline.end_ns, begin + 1);
  let view = [begin, end];
  /* Lanes are as deep as the deepest phase seen in them. */
  const level = new Map(); /* phase id to row inside a lane */
  const depths = tracks.map(() => 0);
  if (spans) {
    spans.track.forEach((track, i) => {
      const node = profile.nodes[spans.phase[i]];
      level.set(spans.phase[i], node ? node.depth : 0);
      depths[track] = Math.max(depths[track], node ? node.depth + 1 : 1);
    });
  }
  const row = tracks.length > 12 ? 5 : tracks.length > 4 ? 10 : 16; /* pixels */
  const tops = [];
  const height = depths.reduce((top, depth) => {
    tops.push(top);
    return top + Math.max(depth, 1) * row + 12;
  }, 26);

  const canvas = el('canvas', {'aria-hidden': 'true'});
  const names = el('div', {class: 'tracks', 'aria-hidden': 'true'}, tracks.map((name, i) => {
    const node = el('span', null, name);
    node.style.top = tops[i] + 'px';
    return node;
  }));
  const plot = el('div', {class: 'plot timeline', tabindex: '0', role: 'group', 'aria-label': 'Timeline: arrow keys move, plus and minus zoom, Escape shows all'}, canvas);
  const readout = announcer('Point at a span to read its numbers; arrow keys move, plus and minus zoom.');
  const filter = el('output', {class: 'found'});
  const clear = el('button', {type: 'button', class: 'back', hidden: true, onclick: () => chosen.choose(chosen.node)}, 'All phases');
  const back = el('button', {type: 'button', class: 'back', hidden: true, onclick: () => look(begin, end)}, 'Whole run');
  let width = 0;

  const x = ns => (ns - view[0]) / (view[1] - view[0]) * width;
  const at = px => view[0] + px / width * (view[1] - view[0]);

  function look(from, to) {
    const least = Math.max(1, (end - begin) / 1e6);
    const span = Math.min(end - begin, Math.max(least, to - from));
    const low = Math.max(begin, Math.min(end - span, from));
    view = [low, low + span];
    back.hidden = span >= end - begin;
    readout.textContent = `${duration(view[0])} to ${duration(view[1])}`;
    paint();
  }

  function paint() {
    if (!width) {
      return;
    }
    const dots = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * dots);
    canvas.height = Math.round(height * dots);
    canvas.style.height = height + 'px';
    const g = canvas.getContext('2d');
    g.scale(dots, dots);
    const style = getComputedStyle(plot);
    const color = name => style.getPropertyValue(name).trim();
    const hues = Array.from({length: HUES}, (_, i) => color('--hue' + i));
    const stateColors = Object.fromEntries(STATES.map(state => [state, color('--state-' + state)]));
    g.clearRect(0, 0, width, height);
    g.fillStyle = color('--muted');
    g.strokeStyle = color('--grid');
    g.font = '12px system-ui, sans-serif';
    for (const tick of d3.scaleLinear().domain(view).ticks(Math.max(2, width / 120))) {
      g.beginPath();
      g.moveTo(x(tick), 18);
      g.lineTo(x(tick), height);
      g.stroke();
      g.fillText(duration(tick), x(tick) + 3, 12);
    }
    const draw = (i, data, top, tall, fill) => {
      const left = x(data.at_ns[i]);
      const wide = x(data.at_ns[i] + data.ns[i]) - left;
      if (left < width && left + wide > 0) {
        g.fillStyle = fill;
        g.fillRect(Math.max(-1, left), top, Math.max(0.7, Math.min(wide, width + 2)), tall);
      }
    };
    if (spans) {
      const shown = new Map();
      for (let i = 0; i < spans.track.length; i++) {
        const id = spans.phase[i];
        const node = profile.nodes[id];
        if (!shown.has(id)) {
          shown.set(id, !chosen.node || (node && isInside(node, chosen.node)));
        }
        g.globalAlpha = (shown.get(id) ? 1 : 0.1) * (spans.busy_ns && spans.ns[i] ? Math.max(0.35, Math.min(1, spans.busy_ns[i] / spans.ns[i])) : 1);
        draw(i, spans, tops[spans.track[i]] + level.get(id) * row, row - 1, hues[profile.hue(node)]);
      }
    }
    g.globalAlpha = chosen.node ? 0.35 : 1;
    for (let i = 0; states && i < states.track.length; i++) {
      const track = states.track[i];
      draw(i, states, tops[track] + Math.max(depths[track], 1) * row, 5, stateColors[states.state[i]] || stateColors.outside);
    }
    g.globalAlpha = 1;
    /* What no phase covers, from top to bottom. */
    g.strokeStyle = color('--slot2');
    g.fillStyle = color('--slot2');
    for (const gap of list(profile.gaps)) {
      const left = Math.max(0, x(gap.at_ns));
      const right = Math.min(width, x(gap.at_ns + gap.ns));
      if (right - left < 2) {
        continue;
      }
      g.save();
      g.beginPath();
      g.rect(left, 20, right - left, height - 20);
      g.clip();
      g.globalAlpha = 0.45;
      for (let slope = left - height; slope < right; slope += 9) {
        g.beginPath();
        g.moveTo(slope, height);
        g.lineTo(slope + height, 0);
        g.stroke();
      }
      g.restore();
      if (right - left > 90) {
        g.fillText('no phase', left + 4, 32);
      }
    }
  }

  /* The span under the pointer, the innermost. */
  function under(event) {
    const box = canvas.getBoundingClientRect();
    const ns = at((event.clientX - box.left) * width / box.width);
    const py = event.clientY - box.top;
    const track = tops.findIndex((top, i) => py >= top && py < top + Math.max(depths[i], 1) * row + 6);
    if (track < 0 || !spans) {
      return null;
    }
    const depth = Math.floor((py - tops[track]) / row);
    const slack = (view[1] - view[0]) / width;
    const i = spans.track.findIndex((t, k) => t === track && level.get(spans.phase[k]) === depth && ns >= spans.at_ns[k] - slack && ns <= spans.at_ns[k] + spans.ns[k] + slack);
    return i < 0 ? null : {i, track, node: profile.nodes[spans.phase[i]]};
  }

  let drag = null;
  canvas.addEventListener('pointerdown', event => {
    drag = {x: event.clientX};
  });
  canvas.addEventListener('pointermove', event => {
    const hit = under(event);
    if (hit && hit.node) {
      readout.textContent = `${tracks[hit.track]}: ${hit.node.name}, ${duration(spans.ns[hit.i])} from ${duration(spans.at_ns[hit.i])}` + (spans.count[hit.i] > 1 ? `, ${plural(spans.count[hit.i], 'span')}, busy ${duration(spans.busy_ns[hit.i])}` : '');
    }
  });
  canvas.addEventListener('pointerup', event => {
    const box = canvas.getBoundingClientRect();
    if (drag && Math.abs(event.clientX - drag.x) > 5) {
      const ends = [drag.x, event.clientX].map(px => at((px - box.left) * width / box.width)).sort((a, b) => a - b);
      look(ends[0], ends[1]);
    } else {
      const hit = under(event);
      if (hit && hit.node) {
        chosen.choose(hit.node);
      }
    }
    drag = null;
  });
  plot.addEventListener('keydown', event => {
    const span = view[1] - view[0];
    const middle = (view[0] + view[1]) / 2;
    const moves = {
      '+': () => look(middle - span / 4, middle + span / 4), '=': () => look(middle - span / 4, middle + span / 4),
      '-': () => look(middle - span, middle + span), ArrowLeft: () => look(view[0] - span / 4, view[1] - span / 4),
      ArrowRight: () => look(view[0] + span / 4, view[1] + span / 4), Escape: () => look(begin, end), Home: () => look(begin, begin + span), End: () => look(end - span, end),
    };
    if (moves[event.key]) {
      event.preventDefault();
      moves[event.key]();
    }
  });
  chosen.watch(node => {
    filter.textContent = node ? 'only ' + node.name : '';
    clear.hidden = !node;
    paint();
  });
  themeWatchers.push(paint);
  drawByWidth(plot, w => {
    width = w;
    paint();
  });

  const phases = spans ? Array.from(new Set(spans.phase)).map(id => profile.nodes[id]).filter(Boolean) : [];
  const byName = Array.from(new Map(phases.map(node => [node.name, node])).values()).slice(0, 24);
  const chips = el('div', {class: 'legend', role: 'group', 'aria-label': 'Phases of the timeline'}, byName.map(node => {
    const chip = el('button', {type: 'button', class: 'hue' + profile.hue(node), 'aria-pressed': 'false', onclick: () => chosen.choose(node)}, el('i', {'aria-hidden': 'true'}), node.name);
    chosen.watch(other => chip.setAttribute('aria-pressed', String(other === node)));
    return chip;
  }));
  const stateLegend = states ? el('p', {class: 'states'}, el('span', null, 'Under each thread: '), STATES.filter(state => states.state.includes(state)).map(state => el('span', {class: 'state ' + state}, el('i', {'aria-hidden': 'true'}), state))) : null;
  return el('figure', {class: 'chart wide'},
    el('figcaption', null, el('strong', null, 'Timeline by thread'),
      el('span', null, 'Drag to look closer; click a phase to see it alone.' + (timeline.resolution_ns > 0 ? ` Nothing shorter than ${duration(timeline.resolution_ns)} is told apart.` : ''))),
    chips, el('div', {class: 'bar'}, filter, clear, back), el('div', {class: 'lanes'}, names, plot), stateLegend, readout,
    details('The numbers', false, () => [threads.length ? threadsTable(threads) : null, spans ? timelineTable(profile, tracks, spans) : null]));
}

function timelineTable(profile, tracks, spans) {
  const sums = new Map();
  spans.track.forEach((track, i) => {
    const key = track + ' ' + spans.phase[i];
    const sum = sums.get(key) || {track: tracks[track], phase: profile.nodes[spans.phase[i]], count: 0, busy: 0};
    sum.count += spans.count[i];
    sum.busy += spans.busy_ns[i];
    sums.set(key, sum);
  });
  return table({caption: 'Spans by thread and phase', rows: Array.from(sums.values()).sort((a, b) => b.busy - a.busy).slice(0, FLAME_ROWS), columns: [
    {label: 'Thread', text: row => row.track},
    {label: 'Phase', text: row => row.phase ? row.phase.name : NONE},
    {label: 'Spans', text: row => count(row.count), value: row => row.count},
    {label: 'Time in them', text: row => duration(row.busy), value: row => row.busy},
  ]});
}
