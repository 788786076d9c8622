/** A device whose clock is off: what is entered on it would carry a wrong time. */

import { outbox } from "./outbox.js";
import { store } from "./store.js";

const TOLERATED = 6 * 3600 * 1000;
const CHECKED = "holdfast.clock";

/** { milliseconds } that the clock is ahead of the server's, where that is much and nobody has decided yet; else null. */
export async function clockOff() {
  const milliseconds = await measured();
  const decided = (await store.get("meta", "clock"))?.value;
  const isDecided = decided && Math.abs(decided.milliseconds - milliseconds) < TOLERATED;
  outbox.clock = isDecided && decided.isServer ? -decided.milliseconds : 0;
  return Math.abs(milliseconds) < TOLERATED || isDecided ? null : { milliseconds };
}

/** Of a page from the server: this clock when its answer came, against the time that it tells. */
function ofThePage() {
  const { at, saved } = document.documentElement.dataset;
  if (!at || saved) return Infinity;
  const [{ responseStart }] = performance.getEntriesByType("navigation");
  return Date.now() - performance.now() + responseStart - 1000 * Number(at);
}

/** Once per tab and session: the answer's time against the middle of the request. 0 where the server does not answer. */
async function measured() {
  try {
    const known = sessionStorage.getItem(CHECKED);
    if (known !== null) return Number(known);
    const difference = ofThePage();
    if (Math.abs(difference) < TOLERATED) return difference;
    if (!navigator.onLine) return 0;
    const before = Date.now();
    const response = await fetch("/session/", { credentials: "same-origin", headers: { Accept: "application/json" } });
    const { at } = await response.json();
    const milliseconds = (before + Date.now()) / 2 - Date.parse(at);
    sessionStorage.setItem(CHECKED, String(milliseconds));
    return milliseconds;
  } catch {
    return 0;
  }
}

/** The person chose the server's time, or the device's, for what is entered and for what is unsent. */
export async function decideClock(isServer) {
  const milliseconds = await measured();
  await store.put("meta", { name: "clock", value: { milliseconds, isServer } });
  outbox.clock = isServer ? -milliseconds : 0;
  for (const op of await outbox.mine()) await outbox.settle(op.seq, (now) => ({ ...now, clock: outbox.clock }));
}
