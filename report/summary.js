/* ---- summary.js: the head of the page, what it comes down to, and what to doubt ------------------ */

function head(report) {
  const begun = report.begun ? new Date(report.begun) : null;
  const when = begun && !Number.isNaN(begun.getTime()) ? begun.toLocaleString('en-GB', {dateStyle: 'long', timeStyle: 'short'}) : null;
  const m = report.machine;
  const facts = [
    m.cpu ? `${m.cpus ? plural(m.cpus, m.virtual_cpus ? 'virtual CPU' : 'CPU') + ', ' : ''}${m.cpu}` : null,
    m.isa, known(report.elapsed) ? 'took ' + duration(report.elapsed) : null, when,
    report.version ? 'Breakeven ' + report.version : null].filter(Boolean);
  return el('div', {class: 'head'},
    el('h1', null, report.title),
    report.commandLine.length ? el('p', {class: 'command'}, el('code', null, report.commandLine.join(' '))) : null,
    el('p', {class: 'facts'}, facts.map(fact => el('span', null, fact))));
}

function notices(report) {
  const failed = report.error || (report.exitCode !== null && report.exitCode !== 0 && report.exitCode !== 75);
  const doubts = noiseWarnings(report);
  return [
    failed ? el('div', {class: 'notice failed', role: 'alert'},
      el('strong', null, 'This run failed' + (report.exitCode === null ? '.' : ` with exit code ${report.exitCode}.`)),
      report.error ? el('p', null, el('code', null, report.error)) : null) : null,
    doubts.length ? el('div', {class: 'notice doubt'},
      el('strong', null, 'Read with care'),
      el('ul', null, doubts.map(doubt => el('li', null, doubt.text, doubt.at.length ? [': ', el('span', {class: 'muted'}, doubt.at.join('; '))] : '')))) : null,
  ];
}

/* One row a workload. */
function answers(report) {
  const rows = report.subjects.map(subject => {
    const last = subject.points[subject.points.length - 1] || null;
    const worst = subject.points.map(point => gain(point.sequential, point.automatic))
      .filter(Boolean).sort((a, b) => a.value - b.value)[0] || null;
    return {subject, last, worst, text: breakevenText(subject),
      parallel: last && gain(last.sequential, last.parallel), automatic: last && gain(last.sequential, last.automatic)};
  });
  const predicted = row => row.subject.predicted_size || {};
  return table({
    caption: 'Where a second core starts to pay',
    rows,
    columns: [
      {label: report.isCommand ? 'Command' : 'Workload', text: row => el('a', {href: '#' + row.subject.id}, row.subject.name), value: row => row.subject.name},
      {label: 'Pays from', text: row => [row.text.short, row.text.interval ? el('small', null, ' ' + row.text.interval) : null, el('small', null, ' ' + (row.subject.breakeven === 'found' ? row.subject.unit : ''))],
        value: row => known((row.subject.breakeven_size || {}).value) ? row.subject.breakeven_size.value : row.subject.breakeven === 'always' ? 0 : null},
      {label: 'Predicted', text: row => known(predicted(row).value) ? count(Math.round(predicted(row).value)) : NONE, value: row => known(predicted(row).value) ? predicted(row).value : null},
      {label: 'Largest size', text: row => row.last && row.last.n ? count(row.last.n) : NONE, value: row => row.last ? row.last.n : null},
      {label: 'Parallel there', text: row => gainText(row.parallel), value: row => row.parallel && row.parallel.value, tone: row => toneOf(row.parallel), title: row => gainTitle(row.parallel)},
      ...(rows.every(row => !row.automatic) ? [] : [{label: 'Automatic there', text: row => gainText(row.automatic), value: row => row.automatic && row.automatic.value, tone: row => toneOf(row.automatic), title: row => gainTitle(row.automatic)},
      {label: 'Automatic at its worst', text: row => gainText(row.worst), value: row => row.worst && row.worst.value, tone: row => toneOf(row.worst), title: row => gainTitle(row.worst)}]),
    ],
  });
}

/* The engine's promise, held against every measurement. */
function promise(report) {
  const gains = report.subjects.flatMap(subject => subject.points.map(point => {
    const g = gain(point.sequential, point.automatic);
    return g && {...g, place: point.n ? `${subject.name} at ${count(point.n)}` : subject.name};
  }).filter(Boolean));
  if (!gains.length) {
    return null;
  }
  const slower = gains.filter(g => g.verdict === 'slower').sort((a, b) => a.value - b.value);
  const best = gains.filter(g => g.verdict === 'faster').sort((a, b) => b.value - a.value)[0];
  return el('p', {class: 'verdict'}, 'Left to itself, the engine ',
    slower.length
      ? el('span', {class: 'bad'}, `was slower than the plain loop in ${count(slower.length)} of ${plural(gains.length, 'measurement')}, ${times(slower[0].value)} at worst (${slower[0].place})`)
      : `was not shown to be slower than the plain loop in any of ${plural(gains.length, 'measurement')}`,
    best ? `; at best it was ${times(best.value)} as fast (${best.place}).` : '.');
}

/* All workloads in one picture: break-even is a matter of time, not of items. */
function overviewChart(report) {
  const series = report.subjects.map((subject, i) => ({
    name: subject.name, slot: (i + 1) % SLOTS,
    points: subject.points.map(point => {
      const g = gain(point.sequential, point.automatic || point.parallel);
      return g ? {x: median(point.sequential), y: g.value, low: g.low, high: g.high, name: point.n ? `at ${count(point.n)} ${subject.unit}` : '', subject, n: point.n} : null;
    }).filter(Boolean).sort((a, b) => a.x - b.x),
  })).filter(s => s.points.length);
  if (!series.length) {
    return null;
  }
  const rows = series.flatMap(s => s.points.map(p => ({...p, series: s.name})));
  const what = report.isCommand ? 'with the best worker count' : 'as the engine chose';
  return chart({
    title: 'Speed-up against how long it takes alone',
    note: `Times as fast as sequential, ${what}. Below 1× would be a loss; the bars are intervals.`,
    label: `Speed-up over sequential time for ${series.map(s => s.name).join(', ')}`,
    x: {label: 'sequential time', format: duration},
    y: {label: 'speed-up', format: times, base: 2},
    rule: {y: 1},
    series,
    table: () => table({caption: 'Speed-up by sequential time', rows, columns: [
      {label: 'Workload', text: row => row.series},
      {label: 'Size', text: row => count(row.n), value: row => row.n},
      {label: 'Sequential', text: row => duration(row.x), value: row => row.x},
      {label: 'Speed-up', text: row => times(row.y), value: row => row.y},
      {label: 'Interval', text: row => range(row.low, row.high, times) || NONE, value: row => row.low},
    ]}),
  });
}

/* Each change with its interval beside the tolerance: what touches the band is no news. */
const CHANGES = 60;

function changesChart(compare, rows, tone) {
  const drawn = rows.filter(row => row.change && known(row.change.value)).slice(0, CHANGES);
  const name = row => `${row.subject}${row.n ? ' at ' + count(row.n) : ''}, ${row.setting}`;
  return drawing('Change by measurement', `Wall time now against ${compare.baseline}: right of the band is slower. Dots are medians, lines their intervals.`,
    `Changes of ${plural(drawn.length, 'measurement')} since ${compare.baseline}`, (svg, width, tell) => {
      const step = width < 560 ? 34 : 22;
      const left = width < 560 ? 8 : Math.min(300, width * 0.32);
      const height = 30 + drawn.length * step + 34;
      const reach = Math.max(compare.tolerance || 0, ...drawn.flatMap(row => [row.change.value, row.change.low, row.change.high]).filter(known).map(Math.abs)) * 1.08 || 0.1;
      const x = d3.scaleLinear().domain([-reach, reach]).range([left, width - 12]);
      svg.attr('viewBox', `0 0 ${width} ${height}`);
      svg.append('rect').attr('class', 'tolerance').attr('x', x(-compare.tolerance)).attr('width', x(compare.tolerance) - x(-compare.tolerance)).attr('y', 14).attr('height', height - 48);
      svg.append('g').attr('class', 'axis').attr('transform', `translate(0,${height - 34})`)
        .call(d3.axisBottom(x).ticks(Math.max(3, (width - left) / 90)).tickFormat(signed).tickSizeInner(-(height - 48)).tickSizeOuter(0).tickPadding(8)).select('.domain').remove();
      svg.append('line').attr('class', 'rule').attr('x1', x(0)).attr('x2', x(0)).attr('y1', 14).attr('y2', height - 34);
      const g = svg.append('g').selectAll('g').data(drawn).join('g').attr('class', row => 'change ' + (tone[row.verdict] || 'muted'))
        .attr('transform', (_, i) => `translate(0,${30 + i * step})`)
        .each(function (row) {
          this.onmouseenter = () => tell(`${name(row)}: ${signed(row.change.value)}${known(row.change.low) ? ` (${range(row.change.low, row.change.high, signed)})` : ''}, ${row.verdict}`);
        });
      g.append('rect').attr('x', 0).attr('width', width).attr('y', -step / 2).attr('height', step).attr('class', 'hover');
      g.append('text').attr('x', width < 560 ? left : left - 12).attr('y', width < 560 ? -7 : 4).attr('text-anchor', width < 560 ? 'start' : 'end').text(row => {
        const most = Math.floor((width < 560 ? width - 16 : left - 16) / 6.6);
        return name(row).length <= most ? name(row) : name(row).slice(0, most - 1) + '…';
      });
      g.filter(row => known(row.change.low)).append('line').attr('x1', row => x(row.change.low)).attr('x2', row => x(row.change.high)).attr('y1', width < 560 ? 5 : 0).attr('y2', width < 560 ? 5 : 0);
      g.append('circle').attr('cx', row => x(row.change.value)).attr('cy', width < 560 ? 5 : 0).attr('r', 4.5);
    }, compareTable(compare, rows, tone), null, true).figure;
}

function compareTable(compare, rows, tone) {
  return table({caption: `Change since ${compare.baseline}, tolerance ${percent(compare.tolerance)}`, rows, columns: [
    {label: 'Subject', text: row => row.subject},
    {label: 'Size', text: row => count(row.n), value: row => row.n},
    {label: 'Setting', text: row => row.setting},
    {label: 'Before', text: row => duration(row.old_ns.value), value: row => row.old_ns.value, title: row => range(row.old_ns.low, row.old_ns.high, duration)},
    {label: 'Now', text: row => duration(row.new_ns.value), value: row => row.new_ns.value, title: row => range(row.new_ns.low, row.new_ns.high, duration)},
    {label: 'Change', text: row => signed(row.change.value), value: row => row.change.value, tone: row => tone[row.verdict]},
    {label: 'Interval', text: row => range(row.change.low, row.change.high, signed) || NONE, value: row => row.change.low},
    {label: 'Verdict', text: row => row.verdict, tone: row => tone[row.verdict] || 'muted'},
  ]});
}

/* What a reader of the comparison must know before its rows. */
function comparisonDoubts(compare) {
  return [
    compare.other_machine ? 'The baseline was measured on another machine.' : null,
    compare.other_compiler ? 'The baseline was built by another compiler.' : null,
    compare.only_old ? `${plural(compare.only_old, 'measurement')} of the baseline ${compare.only_old === 1 ? 'has' : 'have'} no partner here.` : null,
    compare.only_new ? `${plural(compare.only_new, 'measurement')} ${compare.only_new === 1 ? 'is' : 'are'} not in the baseline.` : null,
  ].filter(Boolean);
}

function comparison(report) {
  const {compare} = report;
  if (!compare) {
    return null;
  }
  const rows = list(compare.rows);
  const slower = rows.filter(row => row.verdict === 'worse').length;
  const beyond = compare.regressions;
  const tone = {worse: 'bad', improved: 'good'};
  const doubts = comparisonDoubts(compare);
  return section('compare', 'Against the baseline', [
    el('p', {class: 'verdict ' + (slower ? 'bad' : '')}, slower
      ? `${plural(slower, 'measurement')} of ${count(rows.length)} ${slower === 1 ? 'is' : 'are'} slower than in ${compare.baseline}, ${beyond ? count(beyond) : 'none'} for certain by more than ${percent(compare.tolerance)}.`
      : `No measurement of ${count(rows.length)} is shown to be slower than in ${compare.baseline}.`),
    doubts.length ? el('p', {class: 'lead'}, doubts.join(' ')) : null,
    rows.length ? changesChart(compare, rows, tone) : null,
  ].filter(Boolean));
}

const MACHINE_LABELS = {
  cpu: 'CPU', cpus: 'CPUs usable', virtual_cpus: 'virtual', isa: 'instruction set', workers: 'workers', workers_limit: 'workers decided by',
  cpu_quota: 'CPU quota', memory_bytes: 'memory free', clock_ns: 'one clock reading', elapsed_ns: 'took', budget_ns: 'time budget',
  precision: 'precision wanted', interval: 'interval', warmups: 'warm-up rounds',
};

function plainFact(key, value) {
  return value === null || value === undefined ? NONE
    : typeof value === 'boolean' ? (value ? 'yes' : 'no')
    : key.endsWith('_ns') ? duration(value)
    : key.endsWith('_bytes') ? bytes(value)
    : key === 'precision' ? percent(value)
    : typeof value === 'number' ? count(value)
    : String(value);
}

function factList(facts) {
  return el('dl', {class: 'facts-list'}, facts.map(([name, value]) => el('div', null, el('dt', null, name), el('dd', null, value))));
}

function machine(report) {
  const facts = [...Object.entries(report.machine), ...Object.entries(report.settings)].filter(([key]) => key !== 'seed')
    .map(([key, value]) => [MACHINE_LABELS[key] || label(key), plainFact(key, value)]);
  if (report.seed !== null) {
    facts.push(['seed', count(report.seed)]);
  }
  if (report.version) {
    facts.push(['version', report.version]);
  }
  return facts.length ? section('machine', 'Where and how it was measured', [factList(facts)]) : null;
}
