/** What is under the thumb: words about the reading just entered, the limits, the number pad. */

import { button, icon } from "./dom.js";
import { attachPad } from "./pad.js";
import { say } from "./words.js";

const KEY = "holdfast.point";

export class Dock {
  /** `dock` is its element; `check()` gives the check in sight, undefined where none is. */
  constructor(dock, check) {
    Object.assign(this, { dock, check });
    this.pad = dock.querySelector("[data-pad]");
    this.limits = dock.querySelector("[data-dock-limits]");
    this.paste = dock.querySelector("[data-open-paste]");
    this.point = dock.querySelector("[data-point]");
    this.words = dock.querySelector("[data-said]");
    this.actions = dock.querySelector("[data-said-actions]");
    this.fillsPoint = kept() !== "off";
    this.paste.addEventListener("click", () => this.check().openPaste());
    this.point.addEventListener("click", () => this.setPoint(!this.fillsPoint));
    attachPad(this.pad, (key) => this.check().type(key, this));
    document.addEventListener("keydown", (event) => this.toTheCell(event));
  }

  show(check) {
    const isMeasured = Boolean(check?.inputs);
    this.dock.hidden = !check;
    this.pad.hidden = !isMeasured;
    this.paste.hidden = !isMeasured;
    this.dock.closest(".entry").classList.toggle("entry--pad", isMeasured);
    this.pad.classList.toggle("pad--signed", isMeasured && "signed" in check.card.dataset);
    this.pad.querySelector("[data-key=sign]").hidden = !this.pad.classList.contains("pad--signed");
    this.limits.hidden = !isMeasured;
    if (isMeasured) this.limits.replaceChildren(...check.card.querySelector("[data-limits]").cloneNode(true).childNodes);
    this.point.hidden = !isMeasured || !check.places;
    if (!this.point.hidden) this.showPoint(check);
    this.say(check);
  }

  /** The words of the check in sight, and what can be done about them. */
  say(check) {
    if (check !== this.check()) return;
    const { text = "", tone = "", actions = [] } = check?.words || {};
    this.words.className = `entry-dock__said tone-${tone || "waiting"}`;
    if (this.words.textContent !== text) this.words.replaceChildren(...(text ? [icon(tone, "icon--small"), text] : []));
    const buttons = actions.map(({ label, act }, index) => button(index ? "" : "button--primary", label, act));
    this.actions.replaceChildren(...buttons);
    this.actions.hidden = !buttons.length;
    // Where it is answered by a tap, the cell keeps the focus.
    for (const each of buttons) each.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  setPoint(isOn) {
    this.fillsPoint = isOn;
    try {
      localStorage.setItem(KEY, isOn ? "on" : "off");
    } catch {
      // For as long as the page is open.
    }
    this.showPoint(this.check());
  }

  showPoint(check) {
    const { upper, target, lower } = check.card.dataset;
    const reading = target || upper || lower;
    const digits = reading.replace(/\D/g, "").replace(/^0+(?=\d)/, "");
    this.point.setAttribute("aria-pressed", String(this.fillsPoint));
    this.point.setAttribute("aria-label", say("point", { digits, reading }));
    this.point.textContent = `${digits} = ${reading}`;
  }

  /** A keyboard or a caliper types into the cell in sight, also when nothing has the focus. */
  toTheCell(event) {
    const { activeElement } = document;
    const isElsewhere = activeElement && activeElement !== document.body && activeElement.matches("input, textarea, select, [contenteditable]");
    if (isElsewhere || event.ctrlKey || event.metaKey || event.altKey || !/^[\d.,+-]$/.test(event.key)) return;
    if (this.check()?.inputs) this.check().focus();
  }
}

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
