/**
 * The outbox of this phone, as pages use it: what is entered goes in, is sent when it can be, and what became of it is
 * told in every open tab.
 *
 * Events, each with `detail`: "change" (look again), "arrived" { op, answer, isWhole }, "refused" { op },
 * "conflict" { op }.
 */

import { store } from "./store.js";
import { joined, newId, placeOf } from "./operations.js";
import { bodyOf, withUnits } from "./merge.js";
import { layBy } from "./reserve.js";
import { Sender } from "./sender.js";
import { session } from "./session.js";

/** Of what arrived so soon after it was entered nothing need be said on other pages. */
const SEEN_WITHIN = 15000;

/** Asks before a page is left with which something would be lost. Browsers of the floor go by `returnValue`. */
function stay(event) {
  event.preventDefault();
  event.returnValue = true;
}

class Outbox extends EventTarget {
  constructor() {
    super();
    this.sender = new Sender({ changed: (what) => this.tell(what) });
    if (globalThis.BroadcastChannel) {
      this.channel = new BroadcastChannel("holdfast-outbox");
      this.channel.addEventListener("message", ({ data }) => this.say(data, { isElsewhere: true }));
    }
    this.clock = 0;
  }

  /** Begin to send, now and whenever there is reason to hope. */
  start() {
    addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.leave() : this.flush()));
    this.flush();
  }

  async tell(what) {
    const news = what.type === "arrived" && newsOf(what);
    if (news) await store.put("news", { owner: session.person, at: new Date().toISOString(), ...news });
    if (what.type === "waits") this.askForBackground();
    else this.channel?.postMessage(what);
    this.say(what);
  }

  say({ type, ...detail }, { isElsewhere = false } = {}) {
    if (type !== "change" && type !== "waits") this.dispatchEvent(new CustomEvent(type, { detail: { ...detail, isElsewhere } }));
    this.dispatchEvent(new Event("change"));
    (store.held.operations.size ? addEventListener : removeEventListener)("beforeunload", stay);
  }

  get state() {
    return this.sender.state;
  }

  get isKept() {
    return store.isKept;
  }

  /** The page may not come back: what is left goes now, or without it. */
  async leave() {
    if (!(await this.mine()).length) return;
    this.askForBackground();
    this.flush();
  }

  /** Where the browser can, what is left is sent when there is a network again, though no page is open. */
  async askForBackground() {
    try {
      const registration = await navigator.serviceWorker?.getRegistration();
      await registration?.sync?.register("outbox");
    } catch {
      // Not allowed: then the next page sends it.
    }
  }

  /** Those of the person whose page this is, as they were entered. */
  async mine() {
    return (await store.all("operations")).filter((op) => op.owner === session.person).sort((a, b) => a.seq - b.seq);
  }

  /** How many are of other people: they are neither shown nor sent here. */
  async others() {
    return (await store.all("operations")).filter((op) => op.owner !== session.person).length;
  }

  made(op) {
    const at = new Date().toISOString();
    return { id: newId(), owner: session.person, inspection: null, recordedAt: at, clock: this.clock, serial: 1, state: "waiting", tried: [], ...op };
  }

  /** Take an operation in; with a `blob` a picture. Gives it as it is kept. */
  async put(op, { blob } = {}) {
    const made = this.made(op);
    askToPersist();
    if (blob) await this.putPicture(made, blob);
    else await store.put("operations", made);
    this.tell({ type: "change" });
    this.flush();
    return made;
  }

  /** A picture never takes the room that is laid by for readings. */
  async putPicture(made, blob) {
    const names = ["operations", "blobs"];
    const act = (operations, blobs) => Promise.all([operations.put(made), blobs.put({ id: made.id, blob })]);
    if (await layBy()) await store.run(names, "readwrite", act).catch(() => store.hold(names, act));
    else await store.hold(names, act);
  }

  /**
   * An answer to a check or a comparison: joins what is unsent there. `op` has inspection, code, draft, units, base and
   * revision; `wait` is how long a further change is waited for before it is sent.
   */
  async enter(op, { wait = 0 } = {}) {
    askToPersist();
    const place = placeOf(session.person, op.inspection, op.code);
    const made = this.made({ ...op, place, body: bodyOf(op.draft) });
    const kept = await store.write(["operations"], async (operations) => {
      const there = await operations.at(place);
      return operations.put(there ? joined(there, made, withUnits) : made);
    });
    this.tell({ type: "change" });
    this.flushIn(wait);
    return kept;
  }

  /** Change what is kept as the person chose, and send it. `change` gives the new operation, null to take it away. */
  async settle(seq, change) {
    const settled = await store.change("operations", seq, (op) => {
      const next = change(op);
      return next && { ...next, serial: op.serial + 1 };
    });
    if (settled === null) await store.remove("operations", seq);
    this.tell({ type: "change" });
    this.flush();
    return settled;
  }

  async discard(op) {
    if (op.kind === "photo") await store.remove("blobs", op.id);
    await this.settle(op.seq, () => null);
  }

  retry(op) {
    return this.settle(op.seq, (now) => ({ ...now, state: "waiting", problem: undefined }));
  }

  flushIn(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), milliseconds);
  }

  flush() {
    clearTimeout(this.timer);
    return this.sender.flush({ now: true });
  }

  // What became of it while nobody looked

  async news() {
    return (await store.all("news")).filter((each) => each.owner === session.person);
  }

  async seen(id) {
    await store.remove("news", id);
    this.tell({ type: "change" });
  }

  /** What the server is known to have of the checks of an inspection, by code. */
  async known(inspection) {
    const mine = (await store.all("known")).filter((each) => each.owner === session.person && each.inspection === inspection);
    return new Map(mine.map((each) => [each.code, each]));
  }
}

/** What to say of something that was entered a while ago, or came too late; null where who entered it sees it happen. */
function newsOf({ op, answer }) {
  const about = { batch: op.batch, name: op.name };
  if (answer.late) return { ...about, kind: answer.hold ? "late_stopped" : "late" };
  if (Date.now() - Date.parse(op.recordedAt) < SEEN_WITHIN) return null;
  if (op.kind === "handin" || op.kind === "abandon") return { ...about, kind: op.kind === "handin" ? "handed_in" : "abandoned" };
  if (!op.critical) return null;
  return { ...about, kind: answer.hold ? "arrived_critical" : "arrived_nothing_left" };
}

let isAsked = false;

/** Ask the browser, once, not to throw away what is kept when room gets scarce. */
function askToPersist() {
  if (isAsked) return;
  isAsked = true;
  navigator.storage?.persist?.().catch(() => {});
}

export const outbox = new Outbox();
