/**
 * Numbers as people write them: decimal commas, thousands, units, limits of detection. One reading of each text, or none.
 * As inspections/rules/notation.py; tests/inspections/rules/notation.json has the cases on which both agree.
 */

import { isReading } from "./readings.js";

const MINUS = /[\u2010-\u2015\u2212\u2796\ufe58\ufe63\uff0d]/g;
const GROUPS = /(\d)[\u00a0\u2009\u202f](?=\d)/g;
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
const WRITTEN = /^([<>≤≥]=?)?\s*([+-]?)\s*((?:\d|[.,'’](?=\d))[\d.,'’]*)([eE][+-]?\d{1,3})?\s*([^]*)$/;
const SEPARATORS = /\r\n|[\n\r\t;、；]|[,，](?!\p{Nd})[ \t]*/u;
const MEGA = ["MN", "MV", "MW", "MWh", "MPa", "MΩ", "MHz"];

/** The cells of a column or row copied from a spreadsheet, in order; empty cells inside stay, those at the end go. */
export function splitColumn(text) {
  const cells = text
    .split(SEPARATORS)
    .flatMap(partAtLeadingComma)
    .map((cell) => cell.trim());
  while (cells.length && !cells[cells.length - 1]) cells.pop();
  return cells;
}

/** A comma parts where no digit stands before it: ", 5" and "a,5". Browsers of the floor have no look-behind. */
function partAtLeadingComma(cell) {
  const parts = [""];
  [...cell].forEach((char, place, all) => {
    if (/[,，]/.test(char) && !/\p{Nd}/u.test(all[place - 1] || "")) parts.push("");
    else parts[parts.length - 1] += char;
  });
  return parts;
}

/** {sign, minus, digits, exponent, unit} of a text, or {error}. */
function written(text) {
  if (/[\p{No}\p{Nl}]/u.test(text)) return { error: "changed_digits" };
  const plain = text.replace(GROUPS, "$1'").normalize("NFKC").replace(INVISIBLE, "").replace(MINUS, "-").trim();
  const found = WRITTEN.exec(plain);
  if (!found || !/^($|[\p{L}%‰°"])/u.test(found[5])) return { error: "not_a_number" };
  const sign = { "<": "<", "≤": "<", ">": ">", "≥": ">" }[(found[1] || "")[0]] || "";
  return { sign, minus: found[2], digits: found[3], exponent: found[4] || "", unit: found[5].trim() };
}

const count = (text, char) => text.split(char).length - 1;

/** The decimal mark that digits can only have; "" where they have none, or it may be either. */
function shows(digits) {
  const points = count(digits, ".");
  const commas = count(digits, ",");
  if (points && commas) return digits.lastIndexOf(".") > digits.lastIndexOf(",") ? "." : ",";
  if (points + commas > 1) return commas ? "." : ",";
  if (!(points + commas) || /^[1-9]\d{0,2}[.,]\d{3}$/.test(digits)) return "";
  return commas ? "," : ".";
}

/** The decimal mark of a column by all that stands in it: "" where nothing tells, null where it has both. */
function markOf(texts) {
  const marks = new Set(texts.map(written).map((found) => (found.error ? "" : shows(found.digits))));
  marks.delete("");
  if (marks.size > 1) return null;
  return [...marks][0] || "";
}

/** {value} or {error} of one text; `factors` are what a number in another unit is multiplied by, by that unit. */
function readOne(text, { unit, factors, mark, usual }) {
  const found = written(text);
  if (found.error) return found;
  const shown = shows(found.digits);
  if (mark && shown && shown !== mark) return { error: "other_mark" };
  const decided = mark || shown;
  if (!decided && /[.,]/.test(found.digits) && !found.digits.includes(usual)) return { error: "may_be_two" };
  const digits = plainDigits(found.digits, decided || usual);
  if (digits === null) return { error: "not_a_number" };
  let value = shifted(digits, Number((found.exponent || "e0").slice(1)));
  if (found.minus === "-") value = `-${value}`;
  const wrong = wrongWith(value);
  if (wrong) return { error: wrong };
  if (found.unit && plainUnit(found.unit) !== plainUnit(unit || "")) {
    const factor = factors && factors[plainUnit(found.unit)];
    if (factor === undefined) return { error: "other_unit" };
    value = plain(Number((Number(value) * Number(factor)).toPrecision(15)));
    if (wrongWith(value)) return { error: "other_unit" }; // it comes to no number of so many digits
  }
  return { value: `${found.sign}${value}` };
}

function plainDigits(digits, mark) {
  const place = digits.indexOf(mark);
  let whole = place < 0 ? digits : digits.slice(0, place);
  const decimals = place < 0 ? "" : digits.slice(place + 1);
  for (const between of [mark === "," ? "." : ",", "'", "’"]) {
    if (!whole.includes(between)) continue;
    const [first, ...groups] = whole.split(between);
    if (!/^\d{1,3}$/.test(first) || !groups.every((group) => /^\d{3}$/.test(group))) return null;
    whole = [first, ...groups].join("");
  }
  if (!/^\d+$/.test(whole + decimals)) return null;
  return decimals ? `${whole || "0"}.${decimals}` : whole;
}

/** Digits with the point moved by so many places. */
function shifted(digits, by) {
  if (!by) return digits;
  const [whole, decimals = ""] = digits.split(".");
  const padded = `${"0".repeat(Math.max(0, -by))}${whole}${decimals}${"0".repeat(Math.max(0, by - decimals.length))}`;
  const point = Math.max(0, -by) + whole.length + by;
  const moved = point < padded.length ? `${padded.slice(0, point)}.${padded.slice(point)}` : padded;
  return moved.replace(/^0+(?=\d)/, "");
}

/** A number as digits without an exponent. */
function plain(number) {
  const [digits, exponent] = String(number).split("e");
  return exponent ? `${number < 0 ? "-" : ""}${shifted(digits.replace("-", ""), Number(exponent))}` : digits;
}

function wrongWith(value) {
  if (isReading(value)) return "";
  return Math.abs(Number(value)) >= 1e12 ? "too_large" : "too_precise";
}

export function plainUnit(unit) {
  const bare = unit.normalize("NFKC").replace(/\u03bc/g, "µ").replace(/\s+/g, "").replace(/\.+$/, "").replace(/m2/g, "m²");
  return MEGA.includes(bare) ? bare : bare.toLowerCase();
}

/** Each text of a column as {value}, {error}, or {value: ""} where it is empty. One decimal mark holds for all of them. */
export function readColumn(texts, { unit = "", factors = {}, usual = usualMark() } = {}) {
  const mark = markOf(texts);
  return texts.map((text) => {
    if (!text.trim()) return { value: "" };
    const found = written(text);
    if (mark === null && !found.error && shows(found.digits)) return { error: "two_marks" };
    return readOne(text, { unit, factors, mark: mark || "", usual });
  });
}

/** The decimal mark of the page's language. */
function usualMark() {
  const language = typeof document === "undefined" ? "en" : document.documentElement.lang || "en";
  return new Intl.NumberFormat(language).formatToParts(1.5).find((part) => part.type === "decimal").value;
}
