/** A check that is measured: a cell for each unit's reading. */

import { element, reveal, setIcon, setTone } from "./dom.js";
import { readColumn, splitColumn } from "./notation.js";
import { canStillConform, isReading, limitsOf, markText, normalise, numberOf } from "./readings.js";
import { say, sayCount } from "./words.js";

const MARKS = ["near", "out", "wrong", "empty"];

export class Measured {
  /** `changed({ urgent })` is called when a reading was entered or changed, not for each key. */
  constructor(card, { changed, ended }) {
    Object.assign(this, { card, changed, ended });
    this.limits = limitsOf(card.dataset);
    this.units = { unit: card.dataset.unit, factors: JSON.parse(card.dataset.units || "{}") };
    this.grid = card.querySelector(".readings");
    this.inputs = [...this.grid.querySelectorAll("input")];
    this.place = card.querySelector("[data-place]");
    this.said = card.querySelector("[data-said]");
    this.column = card.querySelector("textarea");
    this.paste = card.querySelector("[data-paste]");
    this.entered = this.inputs.map((input) => normalise(input.value));
    this.current = Math.max(0, this.entered.findIndex((text) => !text));
    this.grid.addEventListener("focusin", (event) => this.enter(this.inputs.indexOf(event.target)));
    this.grid.addEventListener("focusout", (event) => this.leave(event));
    this.grid.addEventListener("input", (event) => this.markAsTyped(event.target));
    this.grid.addEventListener("keydown", (event) => this.press(event));
    this.grid.addEventListener("paste", (event) => this.pasteAt(event));
  }

  // What it says

  get body() {
    return { readings: this.entered.map((text) => (isReading(text) ? text : null)) };
  }

  /** What stands in the cells, as `show` takes it. */
  get draft() {
    return { readings: this.entered };
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
      isReading(text) && markText(text, this.limits) === "out" ? [index + 1] : [],
    );
  }

  /** What the first nonconforming reading means, as a sentence. */
  get finding() {
    const [unit] = this.badUnits;
    const { name, lower, upper, unit: measure } = this.card.dataset;
    const reading = this.entered[unit - 1];
    const isOver = this.limits.upper !== null && numberOf(reading) >= this.limits.upper;
    const withUnit = (text) => `${text} ${measure}`.trim();
    return say(isOver ? "critical_over" : "critical_under", {
      name,
      number: unit,
      reading: withUnit(reading),
      limit: withUnit(isOver ? upper : lower),
    });
  }

  // Showing

  /** Show a body that was kept on the device, or is stored on the server. */
  show({ readings }) {
    this.inputs.forEach((input, index) => {
      const reading = readings && readings[index];
      this.entered[index] = reading === null || reading === undefined ? "" : String(reading);
      input.value = this.entered[index];
      this.mark(index);
    });
    this.tell();
  }

  mark(index) {
    const text = this.entered[index];
    let name = "empty";
    if (text) name = isReading(text) ? markText(text, this.limits) : "wrong";
    this.setMark(this.inputs[index], name);
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
    return this.setMark(input, name === "out" && canStillConform(text, this.limits) ? "" : name);
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

  complain(text) {
    this.said.className = "check__said tone-stopped";
    this.said.textContent = text;
  }

  // Entering

  enter(index) {
    if (index < 0) return;
    this.current = index;
    this.inputs[index].select();
    this.tell();
  }

  leave(event) {
    // The browser's window losing focus is not the person moving on.
    if (document.activeElement === event.target) return;
    this.commit(this.inputs.indexOf(event.target));
  }

  /** Take over what was typed into a cell. Only then it is sent: half a number could stop a batch. */
  commit(index = this.current) {
    const input = this.inputs[index];
    if (!input) return;
    const typed = normalise(input.value);
    const { value: text = typed, error } = readColumn([input.value], this.units)[0];
    if (input.value !== text) input.value = text;
    if (text === this.entered[index]) return;
    this.entered[index] = text;
    this.mark(index);
    this.tell();
    const isUndecided = !error && text && markText(text, this.limits) === "wrong";
    if (error || isUndecided) {
      this.complain(say(error || "undecided", { unit: index + 1, value: text }));
      this.changed({});
      return;
    }
    const name = text ? markText(text, this.limits) : "";
    this.said.textContent = "";
    this.lastBad = name === "out" ? index + 1 : null;
    if (name === "out") this.complain(this.distance(index + 1, numberOf(text)));
    this.changed({ urgent: name === "out" && this.card.dataset.class === "critical" });
  }

  distance(unit, value) {
    const { lower, upper, unit: measure } = this.card.dataset;
    const isOver = this.limits.upper !== null && value > this.limits.upper;
    const decimals = Math.max(...[this.entered[unit - 1], lower, upper].map((text) => (text.split(".")[1] || "").length));
    const by = Math.abs(value - (isOver ? this.limits.upper : this.limits.lower)).toFixed(decimals);
    return say(isOver ? "over_by" : "under_by", { unit, distance: `${by} ${measure}`.trim() });
  }

  focus(index = this.current) {
    const input = this.inputs[Math.max(0, Math.min(index, this.inputs.length - 1))];
    input.focus({ preventScroll: true });
    this.reveal();
  }

  reveal() {
    reveal(this.inputs[this.current].parentElement);
  }

  /** To the first cell without a reading. */
  focusNext() {
    const index = this.entered.findIndex((text) => !isReading(text));
    this.focus(index < 0 ? 0 : index);
  }

  step(by) {
    this.commit();
    if (this.current + by >= this.inputs.length) this.ended();
    else this.focus(this.current + by);
  }

  press(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const input = event.target;
    const columns = getComputedStyle(this.grid).gridTemplateColumns.split(" ").length;
    const isAllSelected = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const steps = { Enter: 1, ArrowDown: columns, ArrowUp: -columns };
    if (event.key === "ArrowRight" && (isAllSelected || input.selectionStart === input.value.length)) steps.ArrowRight = 1;
    if (event.key === "ArrowLeft" && (isAllSelected || input.selectionEnd === 0)) steps.ArrowLeft = -1;
    if (event.key === "Backspace" && !input.value) steps.Backspace = -1;
    const by = steps[event.key];
    if (!by) return;
    event.preventDefault();
    if (event.key === "Enter" || (this.current + by >= 0 && this.current + by < this.inputs.length)) this.step(by);
  }

  /** A key of the number pad. */
  type(key) {
    const input = this.inputs[this.current];
    if (document.activeElement !== input) this.focus();
    if (key === "next") return this.step(1);
    if (key === "previous") return this.step(this.current ? -1 : 0);
    const { selectionStart: start, selectionEnd: end, value } = input;
    if (key === "sign") {
      input.value = value.startsWith("-") ? value.slice(1) : `-${value}`;
      input.setSelectionRange(input.value.length, input.value.length);
    } else if (key !== "back") input.setRangeText(key, start, end, "end");
    else if (start !== end) input.setRangeText("", start, end, "end");
    else if (start > 0) input.setRangeText("", start - 1, start, "end");
    else if (!value && this.current) return this.step(-1);
    return this.markAsTyped(input);
  }

  // Columns

  pasteAt(event) {
    const text = event.clipboardData.getData("text");
    const values = splitColumn(text);
    if (values.length < 2) return; // one cell is typed: it is read when it is left
    event.preventDefault();
    const index = this.inputs.indexOf(event.target);
    if (!this.fill(index, values)) this.openPaste(text);
  }

  openPaste(text = "") {
    this.paste.open = true;
    if (text) this.column.value = text;
    this.column.focus();
  }

  fillFromColumn() {
    if (!this.fill(0, splitColumn(this.column.value))) return;
    this.column.value = "";
    this.paste.open = false;
    this.focusNext();
  }

  /** All of the values or none; a cell that is empty in the column keeps what it has. False when refused. */
  fill(index, values) {
    const room = this.inputs.length - index;
    if (values.length > room) {
      this.complain(say("too_many", { count: values.length, room }));
      return false;
    }
    const read = readColumn(values, this.units);
    const wrong = read.findIndex(({ error }) => error);
    if (wrong >= 0) {
      const said = say(read[wrong].error, { unit: index + wrong + 1, value: values[wrong].slice(0, 40) });
      this.complain(`${said} ${say("nothing_filled")}`);
      return false;
    }
    read.forEach(({ value }, offset) => {
      if (!value) return;
      this.entered[index + offset] = value;
      this.inputs[index + offset].value = value;
      this.mark(index + offset);
    });
    const bad = this.badUnits;
    this.said.textContent = "";
    [this.lastBad] = bad;
    if (bad.length) this.complain(say("out_units", { units: bad.join(", ") }));
    this.tell();
    this.changed({ urgent: bad.length > 0 && this.card.dataset.class === "critical" });
    return true;
  }
}
