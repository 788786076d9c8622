/** Who else is on this inspection, and what they recorded since it was last looked at: asked every few seconds while it is in sight. */

import { element, icon } from "./dom.js";
import { say } from "./words.js";

const MILLISECONDS = 4000;
const LONGEST_WAIT = 60000;
const TIMEOUT = 10000;

export class Colleagues extends EventTarget {
  /**
   * `url` is asked; `revisions` is a Map of code to the revision that is shown; `at()` gives the code of the check in sight.
   * Events: "news" with `detail` as the server answers, whenever that is another answer than before.
   */
  constructor({ url, revisions, at, place }) {
    super();
    Object.assign(this, { url, revisions, at, place, wait: MILLISECONDS, tag: "" });
    document.addEventListener("visibilitychange", () => document.hidden || this.again());
    addEventListener("online", () => this.again());
    this.timer = setTimeout(() => this.again(), MILLISECONDS);
  }

  async again() {
    clearTimeout(this.timer);
    if (document.hidden) return;
    const isHeard = await this.look();
    this.wait = isHeard ? MILLISECONDS : Math.min(2 * this.wait, LONGEST_WAIT);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), this.wait);
  }

  /** Ask once. False where nobody answered. */
  async look() {
    const asked = new URL(this.url, location.href);
    for (const [code, revision] of this.revisions) asked.searchParams.append("seen", `${code}:${revision}`);
    if (this.at()) asked.searchParams.set("at", this.at());
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT);
    try {
      const response = await fetch(asked, {
        credentials: "same-origin",
        cache: "no-store",
        headers: { Accept: "application/json", ...(this.tag ? { "If-None-Match": this.tag } : {}) },
        signal: stop.signal,
      });
      if (response.status === 304) return true;
      if (!response.ok || response.redirected) return false;
      this.tag = response.headers.get("ETag") || "";
      const news = await response.json();
      this.show(news.people);
      this.dispatchEvent(new CustomEvent("news", { detail: news }));
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  show(people) {
    const lines = people.map(({ name, check }) => (check ? say("colleague_at", { name, check }) : say("colleague", { name })));
    const text = lines.join(" · ");
    if (this.place.textContent.trim() === text) return;
    this.place.replaceChildren(...(text ? [icon("user", "icon--small"), element("span", "", text)] : []));
    this.place.hidden = !text;
  }
}
