/** The decimal point that limits are written with, filled in by itself: of 49.5 to 50.5 the digits 501 are 50.1. */

import { expectedOf } from "./far-off.js";

const TOLERANCES = 3;

/** How many decimals a check is written with: those of its limits and its target, which are written alike. */
export function placesOf({ lower, upper, target }) {
  return Math.max(...[lower, upper, target].map((text) => (text.split(".")[1] || "").length));
}

/** Digits with their point: "5", "50", "501" with one place are "0.5", "5.0", "50.1". */
export function withPoint(digits, places) {
  if (!digits || !places) return digits;
  const padded = digits.padStart(places + 1, "0");
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`.replace(/^0+(?=\d)/, "");
}

/**
 * Whether digits are a whole reading, so that the next cell may follow: they are as many as a reading has that can be expected,
 * and one more would be far beyond. Never where nobody knows how large a reading is.
 */
export function isFull(digits, places, limits) {
  const { expected, tolerance } = expectedOf(limits);
  if (expected === null || expected < 0 || (limits.upper === null && limits.target === null)) return false;
  const most = tolerance ? expected + TOLERANCES * tolerance : TOLERANCES * expected;
  const least = tolerance ? Math.max(0, expected - TOLERANCES * tolerance) : 0;
  const length = (value) => String(Math.round(value * 10 ** places)).length;
  if (digits.length >= length(most)) return true;
  return digits.length >= length(least) && Number(digits) * 10 > most * 10 ** places;
}
