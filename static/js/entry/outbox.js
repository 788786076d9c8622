/** The part of the phone's outbox that belongs to one inspection, as its entry page sees it. */

import { COMPARISON, KINDS } from "../outbox/operations.js";
import { bodyOf, differing } from "../outbox/merge.js";
import { outbox } from "../outbox/outbox.js";

export { COMPARISON };

const SOON = 800;

/** Of an operation: what was entered, and which units of it, as the page tells it. */
function partsOf(draft, body) {
  const { units = [], complete, nonconformities } = body || {};
  return {
    draft: structuredClone(draft),
    units: units.map(({ unit }) => unit),
    base: Object.fromEntries(units.map(({ unit, before }) => [unit, before])),
    said: JSON.parse(JSON.stringify({ complete, nonconformities })),
  };
}

/**
 * `entries` are the unsent answers by the code of their place, `others` what else is unsent of the inspection (pictures,
 * findings, the handing-in). Events: "change", and with `detail` "saved" { code, answer, isElsewhere }, "late" { answer },
 * "refused" { code, problem }, "conflict" { code, op }, "other" { code, op } of another tab, "handed-in" { answer }, "not-handed-in"
 * { problem }.
 */
export class Outbox extends EventTarget {
  /** `about`: { inspection, batch }; `places` gives by its code { url, name, isCritical() }. */
  constructor({ about, places }) {
    super();
    Object.assign(this, { about, places, entries: new Map(), others: [], seen: new Map(), underWay: 0 });
    outbox.addEventListener("change", () => this.load());
    outbox.addEventListener("arrived", ({ detail }) => this.arrived(detail));
    outbox.addEventListener("refused", ({ detail: { op } }) => {
      if (!this.isHere(op)) return;
      if (KINDS[op.kind].closes) this.tell("not-handed-in", { problem: op.problem });
      else if (op.place) this.tell("refused", { code: op.code, problem: op.problem });
    });
    outbox.addEventListener("conflict", ({ detail: { op } }) => this.isHere(op) && this.tell("conflict", { code: op.code, op }));
  }

  isHere(op) {
    return op.inspection === this.about.inspection;
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  async load() {
    const all = await outbox.mine();
    const here = all.filter((op) => this.isHere(op));
    this.size = all.length;
    this.entries = new Map(here.filter((op) => op.place).map((op) => [op.code, op]));
    this.others = here.filter((op) => !op.place);
    this.dispatchEvent(new Event("change"));
    if (this.underWay) return;
    for (const [code, op] of this.entries) this.showOther(code, op); // what another tab has entered
  }

  showOther(code, op) {
    if (!this.seen.has(code) || !differing(this.seen.get(code), op.draft).length) return;
    this.saw(code, op.draft);
    this.tell("other", { code, op });
  }

  get state() {
    return outbox.state;
  }

  get isKept() {
    return outbox.isKept;
  }

  /** The handing-in, or the abandoning, that waits. */
  get handIn() {
    return this.others.find((op) => KINDS[op.kind].closes && op.state === "waiting");
  }

  /** What stands in the way of handing in: what was refused or waits for a choice. */
  get unsettled() {
    return [...this.entries.values(), ...this.others].filter((op) => op.state !== "waiting" && !KINDS[op.kind].closes && op.kind !== "photo");
  }

  /** What the page shows of a check, from which what another tab enters is told apart. */
  saw(code, draft) {
    this.seen.set(code, structuredClone(draft));
  }

  /** Keep an answer and send it soon, or at once where that is urgent; `body` is what was changed, of a comparison none. */
  async put(code, { body, draft, revision }, { urgent = false } = {}) {
    const { url, name, isCritical } = this.places(code);
    const op = { ...this.about, kind: body ? "result" : "comparison", url, name, code, revision, critical: isCritical(), ...partsOf(draft, body) };
    if (body) this.saw(code, draft);
    if (!this.entries.has(code)) this.entries.set(code, { ...op, state: "waiting" }); // as it will be in a moment
    this.underWay += 1;
    const kept = await outbox.enter(op, { wait: urgent ? 0 : SOON }).finally(() => (this.underWay -= 1));
    if (body && !this.underWay) this.showOther(code, kept);
  }

  /** Hand in what the page shows: `closes` are the revisions of its checks, `seen` the ids of its findings. */
  async putHandIn({ url, name, closes, seen }) {
    for (const op of this.others) if (KINDS[op.kind].closes) await outbox.discard(op);
    return outbox.put({ ...this.about, kind: "handin", url, name, body: { closes }, seen });
  }

  /** The person chose over what is stored, and has seen that. */
  choose(op, { body, draft }) {
    if (body) this.saw(op.code, draft);
    const chosen = { ...partsOf(draft, body), body: bodyOf(draft), revision: op.stored.revision, state: "waiting", stored: undefined };
    return outbox.settle(op.seq, (now) => ({ ...now, ...chosen }));
  }

  drop(op) {
    this.entries.delete(op.code);
    return outbox.discard(op);
  }

  flush() {
    return outbox.flush();
  }

  arrived({ op, answer, isElsewhere }) {
    if (!this.isHere(op)) return;
    if (KINDS[op.kind].closes) this.tell("handed-in", { answer });
    else if (answer.late) this.tell("late", { answer });
    else if (op.place) this.tell("saved", { code: op.code, answer, isElsewhere });
  }
}
