/**
 * Sends what is unsent, whatever page is open, or none: the service worker runs this too.
 *
 * Readings and findings go one after the other, pictures beside them one after the other, each queue in one tab at a time
 * (Web Locks). Nothing is given up: what gets no answer is tried again, what is refused stays with the reason.
 */

import { Refused, send } from "../http.js";
import { store } from "./store.js";
import { KINDS, isStored, next, placeOf } from "./operations.js";
import { differing, draftOf, valuesOf } from "./merge.js";
import { PAGES, ask, session, timeLimit } from "./session.js";

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;
const TIMEOUT = 20000;
const TIMEOUT_OF_PICTURES = 120000;
const CHANGED = new Set(["result_changed", "comparison_changed", "check_changed"]);

const locked = (name, act) => (navigator.locks ? navigator.locks.request(name, act) : act());
const isPassing = (error) => !(error instanceof Refused) || error.status >= 500 || error.status === 429 || error.status === 408;

/** `changed` tells what happened: { type: "change" } or { type: "arrived" | "refused" | "conflict", op, answer }. */
export class Sender {
  constructor({ changed = () => {} } = {}) {
    this.changed = changed;
    this.state = "idle"; // waiting (will try again), expired, other, forbidden, outdated
    this.queues = [new Queue(this, false), new Queue(this, true)];
  }

  become(state) {
    if (this.state === state) return;
    this.state = state;
    this.changed({ type: "change" });
  }

  /** Send all that can go now. Resolves when nothing more can. */
  flush({ now = false } = {}) {
    if (now) for (const queue of this.queues) queue.wait = FIRST_WAIT;
    return Promise.all(this.queues.map((queue) => queue.flush()));
  }

  async mine() {
    return (await store.all("operations")).filter((op) => op.owner === session.person);
  }

  /** Whether something may be sent as the person who entered it. */
  async isReady() {
    if (session.isKnown) return true;
    const told = await ask();
    if (told === "signed in") return true;
    this.become(told === "unknown" ? "waiting" : told);
    return false;
  }
}

class Queue {
  constructor(sender, pictures) {
    Object.assign(this, { sender, pictures, wait: FIRST_WAIT });
  }

  flush() {
    clearTimeout(this.timer);
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = locked(`holdfast-outbox${this.pictures ? "-pictures" : ""}`, () => this.sendAll())
      .catch(() => this.retryLater())
      .finally(() => {
        this.running = null;
        if (this.again) {
          this.again = false;
          this.flush();
        }
      });
    return this.running;
  }

  async sendAll() {
    let count = 0;
    for (;;) {
      const op = next(await this.sender.mine(), { pictures: this.pictures });
      if (!op) break;
      if (!(await this.sender.isReady())) {
        if (this.sender.state === "waiting") this.retryLater();
        return;
      }
      if (!(await this.sendOne(op))) return;
      count += 1;
    }
    this.wait = FIRST_WAIT;
    if (!this.pictures) this.sender.become("idle");
    if (count) for (const other of this.sender.queues) if (other !== this) other.flush(); // what waited for these
  }

  retryLater() {
    this.sender.become("waiting");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.wait * (0.8 + 0.4 * Math.random()));
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
    this.sender.changed({ type: "waits" });
    return false;
  }

  /** True when the next one may be tried. */
  async sendOne(op, { again = true } = {}) {
    const kind = KINDS[op.kind];
    if (kind.isWhole) {
      op.tried = [...op.tried, op.body].slice(-5);
      await store.change("operations", op.seq, (now) => ({ ...now, tried: op.tried }));
    }
    try {
      const body = kind.isPicture ? await picture(op) : kind.body(op);
      if (!body) throw new Refused(410, { code: "picture_lost" });
      const answer = await send(op.url, {
        method: kind.method,
        body,
        idempotencyKey: kind.isOnce ? op.id : undefined,
        headers: { "X-CSRFToken": session.csrf, "Sent-By": op.owner, Pages: String(PAGES) },
        signal: timeLimit(kind.isPicture ? TIMEOUT_OF_PICTURES : TIMEOUT),
      });
      await this.arrived(op, answer);
      return true;
    } catch (error) {
      if (isPassing(error)) return this.retryLater();
      if (error.problem.code === "pages_too_old") {
        this.sender.become("outdated");
        return false;
      }
      if (error.status === 401 || error.status === 403) return this.notLetIn(op, error, again);
      if (CHANGED.has(error.problem.code)) return this.settle(op);
      await this.refused(op, error);
      return true;
    }
  }

  async notLetIn(op, error, again) {
    session.isKnown = false;
    const told = await ask();
    if (told === "signed in" && again) return this.sendOne(op, { again: false });
    if (told === "unknown") return this.retryLater();
    if (told !== "signed in") {
      this.sender.become(told);
      return false;
    }
    this.sender.become("forbidden");
    await this.refused(op, error);
    return true;
  }

  async arrived(op, answer) {
    this.wait = FIRST_WAIT;
    this.sender.become("idle");
    const rest = await store.change("operations", op.seq, (now) => (now.serial === op.serial ? null : goingOn(now, op, answer)));
    if (KINDS[op.kind].isPicture) await store.remove("blobs", op.id);
    if (op.place && !answer.late) await remember(op, answer);
    if (op.kind === "finding" && op.inspection) await rememberFinding(op, answer);
    if (op.inspection && !answer.late) await tellHandIn(op, answer);
    this.sender.changed({ type: "arrived", op, answer: answer || {}, isWhole: !rest });
  }

  async refused(op, error) {
    const { code = "", detail = "", errors = [] } = error.problem;
    const problem = { status: error.status, code, detail, errors: errors.map((each) => each.detail) };
    await store.change("operations", op.seq, (now) => (now.serial === op.serial ? { ...now, state: "refused", problem } : now));
    this.sender.changed({ type: "refused", op: { ...op, state: "refused", problem } });
  }

  /** Another value is stored. Where it is our own, whose answer was lost, go on from it; else the person chooses. */
  async settle(op) {
    const kind = KINDS[op.kind];
    let stored;
    try {
      stored = kind.pick(await send(kind.stored(op), { method: "GET", signal: timeLimit(TIMEOUT) }), op);
    } catch (error) {
      if (error.status !== 404) return this.retryLater();
    }
    if (!stored || op.tried.slice(0, -1).some((body) => (kind.isSame || isStored)(body, stored))) {
      return this.sendOne(await store.change("operations", op.seq, (now) => ({ ...now, revision: stored ? stored.revision : 0 })));
    }
    const conflict = await store.change("operations", op.seq, (now) => ({ ...now, stored, state: "conflict" }));
    this.sender.changed({ type: "conflict", op: conflict });
    return true;
  }
}

/** What is left of an operation that was changed while it was being sent. */
function goingOn(now, sent, answer) {
  const { revision } = answer;
  if (now.kind !== "result") return { ...now, revision, tried: [] };
  const units = differing(sent.draft, now.draft);
  return { ...now, revision, units, base: valuesOf(sent.draft, units) }; // of units that it holds already nothing is said
}

async function picture(op) {
  const { blob } = (await store.get("blobs", op.id)) || {};
  if (!blob) return null; // the browser took it away
  const body = new FormData();
  body.append("photo", blob, op.file || "photo.jpg");
  if (op.code) body.append("characteristic", op.code);
  if (op.unit) body.append("unit_number", op.unit);
  if (op.takenAt) body.append("taken_at", op.takenAt);
  if (op.sha256) body.append("original_sha256", op.sha256);
  for (const [name, value] of Object.entries(op.fields || {})) body.append(name, value);
  return body;
}

/** What the server has of a check now: a page that was kept before shows it. */
function remember(op, answer) {
  return store.put("known", {
    place: placeOf(op.owner, op.inspection, op.code),
    owner: op.owner,
    inspection: op.inspection,
    code: op.code,
    revision: answer.revision,
    draft: KINDS[op.kind].isWhole ? answer : draftOf(answer),
  });
}

function rememberFinding({ owner, inspection }, { id }) {
  return store.put("known", { place: placeOf(owner, inspection, `finding:${id}`), owner, inspection, code: `finding:${id}`, finding: [id] });
}

/** A hand-in that waits closes what was entered before it, as it was answered; what somebody else added it does not know. */
async function tellHandIn(op, answer) {
  const waiting = (await store.all("operations")).filter((each) => each.kind === "handin" && each.inspection === op.inspection);
  for (const { seq } of waiting) {
    await store.change("operations", seq, (handIn) => {
      if (op.kind === "finding") return { ...handIn, seen: [...new Set([...handIn.seen, answer.id])] };
      if (op.kind !== "result" || !isStored(op.body, answer)) return handIn;
      return { ...handIn, body: { closes: { ...handIn.body.closes, [op.code]: answer.revision } } };
    });
  }
}
