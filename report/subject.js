/* ---- subject.js: one workload or command: its curves, its settings, the engine's reasons --------- */

/* A section; `contents` in page.js lists them. */
function section(id, title, content, note) {
  return el('section', {id, 'aria-labelledby': id + '-title'},
    el('h2', {id: id + '-title'}, title), note ? el('p', {class: 'lead'}, note) : null, content);
}

const settingNames = subject => Array.from(new Set(subject.points.flatMap(point => point.settings.map(s => s.name))));

const othersOf = subject => settingNames(subject).filter(name => !OWN_SLOT.includes(name));

function overSizes(subject, pick) {
  const others = othersOf(subject);
  return settingNames(subject).map(name => ({
    name, slot: slotOf(name, others),
    points: subject.points.map(point => {
      const setting = point.settings.find(s => s.name === name);
      const y = setting && point.n ? pick(setting, point) : null;
      return y ? {x: point.n, ...y} : null;
    }).filter(Boolean),
  })).filter(series => series.points.length);
}

function settingsTable(subject, points, caption) {
  const rows = points.flatMap(point => point.settings.map(setting => ({point, setting, g: gain(point.sequential, setting)})));
  return table({caption, rows, columns: [
    ...(points.length > 1 ? [{label: 'Size', text: row => count(row.point.n), value: row => row.point.n}] : []),
    {label: 'Setting', text: row => row.setting.name + (row.setting.oversubscribed ? ' (more than the CPUs)' : '')},
    {label: 'Wall time', text: row => duration(row.setting.wall_ns.median), value: row => row.setting.wall_ns.median},
    {label: 'Interval', text: row => range(row.setting.wall_ns.median_low, row.setting.wall_ns.median_high, duration) || NONE, value: row => row.setting.wall_ns.median_low},
    {label: 'Speed-up', text: row => row.setting === row.point.sequential ? '1×' : gainText(row.g), value: row => row.g && row.g.value, tone: row => row.setting === row.point.sequential ? 'muted' : toneOf(row.g), title: row => gainTitle(row.g)},
    {label: 'CPU time', text: row => duration(row.setting.cpu_ns.median), value: row => row.setting.cpu_ns.median},
    {label: 'Least', text: row => duration(row.setting.wall_ns.min), value: row => row.setting.wall_ns.min},
    {label: 'Most', text: row => duration(row.setting.wall_ns.max), value: row => row.setting.wall_ns.max},
    {label: 'Samples', text: row => count(row.setting.samples), value: row => row.setting.samples},
  ]});
}

function speedupChart(subject) {
  const series = overSizes(subject, (setting, point) => {
    const g = setting === point.sequential ? null : gain(point.sequential, setting);
    return g && {y: g.value, low: g.low, high: g.high};
  });
  if (!series.length) {
    return null;
  }
  const at = subject.breakeven_size || {};
  const predicted = subject.predicted_size || {};
  return chart({
    title: 'Speed-up by size',
    note: 'Times as fast as sequential, with intervals: above 1× it pays.',
    label: `Speed-up of ${subject.name} by size. ${breakevenText(subject).long}`,
    x: {label: subject.unit, format: compact, read: n => `${count(n)} ${subject.unit}`},
    y: {label: 'speed-up', format: times, base: 2},
    rule: {y: 1},
    bands: [
      subject.breakeven === 'found' && isVague(subject)
        ? {low: subject.breakeven_below, high: subject.breakeven_above, name: 'pays from in here'}
        : {x: at.value, low: at.low, high: at.high, name: 'pays from here'},
      {x: predicted.value, low: predicted.low, high: predicted.high, name: 'predicted', kind: 'predicted'}],
    series,
    table: () => settingsTable(subject, subject.points, `Every size and setting of ${subject.name}`),
  });
}

function timeChart(subject) {
  const series = overSizes(subject, setting => ({y: setting.wall_ns.median, low: setting.wall_ns.median_low, high: setting.wall_ns.median_high}));
  if (!series.length) {
    return null;
  }
  return chart({
    title: 'Wall time by size',
    note: 'Medians with their intervals; both axes are logarithmic.',
    label: `Wall time of ${subject.name} by size and setting`,
    x: {label: subject.unit, format: compact, read: n => `${count(n)} ${subject.unit}`},
    y: {label: 'wall time', format: duration},
    series,
    table: () => settingsTable(subject, subject.points, `Every size and setting of ${subject.name}, again`),
  });
}

/* T(w) = W / w + b w beside what was measured. */
function workersChart(subject, point) {
  const fit = object(point.fit);
  const measured = point.settings.filter(s => known(s.workers) && s.workers > 0 && (s.workers === 1 || s.schedule === 'dynamic' || s.schedule === null) && !known(s.grain))
    .map(s => ({x: s.workers, y: s.wall_ns.median, low: s.wall_ns.median_low, high: s.wall_ns.median_high})).sort((a, b) => a.x - b.x);
  if (!fit || !fit.per_worker_ns || !known(fit.per_worker_ns.value) || measured.length < 2) {
    return null;
  }
  const b = fit.per_worker_ns.value;
  const most = 2 * fit.largest_workers;
  const model = [];
  for (let w = 1; w <= most; w++) {
    const y = w === 1 ? fit.work_ns : fit.work_ns / w + b * w;
    if (y > 0) {
      model.push({x: w, y});
    }
  }
  const rows = model.filter(p => measured.some(m => m.x === p.x)).map(p => ({...p, measured: measured.find(m => m.x === p.x)}));
  return chart({
    title: 'Wall time by workers, predicted beside actual',
    note: `T(w) = W/w + b·w with W = ${duration(fit.work_ns)} and b = ${duration(b)} a worker` +
      (known(fit.per_worker_ns.low) ? ` (${range(fit.per_worker_ns.low, fit.per_worker_ns.high, duration)})` : '') +
      `, drawn to twice the ${count(fit.largest_workers)} workers tried.`,
    label: `Wall time of ${subject.name} by workers, with the fitted model`,
    x: {label: 'workers', format: compact, ticks: model.map(p => p.x).filter(w => (w & (w - 1)) === 0), read: w => plural(w, 'worker')},
    y: {label: 'wall time', format: duration},
    series: [{name: 'measured', slot: 1, line: false, points: measured}, {name: 'model', slot: 0, model: true, points: model}],
    table: () => table({caption: 'Predicted and measured wall time by workers', rows, columns: [
      {label: 'Workers', text: row => count(row.x), value: row => row.x},
      {label: 'Predicted', text: row => duration(row.y), value: row => row.y},
      {label: 'Measured', text: row => duration(row.measured.y), value: row => row.measured.y},
    ]}),
  });
}

/* ---- decisions ---------------------------------------------------------------------------------- */

/* Of a study: decisions alike are one row, whose newest is told in full. Of a run: one by one. */
function decisionRows(decisions) {
  return decisions.map(d => object(d.newest) ? {...d.newest, site: d.site, why: d.why, count: d.count, total: d.total_ns, error: d.median_error} : {...d, count: 1, total: d.actual_ns, error: null});
}

function decisionsTable(caption, rows) {
  const error = row => known(row.error) ? row.error : row.predicted_ns > 0 && row.actual_ns > 0 ? Math.abs(row.predicted_ns - row.actual_ns) / row.actual_ns : null;
  return table({caption, rows, columns: [
    {label: 'Site', text: row => row.site},
    ...(rows.some(row => known(row.size)) ? [{label: 'Size', text: row => count(row.size), value: row => row.size}] : []),
    {label: 'Why', text: row => row.why},
    ...(rows.some(row => row.count > 1) ? [{label: 'Calls', text: row => count(row.count), value: row => row.count}] : []),
    {label: 'Items', text: row => count(row.items), value: row => row.items},
    {label: 'Invited', text: row => count(row.invited), value: row => row.invited},
    {label: 'Threads used', text: row => count(row.used), value: row => row.used},
    {label: 'Grain', text: row => row.grain ? count(row.grain) : NONE, value: row => row.grain},
    {label: 'Sequential', text: row => row.sequential_ns ? duration(row.sequential_ns) : NONE, value: row => row.sequential_ns},
    {label: 'Predicted', text: row => row.predicted_ns ? duration(row.predicted_ns) : NONE, value: row => row.predicted_ns},
    {label: 'Actual', text: row => row.actual_ns ? duration(row.actual_ns) : NONE, value: row => row.actual_ns},
    {label: 'Off by', text: row => percent(error(row)), value: error},
  ]});
}

/* The table, under a chart of what was foreseen where there is something to draw. */
function decisionsView(caption, rows) {
  const points = rows.filter(row => row.predicted_ns > 0 && row.actual_ns > 0)
    .map(row => ({x: row.predicted_ns, y: row.actual_ns, name: row.site}));
  if (points.length < 2) {
    return decisionsTable(caption, rows);
  }
  return chart({
    title: 'Predicted beside actual',
    note: 'On the line the engine foresaw the time exactly; below it was faster than foreseen.',
    label: `Predicted and actual time of ${plural(points.length, 'decision')}`,
    x: {label: 'predicted', format: duration},
    y: {label: 'actual', format: duration},
    diagonal: true,
    series: [{name: 'decisions', slot: 1, line: false, points}],
    table: () => decisionsTable(caption, rows),
    open: true,
  });
}

function decisionsOf(subject) {
  const rows = subject.points.flatMap(point => decisionRows(point.decisions).map(row => ({...row, size: point.n})));
  return decisionsView(`Decisions of the engine in ${subject.name}`, rows);
}

/* ---- the section -------------------------------------------------------------------------------- */

/* Everything about one size, and a choice of sizes. */
function atOneSize(subject) {
  const {points} = subject;
  const name = point => point.n ? `${count(point.n)} ${subject.unit}` : 'the run';
  const at = el('div', {class: 'at'});
  const show = point => at.replaceChildren(...[
    settingsTable(subject, [point], `${subject.name}, ${name(point)}`),
    workersChart(subject, point),
    point.profile ? profileView(point.profile, `One run: ${name(point)}`) : null,
  ].filter(Boolean));
  const last = points[points.length - 1];
  show(last);
  return [points.length > 1 ? choice('Size', points.map(point => ({value: point, text: count(point.n)})), last, show) : null, at];
}

function subjectSection(subject, alone) {
  const {points} = subject;
  const given = points.filter(point => point.result && hasContent(point.result)).pop();
  return section(subject.id, subject.name, [
    el('p', {class: 'verdict'}, breakevenText(subject).long),
    el('div', {class: 'pair'}, speedupChart(subject), timeChart(subject)),
    given ? fold(`What it gave at ${count(given.n)} ${subject.unit}`, true, () => resultView(given.result)) : null,
    points.length ? fold('One size in full: settings, workers, where the wall time went', alone, () => atOneSize(subject)) : null,
    points.some(point => point.decisions.length) ? fold('What the engine decided, and why', alone, () => decisionsOf(subject)) : null,
  ].filter(Boolean), subject.summary);
}
