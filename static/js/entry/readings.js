/** Reading numbers as people type them, and marking them against limits. The server has the last word on both. */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const MOST_DECIMALS = 9;
const LARGEST = 1e12;

/** Full-width digits become plain ones: "１２．５" is "12.5". */
export function normalise(text) {
  return text.normalize("NFKC").trim();
}

/** Whether a normalised text is a reading. */
export function isReading(text) {
  const [, decimals = ""] = text.split(".");
  return NUMBER.test(text) && decimals.length <= MOST_DECIMALS && Math.abs(Number(text)) < LARGEST;
}

/** {lower, upper, target} as numbers, null where there is none. */
export function limitsOf({ lower, upper, target }) {
  const number = (text) => (text ? Number(text) : null);
  return { lower: number(lower), upper: number(upper), target: number(target) };
}

/** "out" beyond a limit, "near" in the outermost tenth of the tolerance, else "". As inspections/rules/readings.py. */
export function mark(value, { lower, upper, target }) {
  if ((lower !== null && value < lower) || (upper !== null && value > upper)) return "out";
  let tolerance = 0;
  if (lower !== null && upper !== null) tolerance = upper - lower;
  else if (target !== null) tolerance = 2 * Math.abs((lower === null ? upper : lower) - target);
  if (!tolerance) return "";
  const edge = tolerance / 10 + tolerance * 1e-9; // a reading on the edge counts, whatever binary fractions make of it
  return (lower !== null && value <= lower + edge) || (upper !== null && value >= upper - edge) ? "near" : "";
}

/** Whether more digits can still bring a text within the limits: "5" can become 50.1, "50.9" cannot. */
export function canStillConform(text, { lower, upper }) {
  const low = lower === null ? -Infinity : lower;
  const high = upper === null ? Infinity : upper;
  const isNegative = text.startsWith("-");
  const digits = text.replace(/^[+-]/, "");
  if (!digits || digits === ".") return isNegative ? low < 0 : true;
  const [, decimals] = digits.split(".");
  const value = Number(digits);
  const reaches = (from, to) => (isNegative ? -from >= low && -to < high : from <= high && to > low);
  if (decimals !== undefined) return reaches(value, value + 10 ** -decimals.length);
  for (let factor = 1; factor < LARGEST; factor *= 10) {
    if (reaches(value * factor, (value + 1) * factor)) return true;
  }
  return false;
}

/** The cells of a column or row copied from a spreadsheet, in order; empty cells inside stay, those at the end go. */
export function splitColumn(text) {
  const cells = text
    .normalize("NFKC")
    .replace(/\r\n/g, "\n")
    .split(/[\n\r\t,;、]/)
    .map((cell) => cell.trim());
  while (cells.length && !cells[cells.length - 1]) cells.pop();
  return cells;
}
