/* ---- page.js: the page from top to bottom ---------------------------------------------------------- */

const themeWatchers = []; /* what is painted, not styled, follows the theme by hand */

function theme() {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const tell = () => themeWatchers.forEach(paint => paint());
  if (dark.addEventListener) {
    dark.addEventListener('change', tell);
  }
  return el('button', {type: 'button', id: 'theme', title: 'Light or dark', onclick: () => {
    const now = document.documentElement.dataset.theme || (dark.matches ? 'dark' : 'light');
    document.documentElement.dataset.theme = now === 'dark' ? 'light' : 'dark';
    tell();
  }}, 'Theme');
}

/* Every measurement as a line of CSV. A text that a spreadsheet would take for a formula is quoted
 * with an apostrophe. */
function csv(report) {
  const cell = value => value === null || value === undefined ? ''
    : typeof value === 'number' ? String(value)
    : '"' + String(value).replace(/^([=+\-@\t\r])/, "'$1").replace(/"/g, '""') + '"';
  const times = ['min', 'median', 'median_low', 'median_high', 'mean', 'max', 'sd'];
  const header = ['subject', 'n', 'setting', 'workers', 'samples', ...times.map(t => 'wall_ns_' + t), ...times.map(t => 'cpu_ns_' + t)];
  const lines = report.subjects.flatMap(subject => subject.points.flatMap(point => point.settings.map(s =>
    [subject.name, point.n, s.name, s.workers, s.samples, ...times.map(t => s.wall_ns[t]), ...times.map(t => s.cpu_ns[t])].map(cell).join(','))));
  return [header.join(','), ...lines].join('\r\n') + '\r\n';
}

function contents(sections) {
  const links = sections.map(node => el('a', {href: '#' + node.id}, node.querySelector('h2').textContent));
  if (typeof IntersectionObserver === 'function') {
    const seen = new Set();
    const observer = new IntersectionObserver(entries => {
      entries.forEach(entry => seen[entry.isIntersecting ? 'add' : 'delete'](entry.target));
      const first = sections.findIndex(node => seen.has(node));
      links.forEach((link, i) => i === first ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current'));
    }, {rootMargin: '-10% 0px -60% 0px'});
    sections.forEach(node => observer.observe(node));
  }
  document.getElementById('contents').append(...links);
}

function build() {
  const text = document.getElementById('data').textContent;
  const main = document.getElementById('main');
  let raw;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    main.append(el('p', {class: 'notice failed', role: 'alert'}, 'The data in this page are damaged: ' + error.message));
    return;
  }
  const report = readDocument(raw);
  document.title = report.title + ' – Breakeven';
  const name = report.title.replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60) || 'report';
  document.getElementById('tools').append(theme(),
    el('button', {type: 'button', id: 'save-json', onclick: () => save(name + '.json', 'application/json', text)}, 'Save JSON'),
    report.subjects.length ? el('button', {type: 'button', id: 'save-csv', onclick: () => save(name + '.csv', 'text/csv', csv(report))}, 'Save CSV') : '');

  const comes = report.subjects.length ? section('answer', 'What it comes down to', [promise(report), overviewChart(report), answers(report)].filter(Boolean)) : null;
  const sections = [
    comes, comparison(report),
    report.profile ? section('profile', 'Profile of the run', [profileView(report.profile, '')]) : null,
    ...report.subjects.map(subject => subjectSection(subject, report.subjects.length < 3)),
    machine(report),
  ].filter(Boolean);
  main.append(...[head(report), ...notices(report)].filter(Boolean));
  if (!sections.length) {
    main.append(el('p', {class: 'notice'}, 'There is nothing in this run: no measurement, no profile, no result.'));
  }
  main.append(...sections);
  contents(sections);
}

build();
