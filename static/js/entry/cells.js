/** The cells of a check that is measured: what stands in them, what is stored, and what differs between the two. */

import { Asked } from "./asked.js";
import { placesOf } from "./decimals.js";
import { element, setIcon, setTone } from "./dom.js";
import { readColumn } from "./notation.js";
import { canStillConform, canonical, isReading, limitsOf, markText, normalise, numberOf } from "./readings.js";
import { say, sayCount } from "./words.js";

const MARKS = ["near", "out", "wrong", "asked", "empty"];
const textOf = (reading) => (reading === null || reading === undefined ? "" : String(reading));
const isEqual = (one, other) => canonical(one) === canonical(other);

export class Cells {
  /** `key` names what is kept on the device of readings that are asked about. */
  constructor(card, key) {
    Object.assign(this, { card, words: null });
    this.limits = limitsOf(card.dataset);
    this.places = placesOf(card.dataset);
    this.units = { unit: card.dataset.unit, factors: JSON.parse(card.dataset.units || "{}") };
    this.grid = card.querySelector(".readings");
    this.inputs = [...this.grid.querySelectorAll("input")];
    this.place = card.querySelector("[data-place]");
    this.entered = this.inputs.map((input) => normalise(input.value));
    this.stored = [...this.entered];
    this.before = new Map(); // index of each cell that was changed here -> what was stored there then
    this.disputed = new Set(); // of these, those that a colleague changed while they were typed: the person is asked
    this.current = Math.max(0, this.entered.findIndex((text) => !text));
    this.asked = new Asked(`${key}.asked:${card.dataset.check}`, (readings) => this.count(readings));
  }

  // What it says

  /** The units that were changed, and what they were before; neither slips nor what is still asked about. */
  get body() {
    const changes = [...this.before].filter(([index]) => {
      const text = this.entered[index];
      return !this.asked.has(index) && !this.disputed.has(index) && (!text || isReading(text));
    });
    return {
      units: changes.map(([index, before]) => ({
        unit: index + 1,
        reading: this.entered[index] || null,
        before: before || null,
      })),
    };
  }

  /** All that stands in the cells, slips included, as `show` takes it; of what is still asked about, what is stored. */
  get draft() {
    const isOpen = (index) => this.asked.has(index) || this.disputed.has(index);
    return { readings: this.entered.map((text, index) => (isOpen(index) ? this.stored[index] : text)) };
  }

  get readCount() {
    return this.entered.filter(isReading).length;
  }

  get isAnswered() {
    return this.readCount > 0;
  }

  get isComplete() {
    return this.readCount === this.inputs.length;
  }

  get badUnits() {
    return this.entered.flatMap((text, index) =>
      isReading(text) && !this.asked.has(index) && markText(text, this.limits) === "out" ? [index + 1] : [],
    );
  }

  /** What the first nonconforming reading means, as a sentence. */
  get finding() {
    const [unit] = this.badUnits;
    const { name, lower, upper } = this.card.dataset;
    const reading = this.entered[unit - 1];
    const isOver = this.limits.upper !== null && numberOf(reading) >= this.limits.upper;
    return say(isOver ? "critical_over" : "critical_under", {
      name,
      number: unit,
      reading: this.withUnit(reading),
      limit: this.withUnit(isOver ? upper : lower),
    });
  }

  withUnit(text) {
    return `${text} ${this.card.dataset.unit}`.trim();
  }

  // Showing

  /** Show what was kept on the device (a draft) or is stored (a result); of a draft with its `body` only what that changed. */
  show({ readings }, { units } = {}) {
    const texts = this.inputs.map((_, index) => textOf(readings && readings[index]));
    const changed = units ? new Map(units.map(({ unit, before }) => [unit - 1, textOf(before)])) : this.before;
    texts.forEach((text, index) => {
      const isSlip = text && !isReading(text);
      if (units && !changed.has(index) && !isSlip) return;
      if (units || !isEqual(text, this.stored[index])) this.before.set(index, changed.get(index) ?? this.stored[index]);
      this.put(index, text);
    });
    this.tell();
  }

  put(index, text) {
    this.entered[index] = text;
    this.inputs[index].value = text;
    this.mark(index);
  }

  /** Take over what is stored now, but for what was changed here; `isAnswer`: it holds what was sent from here. */
  merge({ readings }, { isAnswer = false } = {}) {
    this.inputs.forEach((input, index) => {
      const now = textOf(readings && readings[index]);
      const wasStored = this.stored[index];
      this.stored[index] = now;
      if (this.before.has(index)) {
        if (isEqual(this.entered[index], now)) this.before.delete(index);
        else if (isAnswer) this.before.set(index, now);
      } else if (normalise(input.value) !== this.entered[index]) {
        if (!isEqual(wasStored, now)) this.typedOver = index;
        this.entered[index] = now;
      } else if (!isEqual(this.entered[index], now)) this.put(index, now);
    });
    this.tell();
  }

  /** The person chose, unit by unit, "mine" or "theirs". */
  resolve(choices) {
    for (const [unit, choice] of choices) {
      this.disputed.delete(unit - 1);
      if (choice === "mine") this.before.set(unit - 1, this.stored[unit - 1]);
      else {
        this.before.delete(unit - 1);
        this.put(unit - 1, this.stored[unit - 1]);
      }
    }
    this.tell();
  }

  /** Of units that were sent, those that are stored otherwise: { unit, mine, theirs } in words. */
  differences({ units }, { readings }) {
    return units.flatMap(({ unit, reading, before }) => {
      const theirs = textOf(readings && readings[unit - 1]);
      if (isEqual(textOf(reading), theirs) || isEqual(textOf(before), theirs)) return [];
      return [{ unit, mine: reading ?? "–", theirs: theirs || "–" }];
    });
  }

  /** Whether what was sent is what is stored. */
  isSame({ units, readings }, stored) {
    const sent = units || (readings || []).map((reading, index) => ({ unit: index + 1, reading }));
    return sent.every(({ unit, reading }) => isEqual(textOf(reading), textOf((stored.readings || [])[unit - 1])));
  }

  mark(index) {
    const text = this.entered[index];
    let name = "empty";
    if (text) name = isReading(text) ? markText(text, this.limits) : "wrong";
    this.setMark(this.inputs[index], this.asked.has(index) ? "asked" : name);
  }

  /** While a reading is being typed it is out only when no further digit can bring it back. */
  markAsTyped(input) {
    const text = normalise(input.value);
    if (!text) return this.setMark(input, "empty");
    if (/^[<>]?\s*[+-]?\.?$/.test(text)) return this.setMark(input, "");
    const { value } = readColumn([text], this.units)[0];
    // A number that is not whole yet, such as "1,"; what it comes to is judged when it is left.
    if (value === undefined || value !== text) return this.setMark(input, value === undefined ? "wrong" : "");
    const name = markText(text, this.limits);
    return this.setMark(input, name === "out" && (this.digits || canStillConform(text, this.limits)) ? "" : name);
  }

  setMark(input, name) {
    for (const each of MARKS) input.parentElement.classList.toggle(`reading--${each}`, each === name);
    input.toggleAttribute("aria-invalid", false);
    if (name === "out" || name === "wrong") input.setAttribute("aria-invalid", "true");
  }

  /** How far it is, and which unit is next. */
  tell() {
    const total = this.inputs.length;
    this.place.textContent = this.isComplete
      ? sayCount("all_read", total)
      : say("place", { unit: this.current + 1, total, done: this.readCount });
  }

  /** What the readings say against a variables plan, in the server's words. */
  showEstimate({ detail, said, settled, accepts }) {
    const box = this.card.querySelector("[data-estimate]");
    const tone = settled ? (settled === "rejected" ? "stopped" : "accepted") : accepts === false ? "warning" : "waiting";
    setTone(box, tone);
    setIcon(box.querySelector("svg"), tone);
    box.querySelector("[data-estimate-words]").textContent = detail;
    box.querySelector("[data-estimate-warnings]").replaceChildren(...said.map((text) => element("li", "", text)));
  }
}
