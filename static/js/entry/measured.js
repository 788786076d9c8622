/** A check that is measured: entering a reading for each unit. */

import { Cells } from "./cells.js";
import { isFull, withPoint } from "./decimals.js";
import { reveal } from "./dom.js";
import { farOff } from "./far-off.js";
import { readColumn, splitColumn } from "./notation.js";
import { canonical, isReading, markText, normalise, numberOf } from "./readings.js";
import { say } from "./words.js";

export class Measured extends Cells {
  /**
   * `changed({ urgent })` is called when a reading was entered or changed, not for each key; `told(check)` when `words` are others;
   * `differ(check, units)` when a colleague changed a unit while it was typed.
   */
  constructor(card, { changed, ended, told, differ, key }) {
    super(card, key);
    Object.assign(this, { changed, ended, told, differ });
    this.column = card.querySelector("textarea");
    this.paste = card.querySelector("[data-paste]");
    this.grid.addEventListener("focusin", (event) => this.enter(this.inputs.indexOf(event.target)));
    this.grid.addEventListener("focusout", (event) => this.leave(event));
    this.grid.addEventListener("input", (event) => this.typed(event.target));
    this.grid.addEventListener("keydown", (event) => this.press(event));
    this.grid.addEventListener("paste", (event) => this.pasteAt(event));
  }

  complain(text, { tone = "stopped", actions = [] } = {}) {
    this.words = text ? { text, tone, actions } : null;
    this.told(this);
  }

  // Entering

  typed(input) {
    this.digits = null; // not by the pad: the point is where it was typed
    this.markAsTyped(input);
  }

  enter(index) {
    if (index < 0) return;
    this.current = index;
    this.digits = "";
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
    const { value: text = normalise(input.value), error } = readColumn([input.value], this.units)[0];
    if (input.value !== text) input.value = text;
    if (text === this.entered[index]) return;
    const isDisputed = this.typedOver === index && text && isReading(text) && canonical(text) !== canonical(this.stored[index]);
    this.change(index, text);
    this.tell();
    if (isDisputed && markText(text, this.limits) !== "out") {
      this.disputed.add(index);
      this.differ(this, [{ unit: index + 1, mine: text, theirs: this.stored[index] || "–" }]);
      return;
    }
    if (error || (text && markText(text, this.limits) === "wrong")) {
      this.complain(say(error || "undecided", { unit: index + 1, value: text }));
      this.changed({});
      return;
    }
    if (this.isOdd(text)) {
      this.ask(index, text);
      return;
    }
    this.react([index]);
  }

  change(index, text) {
    if (this.typedOver === index) this.typedOver = null;
    if (!this.before.has(index)) this.before.set(index, this.stored[index]);
    this.asked.drop(index);
    this.put(index, text);
  }

  /** Say what entered readings mean, and have them sent. */
  react(indexes) {
    const out = indexes.filter((index) => this.badUnits.includes(index + 1));
    this.lastBad = out.length ? out[0] + 1 : null;
    if (this.asked.first) this.askAgain();
    else if (out.length > 1) this.complain(say("out_units", { units: out.map((index) => index + 1).join(", ") }));
    else this.complain(out.length ? this.distance(out[0] + 1, this.entered[out[0]]) : "");
    this.changed({ urgent: out.length > 0 && this.card.dataset.class === "critical" });
  }

  distance(unit, text) {
    const { lower, upper } = this.card.dataset;
    const value = numberOf(text);
    const isOver = this.limits.upper !== null && value >= this.limits.upper;
    const decimals = Math.max(...[text, lower, upper].map((each) => (each.split(".")[1] || "").length));
    const by = Math.abs(value - (isOver ? this.limits.upper : this.limits.lower)).toFixed(decimals);
    return say(isOver ? "over_by" : "under_by", { unit, distance: this.withUnit(by) });
  }

  // Asking about what is far off

  /** Whether a reading is far off, and no other one that stands is like it. */
  isOdd(text) {
    if (!text || !isReading(text) || /^[<>]/.test(text) || !farOff(text, this.limits)) return false;
    const size = Math.abs(Number(text));
    const isLike = (other) => other && isReading(other) && Math.abs(Number(other)) < 2 * size && size < 2 * Math.abs(Number(other));
    return !this.stored.some((other) => isLike(other) && farOff(other, this.limits));
  }

  ask(index, text) {
    this.asked.add(index, text);
    this.mark(index);
    this.askAgain();
    this.changed({});
  }

  /** About the first that waits: is it so, or what a moved point makes of it? */
  askAgain() {
    const [index, text] = this.asked.first;
    const odd = farOff(text, this.limits);
    const { meant } = odd;
    const written = meant === undefined ? "" : this.inPlaces(meant);
    const right = { label: say("it_is", { reading: this.withUnit(text) }), act: () => this.confirm(index) };
    const other =
      meant === undefined
        ? { label: say("enter_again"), act: () => this.focus(index) }
        : { label: say("it_is", { reading: this.withUnit(written) }), act: () => this.correct(index, written) };
    const { lower, upper } = this.card.dataset;
    const limits = this.withUnit([lower, upper].filter(Boolean).join(" – "));
    this.complain(say(`far_off_${odd.code}`, { unit: index + 1, reading: this.withUnit(text), limits }), { tone: "warning", actions: [other, right] });
  }

  /** With as many decimals as the limits are written with, at least. */
  inPlaces(text) {
    const decimals = (text.split(".")[1] || "").length;
    return decimals < this.places ? Number(text).toFixed(this.places) : text;
  }

  confirm(index) {
    this.asked.drop(index);
    this.mark(index);
    this.react([index]);
  }

  correct(index, text) {
    this.change(index, text);
    this.tell();
    this.react([index]);
  }

  /** What was asked about counts, as nobody said otherwise. */
  count(readings) {
    for (const index of readings.keys()) this.mark(index);
    this.complain("");
    this.react([...readings.keys()]);
  }

  /** Readings that a page was closed over count, where nothing else was entered since. Call it when all else is shown. */
  countLeft() {
    const left = this.asked.left.map(([index, text]) => [Number(index), text]).filter(([index]) => this.entered[index] === "");
    this.asked.keep();
    if (!left.length) return;
    for (const [index, text] of left) this.change(index, text);
    this.react(left.map(([index]) => index));
  }

  /** The check is left: what was typed is taken over, and what was asked about counts. */
  finish() {
    this.commit();
    this.asked.count();
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

  /** A key of the number pad; with `fillsPoint` digits fill in their point, and a whole reading goes on by itself. */
  type(key, { fillsPoint = false } = {}) {
    const input = this.inputs[this.current];
    if (document.activeElement !== input) this.focus();
    if (key === "next") return this.step(1);
    if (key === "previous") return this.step(this.current ? -1 : 0);
    if (/\d/.test(key) && fillsPoint && this.typeDigit(input, key)) return;
    const { selectionStart: start, selectionEnd: end, value } = input;
    if (key === "sign") {
      input.value = value.startsWith("-") ? value.slice(1) : `-${value}`;
      input.setSelectionRange(input.value.length, input.value.length);
    } else if (key === "." && this.digits) {
      this.write(input, `${Number(this.digits)}.`);
      this.digits = null;
    } else if (key === "back" && this.digits) {
      this.digits = this.digits.slice(0, -1);
      this.write(input, withPoint(this.digits, this.places));
    } else if (key !== "back") {
      input.setRangeText(key, start, end, "end");
      this.digits = null;
    } else if (start !== end) input.setRangeText("", start, end, "end");
    else if (start > 0) input.setRangeText("", start - 1, start, "end");
    else if (!value && this.current) return this.step(-1);
    this.markAsTyped(input);
  }

  /** True where the digit belongs to a reading whose point is filled in. */
  typeDigit(input, key) {
    const isFresh = /^-?$/.test(input.value) || (input.selectionStart === 0 && input.selectionEnd === input.value.length);
    if (isFresh) this.digits = key;
    else if (this.digits) this.digits += key;
    else return false;
    if (isFresh && input.value !== "-") input.value = "";
    this.write(input, withPoint(this.digits, this.places));
    this.markAsTyped(input);
    if (!isFull(this.digits, this.places, this.limits)) return true;
    this.mark(this.current);
    this.step(1);
    return true;
  }

  /** The sign stays. */
  write(input, text) {
    input.value = (input.value.startsWith("-") ? "-" : "") + text;
    input.setSelectionRange(input.value.length, input.value.length);
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
    const filled = [];
    read.forEach(({ value }, offset) => {
      if (!value || value === this.entered[index + offset]) return;
      this.change(index + offset, value);
      if (this.isOdd(value)) {
        this.asked.add(index + offset, value);
        this.mark(index + offset);
      }
      filled.push(index + offset);
    });
    this.tell();
    this.react(filled);
    return true;
  }
}
