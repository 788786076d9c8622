/**
 * What can be unsent, and how each kind of it travels. To add a kind see docs/how-to/add-an-operation.md.
 *
 * An operation: {
 *   seq         its place in the order in which all was entered
 *   id          made on the device; the server knows a repeat by it
 *   owner       the person who entered it: sent as nobody else
 *   kind        a key of KINDS
 *   url         where it is sent
 *   batch, inspection  the number of the batch; the inspection's id, or null; of a sample its code and id
 *   name        what it is about, in the language it was entered in
 *   body        what is sent
 *   recordedAt  by the device's clock
 *   critical    whether it shows something that stops the batch
 *   serial      counts its changes: an answer to an earlier one does not end it
 *   state       "waiting", "refused" (`problem` says why) or "conflict" (somebody recorded something else, which is `stored`)
 *   tried       of what is sent whole (a comparison, a check of a sample): bodies whose answer may have been lost
 *   place       of a result or a comparison: a later answer there joins the earlier one. Also
 *     code      of its check, `revision` that it was based on,
 *     draft     what the page shows, slips included, `units` that were changed, `base` what those were before, `said`
 *               of a check without readings { complete, nonconformities }, as far as they were said here
 *   fields      of a picture: what else is sent with it
 *   page        where it was entered, if not on the page of an inspection
 *   after       of a picture: the id of the finding that it belongs to; `code`, `unit`, `takenAt`, `sha256` of the original
 *   seen        of a hand-in: the ids of the findings that the person knows of; its body has the revisions that it closes
 * }
 */

import { canonical } from "../entry/readings.js";
import { bodyOf, slipsOf } from "./merge.js";

/** Of a result or a comparison: a code of its own each. */
export const COMPARISON = "compare:";

export const KINDS = {
  result: {
    method: "PUT",
    body: (op) => ({ ...changesOf(op), recorded_at: timeOf(op), revision: op.revision }),
    stored: (op) => op.url.replace(/results\/[^/]+\/$/, ""),
    pick: (answer, op) => answer.results.find((result) => result.characteristic === op.code),
  },
  comparison: {
    isWhole: true,
    method: "PUT",
    body: (op) => ({ ...op.body, recorded_at: timeOf(op), revision: op.revision }),
    stored: (op) => op.url,
    pick: (answer) => answer,
  },
  // A check or a drop of a sample: `draft` has what the page shows, and `sent` of it.
  sample: {
    isWhole: true,
    method: "PUT",
    body: (op) => ({ ...op.draft.sent, revision: op.revision }),
    stored: (op) => op.url,
    pick: (answer) => answer,
    isSame: ({ sent }, stored) => isSameOfSample(sent, stored),
  },
  checked: { method: "POST", body: () => ({}), isOnce: true, closes: true },
  finding: { method: "POST", body: (op) => ({ ...op.body, found_at: timeOf(op) }), isOnce: true },
  photo: { method: "POST", isPicture: true },
  abandon: { method: "POST", body: (op) => op.body, isOnce: true, closes: true },
  handin: { method: "POST", body: (op) => ({ ...op.body, findings: op.seen.length }), isOnce: true, closes: true },
};

/** The units that were changed, each with what it was before: the server merges them with what others recorded. */
export function changesOf({ draft, units, base, said }) {
  const before = (unit) => base[unit] ?? null;
  if (draft.readings) {
    const { readings } = bodyOf(draft);
    return { units: units.map((unit) => ({ unit, reading: readings[unit - 1] ?? null, before: before(unit) })) };
  }
  const bad = draft.nonconforming_units;
  return { units: units.map((unit) => ({ unit, nonconforming: bad.includes(unit), before: Boolean(base[unit]) })), nonconforming_units: bad, ...said };
}

/** When it was recorded; by the server's clock where the person said that the device's is wrong. */
export function timeOf(op) {
  return new Date(Date.parse(op.recordedAt) + (op.clock || 0)).toISOString();
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export const placeOf = (owner, inspection, code) => `${owner}|${inspection}|${code}`;

function isSameOfSample({ typed, note, ...sent }, stored) {
  const readings = typed?.trim().split(/\s+/).map(canonical);
  const isMeasuredSame = !readings || JSON.stringify(readings) === JSON.stringify((stored.readings || []).map(canonical));
  return isMeasuredSame && note === stored.note && Object.entries(sent).every(([name, value]) => stored[name] === value);
}

/** Whether what was sent is what the server has. */
export function isStored(body, stored) {
  if (!stored) return false;
  if ("same" in body) {
    const words = ({ same, difference, colour }) => JSON.stringify([same, same ? "" : difference, colour ? [colour.l, colour.a, colour.b] : null]);
    return words(body) === words(stored);
  }
  if (body.readings) {
    const numbers = (readings) => JSON.stringify((readings || []).map(canonical));
    return numbers(body.readings) === numbers(stored.readings);
  }
  const units = body.nonconforming_units;
  return (
    JSON.stringify(units) === JSON.stringify(stored.nonconforming_units) &&
    body.complete === stored.complete &&
    (body.nonconformities ?? units.length) === stored.nonconformities
  );
}

/** Those that wait, in the order in which they go: what stops a batch first, then as they were entered. */
export function inOrder(operations) {
  const isUrgent = (op) => op.critical && !KINDS[op.kind].closes;
  return operations.slice().sort((a, b) => isUrgent(b) - isUrgent(a) || a.seq - b.seq);
}

/**
 * The next one to be sent, pictures or all else; undefined when nothing can go now. A hand-in waits for what was entered
 * before it on its inspection, a picture for the finding that it shows and for the readings of its inspection.
 */
export function next(operations, { pictures = false } = {}) {
  const isOfSame = (op) => (other) => op.inspection && other.inspection === op.inspection && other !== op;
  return inOrder(operations).find((op) => {
    if (op.state !== "waiting" || Boolean(KINDS[op.kind].isPicture) !== pictures) return false;
    const others = operations.filter(isOfSame(op));
    if (KINDS[op.kind].closes) {
      return !others.some((other) => other.seq < op.seq && !(KINDS[other.kind].isPicture && other.state === "refused"));
    }
    if (!pictures) return true;
    if (op.after && operations.some((other) => other.id === op.after)) return false;
    return !others.some((other) => other.state === "waiting" && !KINDS[other.kind].isPicture && !KINDS[other.kind].closes);
  });
}

/** An operation of a check as it is after `op` was entered there too. */
export function joined(there, op, withUnits) {
  const units = [...new Set([...there.units, ...op.units])].sort((a, b) => a - b);
  const draft = withUnits(there.draft, [...op.units, ...slipsOf(op.draft)], op.draft);
  return {
    ...there,
    draft,
    body: bodyOf(draft),
    units,
    base: { ...op.base, ...there.base },
    said: { ...there.said, ...op.said },
    revision: Math.min(there.revision, op.revision),
    critical: op.critical,
    recordedAt: op.recordedAt,
    clock: op.clock,
    serial: there.serial + 1,
    state: there.state === "conflict" ? "conflict" : "waiting",
    problem: undefined,
  };
}
