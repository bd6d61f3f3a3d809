/* ---- format.js: numbers as people read them; null, what is not known, is a dash ---------------- */

const NONE = '\u2013';
const known = x => typeof x === 'number' && Number.isFinite(x);

/* Three digits and a unit: "2.95 µs". */
function scaled(value, units) {
  let i = 0;
  let x = Math.abs(value);
  while (i + 1 < units.length && x >= 999.5 * units[i][0]) {
    i++;
  }
  x /= units[i][0];
  const digits = x >= 99.95 || x === 0 ? 0 : x >= 9.995 ? 1 : 2;
  const text = i === 0 && Number.isInteger(value) ? String(x) : x.toFixed(digits);
  return (value < 0 ? '\u2212' : '') + text + units[i][1];
}

const TIME_UNITS = [[1, ' ns'], [1e3, ' µs'], [1e6, ' ms'], [1e9, ' s']];
const BYTE_UNITS = [[1, ' B'], [1024, ' KiB'], [1024 ** 2, ' MiB'], [1024 ** 3, ' GiB']];
const COUNT_UNITS = [[1, ''], [1e3, 'k'], [1e6, 'M'], [1e9, 'G'], [1e12, 'T']];

const duration = ns => known(ns) ? scaled(ns, TIME_UNITS) : NONE;
const bytes = n => known(n) ? scaled(n, BYTE_UNITS) : NONE;
const grouped = new Intl.NumberFormat('en-US', {maximumFractionDigits: 3});
const count = n => known(n) ? grouped.format(n) : NONE;
const times = x => known(x) ? (x >= 99.95 ? x.toFixed(0) : x >= 9.995 ? x.toFixed(1) : x.toFixed(2)) + '×' : NONE;
const percent = x => known(x) ? (100 * x).toFixed(x !== 0 && Math.abs(x) < 0.0995 ? 1 : 0).replace('-', '\u2212') + ' %' : NONE;
const signed = x => known(x) ? (x > 0 ? '+' : '') + percent(x) : NONE;
const range = (low, high, format) => known(low) && known(high) ? format(low) + ' to ' + format(high) : '';

/* For axes: no zeros after the point. */
const short = text => text.replace(/\.0+(?=\D|$)|(\.\d*[1-9])0+(?=\D|$)/, '$1');
const compact = n => short(scaled(n, COUNT_UNITS));

const plural = (n, word) => count(n) + ' ' + word + (n === 1 ? '' : 's');

const sentence = text => String(text).charAt(0).toUpperCase() + String(text).slice(1);

/* "predicted_ns" to "predicted ns": members this page does not know by name are still shown. */
const label = key => key.replace(/_/g, ' ');
