/** Handing an inspection in: the page is locked from the tap on, and what is unsent goes before. */

import { outbox as phone } from "../outbox/outbox.js";
import { button, element, icon } from "./dom.js";
import { Lock } from "./lock.js";
import { say } from "./words.js";

/** How long colleagues are asked about before it goes into the outbox anyway: the server compares revisions in any case. */
const PATIENCE = 4000;

export class HandingIn {
  /** `showSubmit()` gives the codes of unanswered checks, `go(code)` shows one. */
  constructor(parts) {
    Object.assign(this, parts);
    this.lock = new Lock(this.entry);
    this.submit.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.lock.isOn) this.handIn();
    });
    this.answers = new Map(); // code -> how many of our own saves the server has answered
    this.outbox.addEventListener("saved", ({ detail: { code } }) => this.answers.set(code, this.answersOf(code) + 1));
    this.outbox.addEventListener("handed-in", ({ detail: { answer } }) => this.done(answer));
    this.outbox.addEventListener("not-handed-in", ({ detail: { problem } }) => this.refused(problem));
  }

  answersOf(code) {
    return this.answers.get(code) || 0;
  }

  async handIn() {
    this.underWay = true;
    this.show();
    try {
      if (await this.mayGo()) await this.put();
    } finally {
      this.underWay = false;
      this.show();
    }
  }

  async mayGo() {
    const { checks, revisions, outbox, board } = this;
    for (const check of checks.values()) check.finish();
    const seen = new Map([...revisions].map(([code, revision]) => [code, revision - this.answersOf(code)]));
    await Promise.race([this.colleagues.look(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    // Each save of ours raises a revision by one at most; what raises it further is a colleague's.
    const isTheirs = ([code, revision]) => revision - this.answersOf(code) > seen.get(code) && !outbox.entries.has(code);
    const changed = [...revisions].filter(isTheirs).map(([code]) => code);
    const [unanswered] = this.showSubmit();
    const names = outbox.unsettled.map((op) => op.name);
    const said = changed.length ? changed.map((code) => checks.get(code).card.dataset.name) : names;
    board.showBanner("submit", said.length ? say(changed.length ? "changed_meanwhile" : "not_submitted") : "", said.join(", "), { tone: "warning" });
    if (unanswered) this.go(unanswered);
    return !unanswered && !said.length;
  }

  async put() {
    const named = [...this.submit.querySelectorAll("[name^='closes.']")].map((input) => [input.name.slice("closes.".length), Number(input.value)]);
    await this.outbox.putHandIn({
      url: `${this.entry.dataset.url}submit/`,
      name: say("handing_in"),
      closes: Object.fromEntries([...named, ...this.revisions]),
      seen: await this.findingsSeen(),
    });
    await this.outbox.load();
  }

  /** The ids of the findings of this inspection that are shown or were sent from this phone. */
  async findingsSeen() {
    const sent = (await phone.known(this.about.inspection)).values();
    return [...new Set([...this.entry.dataset.findings.split(" ").filter(Boolean), ...[...sent].flatMap((each) => each.finding || [])])];
  }

  /** While it is being handed in nothing can be marked that the verdict would not see, and the page says that it waits. */
  show() {
    const waiting = this.outbox.handIn;
    this.lock.set(Boolean(this.underWay || waiting));
    const place = this.submit.querySelector("[data-handing-in]");
    place.replaceChildren();
    if (!this.lock.isOn) return;
    const unsent = this.outbox.entries.size + this.outbox.others.length - (waiting ? 1 : 0);
    const title = say(waiting?.kind === "abandon" ? "abandoning" : "handing_in");
    const words = [element("b", "", title)];
    // That it goes by itself is true once it is kept.
    if (waiting) words.push(element("p", "", say("handing_in_waits", { unsent })), button("", say("take_back"), () => phone.discard(waiting)));
    place.append(element("div", "notice tone-waiting", icon("waiting"), element("div", "notice__body stack stack--tight", ...words)));
  }

  done(answer) {
    if (answer.state === "open") location.reload(); // the plan asks for a further sample
    else location.assign(this.entry.dataset.detail);
  }

  refused(problem) {
    if (problem.code === "inspection_not_open") this.done({});
    const link = problem.code === "results_changed" && { url: location.pathname, text: say("load_again") };
    this.board.showBanner("submit", say("not_handed_in"), problem.detail, { link, tone: "warning" });
  }
}
