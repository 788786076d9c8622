/**
 * What was entered and not yet heard of by the server, kept on the device until it was.
 *
 * One entry per place, which is a check or its comparison with the golden sample: { body, draft, recordedAt, revision, serial, tried, refused }. `body` is the whole
 * answer there, so a later one takes the place of an earlier one; `draft` is what the card shows, slips included;
 * `revision` is the one that it was based on; `tried` are bodies whose answer may have been lost.
 */

import { Refused, send } from "../http.js";
import { renewToken } from "./session.js";

/** What the code of a place begins with that is a comparison with the golden sample; then that of its check. */
export const COMPARISON = "compare:";
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;
const TIMEOUT = 20000;
const CHANGED = new Set(["result_changed", "comparison_changed"]);

export class Outbox extends EventTarget {
  /** `places` gives a place by its code: { url, stored() what the server has of it, isSame(body, stored) }. */
  constructor({ key, places }) {
    super();
    Object.assign(this, { prefix: `${key}:`, places });
    this.entries = new Map();
    this.state = "idle"; // idle, waiting (will try again), expired (sign in first), forbidden, closed
    this.isKept = true;
    this.serial = 0;
    this.wait = FIRST_WAIT;
    this.load();
    addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => document.hidden || this.flush());
  }

  load() {
    try {
      for (let index = 0; index < localStorage.length; index += 1) {
        const name = localStorage.key(index);
        if (name.startsWith(this.prefix)) {
          this.entries.set(name.slice(this.prefix.length), JSON.parse(localStorage.getItem(name)));
        }
      }
    } catch {
      this.isKept = false;
    }
    for (const entry of this.entries.values()) {
      entry.refused = false;
      this.serial = Math.max(this.serial, entry.serial);
    }
  }

  keep(code) {
    try {
      const entry = this.entries.get(code);
      if (entry) localStorage.setItem(this.prefix + code, JSON.stringify(entry));
      else localStorage.removeItem(this.prefix + code);
    } catch {
      this.isKept = false; // no room, or forbidden: the page says so and goes on
    }
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  get size() {
    return this.entries.size;
  }

  /** Keep an answer and send it soon, or at once where that is urgent. */
  put(code, { body, draft, revision }, { urgent = false } = {}) {
    const earlier = this.entries.get(code);
    this.entries.set(code, {
      body,
      draft,
      recordedAt: new Date().toISOString(),
      revision: earlier ? earlier.revision : revision,
      serial: (this.serial += 1),
      tried: earlier ? earlier.tried : [],
      refused: false,
    });
    this.keep(code);
    this.flushIn(urgent ? 0 : 800);
  }

  drop(code) {
    this.entries.delete(code);
    this.keep(code);
  }

  /** The person chose to overwrite what is stored under `revision`. */
  overwrite(code, revision) {
    Object.assign(this.entries.get(code), { revision, refused: false });
    this.keep(code);
    this.flush();
  }

  flushIn(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), milliseconds);
  }

  /** Send what is unsent, one after the other. Resolves when nothing more can be done now. */
  flush() {
    clearTimeout(this.timer);
    this.running = (this.running || Promise.resolve()).catch(() => {}).then(() => this.sendAll());
    return this.running;
  }

  async sendAll() {
    if (this.state === "closed") return;
    for (const [code, entry] of [...this.entries]) {
      if (!entry.refused && !(await this.sendOne(code, entry))) return;
    }
    if ([...this.entries.values()].every((entry) => entry.refused)) {
      this.wait = FIRST_WAIT;
      this.become("idle");
    }
  }

  become(state) {
    if (this.state === state) return;
    this.state = state;
    this.changed();
  }

  retryLater() {
    this.become("waiting");
    this.flushIn(this.wait * (0.8 + 0.4 * Math.random()));
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
  }

  /** True when the next entry may be tried. */
  async sendOne(code, entry, { again = true } = {}) {
    const body = { ...entry.body, recorded_at: entry.recordedAt, revision: entry.revision };
    entry.tried = [...entry.tried, entry.body].slice(-5);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT);
    try {
      this.arrived(code, entry, await send(this.places(code).url, { method: "PUT", body, signal: stop.signal }));
      return true;
    } catch (error) {
      if (!(error instanceof Refused) || error.status >= 500 || error.status === 429) {
        this.keep(code);
        this.retryLater();
        return false;
      }
      if (error.status === 401 || error.status === 403) {
        const session = again ? await renewToken() : "forbidden";
        if (session === "renewed") return this.sendOne(code, entry, { again: false });
        if (session === "unknown") this.retryLater();
        else this.become(session);
        return false;
      }
      return this.refused(code, entry, error);
    } finally {
      clearTimeout(timer);
    }
  }

  arrived(code, entry, answer) {
    const current = this.entries.get(code);
    if (current && current.serial === entry.serial) this.entries.delete(code);
    else if (current) Object.assign(current, { revision: answer.revision, tried: [] });
    this.wait = FIRST_WAIT;
    this.become("idle");
    this.keep(code);
    if (answer.late) {
      this.dispatchEvent(new CustomEvent("late", { detail: { code, answer } }));
      return;
    }
    this.dispatchEvent(new CustomEvent("saved", { detail: { code, answer } }));
  }

  async refused(code, entry, error) {
    if (error.problem.code === "inspection_not_open") {
      this.become("closed");
      return false;
    }
    if (CHANGED.has(error.problem.code)) return this.settle(code, entry);
    entry.refused = true;
    this.keep(code);
    this.dispatchEvent(new CustomEvent("refused", { detail: { code, problem: error.problem } }));
    return true;
  }

  /** Another value is stored. Where it is our own, whose answer was lost, go on from it; else the person chooses. */
  async settle(code, entry) {
    const place = this.places(code);
    let stored;
    try {
      stored = await place.stored();
    } catch {
      this.retryLater();
      return false;
    }
    const current = this.entries.get(code) || entry;
    if (!stored || entry.tried.slice(0, -1).some((body) => place.isSame(body, stored))) {
      current.revision = stored ? stored.revision : 0;
      this.keep(code);
      return this.sendOne(code, current);
    }
    current.refused = true;
    this.keep(code);
    this.dispatchEvent(new CustomEvent("conflict", { detail: { code, body: current.body, stored } }));
    return true;
  }
}
