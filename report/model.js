/* ---- model.js: the document as the page wants it: see docs/report.md -----------------------------
 *
 * A breakeven.run/1 is taken as it is; a breakeven.study/1 is the study, and a breakeven.compare/1 the
 * comparison, of a run of which nothing else is known. Whatever is absent is null or []. */
const list = value => Array.isArray(value) ? value : [];
const object = value => value && typeof value === 'object' && !Array.isArray(value) ? value : null;

function readDocument(raw) {
  const run = object(raw) || {};
  const is = kind => String(run.schema).startsWith(`breakeven.${kind}/`);
  const study = is('study') ? run : object(run.study);
  const named = study ? list(study.subjects).map(subject => subject.name) : [];
  const names = named.length > 3 ? plural(named.length, 'workload') : named.join(', ');
  return {
    schema: run.schema || null,
    version: run.version || (study && study.version) || null,
    title: [run.title || (names ? 'Study' : is('compare') ? 'Two studies compared' : 'A run'), names].filter(Boolean).join(': '),
    commandLine: list(run.command_line),
    begun: run.begun || null,
    elapsed: known(run.elapsed_ns) ? run.elapsed_ns : study ? study.elapsed_ns : null,
    exitCode: known(run.exit_code) ? run.exit_code : null,
    error: run.error || null,
    seed: known(run.seed) ? run.seed : study && object(study.settings) ? study.settings.seed : null,
    machine: object(run.machine) || (study && object(study.machine)) || {},
    warnings: list(run.warnings),
    settings: study ? object(study.settings) || {} : {},
    isCommand: Boolean(study) && study.kind === 'command',
    subjects: study ? list(study.subjects).map(readSubject) : [],
    compare: is('compare') ? run : object(run.compare),
    profile: readProfile(object(run.profile)),
  };
}

function readSubject(subject) {
  const points = list(subject.points).map(point => {
    const settings = list(point.settings);
    const find = name => settings.find(setting => setting.name === name) || null;
    return {
      ...point,
      settings,
      sequential: find('sequential') || settings.find(setting => setting.workers === 1) || null,
      automatic: find('automatic'),
      parallel: find(point.best_parallel),
      decisions: list(point.decisions),
      profile: readProfile(object(point.profile)),
      result: object(point.result),
    };
  });
  return {...subject, points, unit: subject.size_unit || 'n', id: newId('subject')};
}

/* Rows, parents first, become a tree. */
function readProfile(profile) {
  if (!profile || !list(profile.phases).length) {
    return null;
  }
  const nodes = [];
  const roots = [];
  for (const row of profile.phases) {
    const node = {...row, index: nodes.length, children: [], parentNode: nodes[row.parent] || null};
    (node.parentNode ? node.parentNode.children : roots).push(node);
    nodes.push(node);
  }
  return {...profile, nodes, roots, hue: huesOf(nodes)};
}

/* A name has one colour in all views of a profile, and names that meet have different ones. */
const HUES = 8;

function huesOf(nodes) {
  const hues = new Map();
  for (const node of nodes) {
    if (!hues.has(node.name)) {
      hues.set(node.name, hues.size % HUES);
    }
  }
  return node => node ? hues.get(node.name) || 0 : 0;
}

/* ---- what the medians and their intervals say --------------------------------------------------- */

const median = setting => setting && setting.wall_ns ? setting.wall_ns.median : null;

/* Times as fast as `base`; the interval is the least and the most that both intervals allow. */
function gain(base, setting) {
  if (!base || !setting || !known(median(base)) || !known(median(setting))) {
    return null;
  }
  const a = base.wall_ns;
  const b = setting.wall_ns;
  const both = known(a.median_low) && known(b.median_low);
  const low = both ? a.median_low / b.median_high : null;
  const high = both ? a.median_high / b.median_low : null;
  return {
    value: a.median / b.median,
    low,
    high,
    verdict: !both ? 'unsure' : low > 1 ? 'faster' : high < 1 ? 'slower' : 'same',
  };
}

function gainText(g) {
  return !g ? NONE : g.verdict === 'same' ? '≈ 1×' : times(g.value) + (g.verdict === 'unsure' ? ' ?' : '');
}

function gainTitle(g) {
  return !g ? null : times(g.value) + (g.low === null ? ', no interval' : ', interval ' + range(g.low, g.high, times));
}

const toneOf = g => g && (g.verdict === 'faster' ? 'good' : g.verdict === 'slower' ? 'bad' : 'muted');

/* Sizes far apart tell only that it lies between them. */
const isVague = subject => subject.breakeven_above > 16 * subject.breakeven_below || !known((subject.breakeven_size || {}).value);

/* Where the second core starts to pay, in a sentence. */
function breakevenText(subject) {
  const {unit} = subject;
  const at = subject.breakeven_size || {};
  switch (subject.breakeven) {
  case 'always':
    return {short: 'every size tried', long: 'A second core pays at every size tried.'};
  case 'not reached':
    return {short: 'no size tried', long: 'No size tried repays a second core.'};
  case 'found': {
    if (isVague(subject)) {
      const [low, high] = [count(subject.breakeven_below), count(subject.breakeven_above)];
      return {short: `${low} to ${high}`, long: `A second core starts to pay somewhere between ${low} and ${high} ${unit}.`};
    }
    const interval = known(at.low) && known(at.high) ? ` (${range(Math.round(at.low), Math.round(at.high), count)})` : '';
    const size = count(Math.round(at.value));
    return {short: size, interval: interval.trim(), long: `A second core pays from ${size} ${unit}${interval}.`};
  }
  default:
    return {short: 'not known', long: 'There is nothing to compare: no size, or no parallel setting.'};
  }
}

/* Why a reader should not conclude yet: a sentence a reason, the places after it. */
function noiseWarnings(report) {
  const at = pick => report.subjects.map(subject => {
    const sizes = subject.points.filter(pick).map(point => point.n ? count(point.n) : null);
    return !sizes.length ? null : subject.name + (sizes[0] === null ? '' : sizes.length < 6 ? ' at ' + sizes.join(', ')
      : ` at ${count(sizes.length)} of ${count(subject.points.length)} sizes from ${sizes[0]} to ${sizes[sizes.length - 1]}`);
  }).filter(Boolean);
  const few = point => point.settings.some(s => s.wall_ns && s.wall_ns.confidence < 0.95);
  const wanted = known(report.settings.precision) ? ` than the ${percent(report.settings.precision)} asked for` : ' than asked for';
  const reasons = [
    ['Too few samples for intervals of 95 %', at(few)],
    [`Intervals stayed wider${wanted}: the machine was busy, or the time short`, at(point => point.narrow === false && !few(point))],
    ['No difference between one core and several is shown', at(point => point.concluded === false && point.parallel && point.sequential)],
  ];
  return [...report.warnings.map(warning => ({text: sentence(warning.text), at: []})),
    ...reasons.filter(reason => reason[1].length).map(([text, places]) => ({text, at: places}))];
}
