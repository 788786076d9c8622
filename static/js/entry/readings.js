/** Readings and their limits. How people write them is in notation.js; the server has the last word on both. */

const NUMBER = /^[<>]?[+-]?(\d+\.?\d*|\.\d+)$/;
const MOST_DECIMALS = 9;
const LARGEST = 1e12;

/** Full-width digits become plain ones: "１２．５" is "12.5". */
export function normalise(text) {
  return text.normalize("NFKC").trim();
}

/** Whether a normalised text is a reading; also one that is only known to be beyond a number: "<0.002", ">50". */
export function isReading(text) {
  const [, decimals = ""] = text.split(".");
  return NUMBER.test(text) && decimals.length <= MOST_DECIMALS && Math.abs(numberOf(text)) < LARGEST;
}

/** The number that a reading is, or beyond which it is. */
export function numberOf(text) {
  return Number(text.replace(/^[<>]/, ""));
}

/** A text of which equal readings have the same: "2.50" and "2.5", "<0.20" and "<0.2". Others stand for themselves. */
export function canonical(reading) {
  const text = reading === null || reading === undefined ? "" : String(reading);
  return isReading(text) ? `${/^[<>]/.test(text) ? text[0] : ""}${numberOf(text)}` : text;
}

/** A reading marked against limits: "wrong" where one beyond a number does not tell whether they are kept. */
export function markText(text, limits) {
  if (!/^[<>]/.test(text)) return mark(Number(text), limits);
  const at = numberOf(text);
  const isBelow = text[0] === "<";
  const [near, far] = isBelow ? [limits.upper, limits.lower] : [limits.lower, limits.upper];
  if (far !== null && (isBelow ? at <= far : at >= far)) return "out";
  const isKept = near === null || (isBelow ? at <= near : at >= near);
  return isKept && far === null ? "" : "wrong";
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
