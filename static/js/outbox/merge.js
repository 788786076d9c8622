/**
 * Answers to one check, taken apart into their units, so that what two people or two tabs entered on different units
 * goes together.
 *
 * An answer is { readings: [text] } of a measured check, { nonconforming_units, complete, nonconformities? } of any
 * other, else (a comparison) one whole.
 */

import { canonical, isReading } from "../entry/readings.js";

const isMeasured = (answer) => Array.isArray(answer?.readings);
const isCounted = (answer) => Array.isArray(answer?.nonconforming_units);
const text = (reading) => (reading === null || reading === undefined ? "" : String(reading));
const isEqual = (one, other) => one === other || (typeof one === "string" && typeof other === "string" && canonical(one) === canonical(other));

/** What an answer says of one unit: a text, or whether it conforms. */
function of(answer, unit) {
  if (isMeasured(answer)) return text(answer.readings[unit - 1]);
  return (answer?.nonconforming_units || []).includes(unit);
}

const isSameOf = (one, other, unit) => isEqual(of(one, unit), of(other, unit));

/** The numbers of the units on which two answers differ. */
export function differing(one, other) {
  if (isMeasured(one) || isMeasured(other)) {
    const most = Math.max(one?.readings?.length || 0, other?.readings?.length || 0);
    const empty = { readings: [] };
    const [a, b] = [isMeasured(one) ? one : empty, isMeasured(other) ? other : empty];
    return Array.from({ length: most }, (_, index) => index + 1).filter((unit) => !isSameOf(a, b, unit));
  }
  const named = new Set([...(one?.nonconforming_units || []), ...(other?.nonconforming_units || [])]);
  return [...named].filter((unit) => !isSameOf(one, other, unit)).sort((a, b) => a - b);
}

/** What an answer says of each of the units: { unit: value }. */
export function valuesOf(answer, units) {
  return Object.fromEntries(units.map((unit) => [unit, of(answer, unit)]));
}

/** `answer` with what `other` says of the units; all else that is not of a unit is as `other` has it. */
export function withUnits(answer, units, other) {
  if (isMeasured(answer) && isMeasured(other)) {
    const readings = answer.readings.slice();
    for (const unit of units) readings[unit - 1] = text(other.readings[unit - 1]);
    return { ...answer, ...other, readings: Array.from(readings, text) };
  }
  if (isCounted(answer) && isCounted(other)) {
    const bad = new Set(answer.nonconforming_units);
    for (const unit of units) {
      if (of(other, unit)) bad.add(unit);
      else bad.delete(unit);
    }
    return { ...other, nonconforming_units: [...bad].sort((a, b) => a - b) };
  }
  return other;
}

/** What is stored on the server, as an answer. */
export function draftOf(stored) {
  if (isMeasured(stored)) return { readings: stored.readings.map(text) };
  if (isCounted(stored)) {
    const { nonconforming_units: units, complete, nonconformities } = stored;
    return { nonconforming_units: units, complete, ...(nonconformities > units.length ? { nonconformities } : {}) };
  }
  return stored;
}

/** The units whose text is no reading: it stays on the phone. */
export function slipsOf(draft) {
  if (!isMeasured(draft)) return [];
  return draft.readings.flatMap((each, index) => (text(each) && !isReading(text(each)) ? [index + 1] : []));
}

/** What is sent of an answer: a slip that is no reading stays on the phone. */
export function bodyOf(draft) {
  return isMeasured(draft) ? { readings: draft.readings.map((each) => (isReading(text(each)) ? text(each) : null)) } : draft;
}
