/**
 * Readings that were asked about and not yet confirmed. They count at the latest after a minute, and when the check or the page is left.
 *
 * They are kept on the device meanwhile: where the page is gone before it could send them, they count when it opens again.
 */

const MILLISECONDS = 60000;

export class Asked {
  /** `counted(readings)` is called with all of them, { index: text }, when they count. */
  constructor(key, counted) {
    Object.assign(this, { key, counted, readings: new Map() });
    addEventListener("pagehide", () => this.count({ stays: true })); // nobody knows whether it is kept elsewhere in time
    document.addEventListener("visibilitychange", () => document.hidden && this.count());
  }

  /** Those that another page began to ask about. */
  get left() {
    try {
      return Object.entries(JSON.parse(localStorage.getItem(this.key) || "{}"));
    } catch {
      return [];
    }
  }

  has(index) {
    return this.readings.has(index);
  }

  get first() {
    return this.readings.entries().next().value;
  }

  add(index, text) {
    this.readings.set(index, text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.count(), MILLISECONDS);
    this.keep();
  }

  /** Something else was entered there. */
  drop(index) {
    if (this.readings.delete(index)) this.keep();
  }

  count({ stays = false } = {}) {
    if (!this.readings.size) return;
    const readings = new Map(this.readings);
    this.readings.clear();
    clearTimeout(this.timer);
    this.counted(readings);
    if (!stays) this.keep();
  }

  keep() {
    try {
      if (this.readings.size) localStorage.setItem(this.key, JSON.stringify(Object.fromEntries(this.readings)));
      else localStorage.removeItem(this.key);
    } catch {
      // Nothing can be kept on this device; the page says so where it matters.
    }
  }
}
