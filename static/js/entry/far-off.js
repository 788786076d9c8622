/** Readings so far from what is expected that a slip of the finger is likelier than the unit. As inspections/rules/far_off.py. */

const TIMES_THE_TOLERANCE = 3;
const TIMES_THE_LIMIT = 5;
const TENFOLD = 9;
const MOST_PLACES = 3;

/** What a unit is expected to read, null for nobody knows, and the tolerance around it, 0 where there is none. */
export function expectedOf({ lower, upper, target }) {
  if (lower !== null && upper !== null) return { expected: target ?? (lower + upper) / 2, tolerance: upper - lower };
  const limit = lower ?? upper;
  if (target === null || limit === null) return { expected: limit, tolerance: 0 };
  return { expected: target, tolerance: 2 * Math.abs(limit - target) };
}

/**
 * What is odd about a reading, given as text: { code: "point", meant } where a moved decimal point makes it `meant`, "tenfold" or
 * "tenth" of the target, "beyond" three tolerances; null for one that can be expected.
 */
export function farOff(text, limits) {
  const { lower, upper, target } = limits;
  const reading = Number(text);
  const fits = (value) => (lower === null || value >= lower) && (upper === null || value <= upper);
  const isWithin = fits(reading);
  if (isWithin && lower !== null && upper !== null) return null;
  const { expected, tolerance } = expectedOf(limits);
  if (expected === null) return null;
  const size = Math.abs(reading);
  const usual = Math.abs(expected);
  const distance = Math.abs(reading - expected);
  const isOdd = tolerance
    ? distance > tolerance
    : !(usual < TIMES_THE_LIMIT * size && size < TIMES_THE_LIMIT * usual);
  if (!isWithin && isOdd) {
    const meant = movedPoints(text).find((moved) => fits(Number(moved)) && 3 * Math.abs(Number(moved)) >= usual);
    if (meant !== undefined) return { code: "point", meant };
  }
  if (isWithin && target === null) return null;
  if (usual && size >= TENFOLD * usual) return { code: "tenfold" };
  if (usual && size * TENFOLD <= usual) return { code: "tenth" };
  return !isWithin && tolerance && distance > TIMES_THE_TOLERANCE * tolerance ? { code: "beyond" } : null;
}

/** A number as text with its decimal point lost or put elsewhere, the nearest first. */
function movedPoints(text) {
  const moved = [];
  for (let places = 1; places <= MOST_PLACES; places += 1) moved.push(movePoint(text, -places), movePoint(text, places));
  return moved;
}

/** Digit by digit, as binary fractions would not: "501" by -1 is "50.1". */
function movePoint(text, places) {
  const sign = text.startsWith("-") ? "-" : "";
  const [whole, decimals = ""] = text.replace(/^[+-]/, "").split(".");
  const digits = `${"0".repeat(MOST_PLACES)}${whole}${decimals}${"0".repeat(MOST_PLACES)}`;
  const point = MOST_PLACES + whole.length + places;
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, "");
  const right = digits.slice(point).replace(/0+$/, "");
  return sign + (right ? `${left}.${right}` : left);
}
