/** What is always in sight: progress, what is left of each class's allowance, what stops the batch, what is unsent. */

import { element, icon, setIcon, setTone } from "./dom.js";
import { say } from "./words.js";

const TONES = { rejected: "stopped", accepted: "accepted", next_sample: "warning" };
const MILLISECONDS_IN_FULL = 8000;

export class Board {
  constructor(entry) {
    this.entry = entry;
    this.banner = entry.querySelector("[data-banner]");
    this.outcome = entry.querySelector("[data-outcome]");
    this.segments = entry.querySelector("[data-segments]");
    this.checks = new Map();
    this.banners = new Map();
    for (const shown of this.banner.children) this.keepBanner("critical", shown, 0);
    this.banner.addEventListener("click", (event) => event.target.closest(".is-brief")?.classList.remove("is-brief"));
  }

  /** A banner stays in sight for good, and in full for a while: the cells need the room. A tap opens it again. */
  keepBanner(name, shown, milliseconds = MILLISECONDS_IN_FULL) {
    this.banners.set(name, shown);
    setTimeout(() => shown.classList.add("is-brief"), milliseconds);
  }

  /** Where each class, and each check with a plan of its own, stands, as the server counted it. */
  showCounts({ classes, characteristics }, outcome) {
    const boxes = [
      ...Object.entries(classes).map(([name, counted]) => [`[data-class="${name}"]`, counted]),
      ...Object.entries(characteristics).map(([code, counted]) => [`[data-own="${CSS.escape(code)}"]`, counted]),
    ];
    for (const [which, counted] of boxes) {
      const box = this.entry.querySelector(`.allowance${which}`);
      const found = counted.counts === "nonconformities" ? counted.nonconformities : counted.nonconforming;
      const allowed = counted.stages.length ? counted.acceptance : counted.rejection - 1;
      const tone = TONES[counted.settled] || (allowed > 0 && found >= allowed ? "warning" : "waiting");
      box.querySelector("[data-found]").textContent = found;
      setTone(box, tone);
      setIcon(box.querySelector("svg"), tone);
    }
    const text = outcome ? say(`will_be_${outcome}`) : "";
    if (this.outcome.textContent.trim() !== text) this.outcome.textContent = text;
    this.outcome.hidden = !outcome;
    setTone(this.outcome, TONES[outcome] || "waiting");
  }

  /** `states`: per check { code, isComplete, isAnswered, bad, isCritical, isCurrent, note }, in order. */
  showChecks(states) {
    const answered = states.filter((state) => state.isComplete).length;
    this.segments.setAttribute("aria-label", say("answered", { answered, total: states.length }));
    this.entry.querySelector("[data-answered]").textContent = answered;
    for (const state of states) {
      const segment = this.segments.querySelector(`[data-code="${CSS.escape(state.code)}"]`);
      segment.classList.toggle("is-stopped", state.bad > 0 && state.isCritical);
      segment.classList.toggle("is-bad", state.bad > 0 && !state.isCritical);
      segment.classList.toggle("is-done", state.isComplete && !state.bad);
      segment.classList.toggle("is-current", state.isCurrent);
      const tone = state.bad ? "stopped" : state.isComplete ? "accepted" : "waiting";
      for (const line of this.entry.querySelectorAll(`[data-overview] [data-code="${CSS.escape(state.code)}"]`)) {
        setTone(line, tone);
        setIcon(line.querySelector("svg"), tone);
        line.querySelector("[data-state]").textContent = state.note;
        line.toggleAttribute("aria-current", state.isCurrent);
      }
    }
  }

  /** Show a banner under a name of its own, or (without a title) take it away. `link`: { url, text }. */
  showBanner(name, title = "", text = "", { link, tone = "stopped" } = {}) {
    const now = this.banners.get(name);
    if (title && now?.textContent.replace(/\s+/g, " ").includes(text) && now.textContent.includes(title)) return;
    now?.remove();
    this.banners.delete(name);
    if (!title) return;
    const body = element("div", "", element("b", "", title), document.createElement("br"), element("span", "", text));
    if (link) {
      const anchor = element("a", "", link.text);
      anchor.href = link.url;
      body.append(" ", anchor);
    }
    const shown = element("div", tone === "stopped" ? "stop-banner" : `notice tone-${tone}`, icon(tone), body);
    this.banner.append(shown);
    this.keepBanner(name, shown);
  }
}
