/** A check that is not measured: the numbers of the units that do not conform, and a word about all the others. */

import { normalise } from "./readings.js";
import { say, sayCount } from "./words.js";

export class Attribute {
  /** `changed({})` is called with each answer, `told(check)` when `words` are others. */
  constructor(card, { changed, told }) {
    Object.assign(this, { card, changed, told, words: null });
    this.total = Number(card.dataset.n);
    this.wasAnswered = card.dataset.revision !== "0";
    this.answers = [...card.querySelectorAll("input[name=answer]")];
    this.units = [...card.querySelectorAll("input[name=unit]")];
    this.others = card.querySelector("input[name=others]");
    this.count = card.querySelector("input[name=nonconformities]");
    this.place = card.querySelector("[data-place]");
    this.before = new Map(); // number of each unit that was changed here -> whether it was stored as nonconforming then
    this.stored = { bad: new Set(this.badUnits), isComplete: this.isComplete, count: this.count.value };
    this.hasSaid = false; // whether "all the others conform", or no longer, was said here
    card.querySelector(".check__form").addEventListener("change", (event) => this.answer(event.target));
    this.update();
  }

  get choice() {
    const chosen = this.answers.find((input) => input.checked);
    return chosen ? chosen.value : "";
  }

  get badUnits() {
    return this.units.filter((input) => input.checked).map((input) => Number(input.value));
  }

  get nonconformities() {
    const text = normalise(this.count.value);
    return text ? Number(text) : null;
  }

  get isAnswered() {
    return this.choice === "good" || this.badUnits.length > 0;
  }

  get isComplete() {
    return this.choice === "good" || (this.badUnits.length > 0 && this.others.checked);
  }

  /** The units that were changed, and what they were before; what was not said here stays as others said it. */
  get body() {
    const bad = this.badUnits;
    const count = bad.length && this.count.value !== this.stored.count ? this.nonconformities : null;
    return {
      units: [...this.before].map(([unit, before]) => ({ unit, nonconforming: bad.includes(unit), before })),
      nonconforming_units: bad,
      ...(this.hasSaid ? { complete: this.isComplete } : {}),
      ...(count === null ? {} : { nonconformities: count }),
    };
  }

  /** What is tapped, as `show` takes it. */
  get draft() {
    const count = this.badUnits.length ? this.nonconformities : null;
    return {
      nonconforming_units: this.badUnits,
      complete: this.isComplete,
      ...(count === null ? {} : { nonconformities: count }),
    };
  }

  get finding() {
    return say("critical_unit", { name: this.card.dataset.name, number: this.badUnits[0] });
  }

  /** Show what was kept on the device (a draft) or is stored (a result); of a draft with its `body` only what that changed. */
  show(draft, { units, complete } = {}) {
    if (!units) {
      const bad = new Set(draft.nonconforming_units || []);
      for (const { value } of this.units) {
        const unit = Number(value);
        if (bad.has(unit) !== this.stored.bad.has(unit) && !this.before.has(unit)) this.before.set(unit, this.stored.bad.has(unit));
      }
      this.hasSaid = Boolean(draft.complete) !== this.stored.isComplete;
      this.render(draft);
      return;
    }
    const bad = new Set(this.badUnits);
    for (const { unit, nonconforming, before } of units) {
      this.before.set(unit, before);
      if (nonconforming) bad.add(unit);
      else bad.delete(unit);
    }
    this.hasSaid = complete !== undefined;
    const { isComplete } = this;
    this.render({ ...draft, nonconforming_units: [...bad], complete: complete ?? isComplete });
  }

  render({ nonconforming_units: units, nonconforming, nonconformities, complete, choice = "" }) {
    const bad = new Set(units || []);
    for (const input of this.units) input.checked = bad.has(Number(input.value));
    const answer = bad.size || nonconforming ? "bad" : complete ? "good" : choice;
    for (const input of this.answers) input.checked = input.value === answer;
    this.others.checked = answer === "bad" && complete;
    this.count.value = nonconformities > bad.size ? nonconformities : "";
    this.update();
  }

  /** Take over what is stored now, but for what was changed here; `isAnswer`: it holds what was sent from here. */
  merge(result, { isAnswer = false } = {}) {
    const stored = new Set(result.nonconforming_units || []);
    const bad = new Set(this.badUnits);
    const choice = this.choice === "bad" ? "bad" : "";
    for (const unit of new Set([...stored, ...bad])) {
      if (!this.before.has(unit)) {
        if (stored.has(unit)) bad.add(unit);
        else bad.delete(unit);
      }
    }
    for (const unit of [...this.before.keys()]) {
      if (stored.has(unit) === bad.has(unit)) this.before.delete(unit);
      else if (isAnswer) this.before.set(unit, stored.has(unit));
    }
    const isComplete = this.hasSaid ? this.isComplete : result.complete;
    if (isComplete === result.complete) this.hasSaid = false;
    const wasCounted = this.count.value !== this.stored.count && !isAnswer;
    const count = wasCounted ? this.nonconformities : result.nonconformities;
    const named = result.nonconforming_units ? {} : { nonconforming: result.nonconforming };
    this.render({ nonconforming_units: [...bad], ...named, nonconformities: count, complete: isComplete, choice });
    this.stored = { bad: stored, isComplete: result.complete, count: wasCounted ? this.stored.count : this.count.value };
    this.wasAnswered = true;
  }

  /** The person chose, unit by unit, "mine" or "theirs". */
  resolve(choices) {
    const bad = new Set(this.badUnits);
    for (const [unit, choice] of choices) {
      const theirs = this.stored.bad.has(unit);
      if (choice === "mine") {
        this.before.set(unit, theirs);
        if (theirs) bad.delete(unit);
        else bad.add(unit);
      } else {
        this.before.delete(unit);
        if (theirs) bad.add(unit);
        else bad.delete(unit);
      }
    }
    const { isComplete, choice, nonconformities } = this;
    this.render({ nonconforming_units: [...bad], complete: isComplete, nonconformities, choice });
  }

  /** Of units that were sent, those that are stored otherwise, and those marked meanwhile that were said to conform. */
  differences({ units = [], nonconforming_units: shown = [], complete }, { nonconforming_units: stored }) {
    const theirs = new Set(stored || []);
    const words = (isBad) => say(isBad ? "does_not_conform" : "conforms");
    const changed = units.filter(({ unit, nonconforming, before }) => ![nonconforming, before].includes(theirs.has(unit)));
    const named = new Set([...shown, ...units.map(({ unit }) => unit)]);
    const unseen = complete ? [...theirs].filter((unit) => !named.has(unit)) : [];
    return [
      ...changed.map(({ unit, nonconforming }) => ({ unit, mine: words(nonconforming), theirs: words(!nonconforming) })),
      ...unseen.map((unit) => ({ unit, mine: words(false), theirs: words(true) })),
    ];
  }

  /** Whether what was sent is what is stored. */
  isSame({ units, nonconforming_units: shown, complete }, stored) {
    const theirs = new Set(stored.nonconforming_units || []);
    if (complete !== undefined && complete !== stored.complete) return false;
    if (units) return units.every(({ unit, nonconforming }) => theirs.has(unit) === nonconforming);
    return shown.length === theirs.size && shown.every((unit) => theirs.has(unit));
  }

  update() {
    const bad = this.badUnits.length;
    this.card.querySelector("[data-bad]").hidden = this.choice !== "bad";
    this.card.querySelector(".check__more").hidden = !bad;
    this.card.querySelector("[data-bad-count]").textContent = bad;
    this.card.querySelector("[data-others]").textContent = sayCount("others_conform", this.total - bad);
    this.place.textContent =
      bad && !this.isComplete
        ? say("confirm_others")
        : sayCount(this.isComplete ? "units_answered" : "units_unanswered", this.total);
  }

  complain(text) {
    this.words = text ? { text, tone: "stopped", actions: [] } : null;
    this.told(this);
  }

  answer(input) {
    const bad = this.badUnits;
    this.complain("");
    if ("stays" in input.dataset && !input.checked) {
      input.checked = true;
      this.complain(say("stays", { unit: input.value }));
      return;
    }
    if (input.name === "unit" && bad.length) this.answers.find((each) => each.value === "bad").checked = true;
    if (input.name === "answer" && input.value === "good" && bad.length) {
      this.answers.find((each) => each.value === "bad").checked = true;
      this.complain(say("unmark_first", { units: bad.join(", ") }));
    }
    if (input.name === "unit") {
      this.lastBad = input.checked ? Number(input.value) : null;
      const unit = Number(input.value);
      if (!this.before.has(unit)) this.before.set(unit, this.stored.bad.has(unit));
    }
    this.hasSaid ||= this.isComplete !== this.stored.isComplete;
    this.update();
    const count = this.nonconformities;
    if (count !== null && bad.length && !(Number.isInteger(count) && count >= bad.length)) {
      this.complain(sayCount("too_few", bad.length));
      return;
    }
    // "Some do not" without a unit says nothing yet; it is worth sending only where it takes something back.
    if (!this.isAnswered && !this.wasAnswered) return;
    this.wasAnswered = true;
    this.changed({});
  }

  /** What was tapped counts at once. */
  commit() {}

  finish() {}

  focusNext() {}

  reveal() {}
}
