/** One card at a time: the sample as a whole, each check (the drops of the transport test one by one before its answer), the end. */

import { button, element, setTone } from "../entry/dom.js";
import { say } from "../entry/words.js";

export class Steps {
  /** `places` gives by the element of a card or a drop what is answered there. */
  constructor(form, places) {
    Object.assign(this, { form, places });
    this.steps = [...form.querySelectorAll("[data-step]")].flatMap((card) => {
      const drops = [...card.querySelectorAll("[data-kind=drop]")].map((drop) => ({ card, drop }));
      return [...drops, { card, drop: null }];
    });
    this.strip = element("div", "sample-steps");
    this.strip.setAttribute("role", "img");
    this.marks = this.steps.map(() => element("span"));
    this.strip.append(...this.marks);
    this.count = element("p", "small soft");
    form.querySelector("[data-progress]").replaceChildren(this.count, this.strip);
    this.back = button("", say("back"), () => this.go(this.index - 1));
    this.next = button("button--primary", say("next"), () => this.go(this.index + 1));
    this.back.dataset.back = this.next.dataset.next = "";
    document.querySelector(".action-bar").replaceChildren(this.back, this.next);
    form.classList.add("is-stepwise");
    addEventListener("hashchange", () => this.show(this.named(location.hash)));
    this.show(Math.max(0, this.named(location.hash)));
  }

  idOf({ card, drop }) {
    return (drop || card).id;
  }

  named(hash) {
    return this.steps.findIndex((step) => `#${this.idOf(step)}` === decodeURIComponent(hash));
  }

  go(index) {
    if (this.steps[index]) location.hash = this.idOf(this.steps[index]);
  }

  show(index) {
    if (index < 0 || index === this.index) return;
    const isFirst = this.index === undefined;
    this.index = index;
    const { card, drop } = this.steps[index];
    for (const each of this.steps) each.card.classList.toggle("is-active", each.card === card);
    for (const { drop: each } of this.steps) each?.classList.toggle("is-active", each === drop);
    card.classList.toggle("shows-drop", Boolean(drop));
    this.back.hidden = index === 0;
    this.next.hidden = index === this.steps.length - 1;
    if (!isFirst) scrollTo({ top: 0 });
    this.draw();
  }

  placeOf({ card, drop }) {
    return this.places.get(drop || card);
  }

  /** Those that are not answered, in their order. */
  get open() {
    return this.steps.filter((step) => this.placeOf(step) && !this.placeOf(step).isAnswered);
  }

  draw() {
    this.steps.forEach((step, index) => {
      const place = this.placeOf(step);
      const mark = this.marks[index];
      mark.className = place?.isAnswered ? (place.isBad ? "is-bad" : "is-done") : "";
      mark.classList.toggle("is-current", index === this.index);
      if (place) setTone((step.drop || step.card), place.isAnswered ? (place.isBad ? "stopped" : "accepted") : "waiting");
    });
    const all = this.steps.filter((step) => this.placeOf(step)).length;
    this.count.textContent = say("answered", { done: all - this.open.length, all });
    this.strip.setAttribute("aria-label", this.count.textContent);
  }
}
