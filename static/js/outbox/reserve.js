/**
 * Room that is laid by for readings, in the browser's cache. Only trying tells how much there is: Chromium says ten gigabytes to
 * everybody. Pictures are kept only while the reserve lies there; readings get it when there is nothing else.
 */

const NAME = "holdfast-reserve";
const PLACE = "/reserve";
const SIZE = 5 * 2 ** 20;
const PAUSE = 30000;

let asked = null;

export const reserve = { isScarce: false };

/** False where there is no room for it. */
export function layBy() {
  asked ??= tried();
  return asked;
}

async function tried() {
  if (!globalThis.caches) return true;
  try {
    const cache = await caches.open(NAME);
    if (!(await cache.match(PLACE))) await cache.put(PLACE, new Response(new Uint8Array(SIZE)));
    reserve.isScarce = false;
  } catch {
    reserve.isScarce = true;
    setTimeout(() => (asked = null), PAUSE);
  }
  return !reserve.isScarce;
}

/** Give it up; true where there was something. */
export async function giveUp() {
  const isGone = Boolean(await globalThis.caches?.delete(NAME).catch(() => false));
  if (isGone) {
    reserve.isScarce = true;
    asked = null;
  }
  return isGone;
}
