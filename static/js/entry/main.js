/** The entry page of an inspection. Everything on it also works as plain forms; this makes it quick, and safe offline. */

import { bodyOf, draftOf, withValues } from "../outbox/merge.js";
import { outbox as phone } from "../outbox/outbox.js";
import { Attribute } from "./attribute.js";
import { Board } from "./board.js";
import { Cards } from "./cards.js";
import { ask, differences } from "./conflict.js";
import { button, element, icon } from "./dom.js";
import { Lock } from "./lock.js";
import { Measured } from "./measured.js";
import { Outbox } from "./outbox.js";
import { attachPad } from "./pad.js";
import { Photos } from "./photos.js";
import { Reference } from "./reference.js";
import { say, sayCount } from "./words.js";

const entry = document.getElementById("entry");
const dock = entry.querySelector("[data-dock]");
const pad = entry.querySelector("[data-pad]");
const limits = dock.querySelector("[data-dock-limits]");
const submit = entry.querySelector("[data-submit]");
const overview = entry.querySelector("[data-overview]");
const isWide = matchMedia("(min-width: 1280px)");
const about = { inspection: entry.dataset.inspection, batch: entry.dataset.batch };
const revisions = new Map();
const checks = new Map();
const references = new Map();
const board = new Board(entry);
const outbox = new Outbox({ about, places: placeOf });
const lock = new Lock(entry);

/** Where an answer is kept: of a check, or of its comparison with the golden sample. */
function placeOf(code) {
  const { url, name } = references.get(code) || checks.get(code).card.dataset;
  return { url, name, isCritical: () => !references.has(code) && isCritical(checks.get(code)) };
}

const isCritical = (check) => check.card.dataset.class === "critical" && check.badUnits.length > 0;

for (const card of entry.querySelectorAll("[data-check]")) {
  const code = card.dataset.check;
  const changed = ({ urgent = false }) => {
    outbox.put(code, { draft: checks.get(code).draft, revision: revisions.get(code) }, { urgent: urgent || isCritical(checks.get(code)) });
    card.querySelector("input[name=unit_number]").value = checks.get(code).lastBad || "";
    refresh();
  };
  const ended = () => dock.querySelector("[data-next]").focus();
  revisions.set(code, Number(card.dataset.revision));
  checks.set(code, "measured" in card.dataset ? new Measured(card, { changed, ended }) : new Attribute(card, { changed }));
  outbox.saw(code, checks.get(code).draft);
  card.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    checks.get(code).commit();
    outbox.flush();
  });
}

for (const form of entry.querySelectorAll("[data-reference]")) {
  const reference = new Reference(form, {
    changed: ({ code, body, revision }) => outbox.put(code, { draft: body, revision }, { urgent: true }),
  });
  references.set(reference.code, reference);
}

new Photos({
  about,
  url: `${entry.dataset.url}photos/`,
  cards: new Map([...checks].map(([code, check]) => [code, check.card])),
});

const cards = new Cards([...entry.querySelectorAll("[data-check], [data-submit]")], {
  left(card) {
    checks.get(card.dataset.check)?.commit();
    if (outbox.size) outbox.flush();
  },
  shown(card, isByPerson) {
    const check = checks.get(card.dataset.check);
    const isMeasured = check instanceof Measured;
    dock.hidden = !check;
    pad.hidden = !isMeasured;
    dock.querySelector("[data-open-paste]").hidden = !isMeasured;
    pad.classList.toggle("pad--signed", isMeasured && "signed" in card.dataset);
    pad.querySelector("[data-key=sign]").hidden = !pad.classList.contains("pad--signed");
    if (!check) showSubmit();
    limits.hidden = !isMeasured;
    if (isMeasured) limits.replaceChildren(...card.querySelector("[data-limits]").cloneNode(true).childNodes);
    refresh();
    if (!isByPerson) return;
    overview.open = isWide.matches;
    entry.querySelector("[data-pick]").open = false;
    card.querySelector("h2").focus({ preventScroll: true });
    scrollTo({ top: entry.getBoundingClientRect().top + scrollY });
    check?.focusNext();
  },
});

// What is shown

function note(code) {
  const check = checks.get(code);
  const bad = check.badUnits.length;
  if (bad) return sayCount("bad", bad) + (check.isComplete ? "" : ` · ${say("not_finished")}`);
  if (check.isComplete) return say("all_conform");
  if (!check.isAnswered) return say("not_answered");
  return check instanceof Measured ? say("read", { done: check.readCount, total: check.inputs.length }) : say("not_finished");
}

function refresh() {
  board.showChecks(
    [...checks].map(([code, check]) => ({
      code,
      isComplete: check.isComplete,
      isAnswered: check.isAnswered,
      bad: check.badUnits.length,
      isCritical: check.card.dataset.class === "critical",
      isCurrent: check.card === cards.active,
      note: note(code),
    })),
  );
  const critical = [...checks.values()].filter(isCritical);
  const isUnsent = (check) => outbox.entries.has(check.card.dataset.check);
  const waiting = critical.find(isUnsent);
  const stored = critical.find((check) => !isUnsent(check));
  if (stored) board.showBanner("critical", say("stopped"), `${stored.finding} ${say("go_on")}`);
  const isStuck = waiting && !stored && outbox.state !== "idle";
  board.showBanner("unsent-critical", isStuck ? say("not_stopped_yet") : "", isStuck ? waiting.finding : "");
}

function showState() {
  const next = encodeURIComponent(location.pathname + location.hash);
  const signIn = { url: `${entry.dataset.login}?next=${next}`, text: say("sign_in") };
  const isExpired = outbox.state === "expired" || outbox.state === "other";
  board.showBanner("expired", isExpired ? say("signed_out") : "", isExpired ? say("entries_stay") : "", {
    link: signIn,
    tone: "warning",
  });
  board.showBanner("forbidden", outbox.state === "forbidden" ? say("forbidden") : "", "", { tone: "warning" });
  const isLoose = !outbox.isKept && outbox.size > 0;
  board.showBanner("loose", isLoose ? say("not_kept") : "", "", { tone: "warning" });
  lock.set(Boolean(outbox.handIn));
  submit.classList.toggle("is-handing-in", lock.isOn);
  showHandingIn();
  refresh();
}

/** While it is being handed in nothing can be marked that the verdict would not see. */
function showHandingIn() {
  const place = submit.querySelector("[data-handing-in]");
  place.replaceChildren();
  if (!lock.isOn) return;
  const unsent = outbox.entries.size + outbox.others.length - 1;
  const takeBack = button("", say("take_back"), () => phone.discard(outbox.handIn));
  const words = element("div", "notice__body stack stack--tight", element("b", "", say("handing_in")), element("p", "", say("handing_in_waits", { unsent })), takeBack);
  place.append(element("div", "notice tone-waiting", icon("waiting"), words));
}

/** Show an answer that came from elsewhere, and leave what is just being typed. */
function show(code, draft) {
  const shown = references.get(code) || checks.get(code);
  const { activeElement } = document;
  const index = shown.inputs ? shown.inputs.indexOf(activeElement) : -1;
  const typed = index >= 0 && activeElement.value !== shown.draft.readings[index] ? activeElement.value : null;
  shown.show(draft);
  if (typed !== null) activeElement.value = typed;
  outbox.saw(code, draft);
}

/** What is being entered stays in sight when something above it grows. */
new ResizeObserver(() => {
  const check = checks.get(cards.active?.dataset.check);
  if (entry.contains(document.activeElement)) check?.reveal();
}).observe(entry.querySelector(".entry-head"));

function showSubmit() {
  const open = [...checks].filter(([, check]) => !check.isComplete).map(([code]) => code);
  const text = open.length ? say("unanswered") : say("ready");
  const list = document.createElement("ul");
  list.className = "entry-overview";
  for (const code of open) {
    const line = entry.querySelector(`[data-overview] [data-code="${CSS.escape(code)}"]`).parentElement.cloneNode(true);
    list.append(line);
  }
  const told = document.createElement("p");
  told.textContent = text;
  submit.querySelector("[data-unanswered]").replaceChildren(told, list);
  return open;
}

// What the server says, and other tabs

outbox.addEventListener("change", showState);
outbox.addEventListener("merged", ({ detail: { code, draft } }) => {
  show(code, draft);
  refresh();
});

outbox.addEventListener("saved", ({ detail: { code, answer } }) => {
  if (references.has(code)) {
    references.get(code).saved(answer);
    return;
  }
  revisions.set(code, answer.revision);
  checks.get(code).card.querySelector("[data-refused]")?.remove();
  if (!outbox.entries.has(code)) showStored(code, answer);
  board.showClasses(answer.classes, answer.outcome);
  if (code in answer.variables) checks.get(code).showEstimate(answer.variables[code]);
  refresh();
});

/** What is stored may hold more than this page knows: of another tab, or of a colleague. */
function showStored(code, answer) {
  const stored = draftOf(answer);
  if (JSON.stringify(bodyOf(stored)) !== JSON.stringify(checks.get(code).body)) show(code, stored);
}

outbox.addEventListener("late", ({ detail: { answer } }) => {
  board.showBanner("late", say("late"), answer.hold ? answer.hold.title : "", {
    link: { url: entry.dataset.detail, text: say("see_result") },
    tone: answer.hold ? "stopped" : "warning",
  });
});

outbox.addEventListener("refused", ({ detail: { code, problem } }) => refused(code, problem));
outbox.addEventListener("conflict", ({ detail: { code, op } }) => conflict(code, op));

function refused(code, problem) {
  const check = references.get(code) || checks.get(code);
  if (problem.code === "inspection_not_open") {
    const link = { url: entry.dataset.detail, text: say("see_result") };
    board.showBanner("closed", say("closed"), say("closed_unsent"), { link, tone: "warning" });
  } else check.complain(problem.errors.join(" ") || problem.detail || say("refused"));
}

function conflict(code, op) {
  const check = references.get(code) || checks.get(code);
  const lines = op.differences
    ? op.differences.map(({ unit, mine, theirs }) => say("unit_differs", { unit, mine: valueOf(mine), theirs: valueOf(theirs) }))
    : (references.get(code) || { differences }).differences(op.body, op.stored);
  const theirs = op.differences ? withValues(op.draft, op.differences) : draftOf(op.stored);
  ask(check.card, {
    lines,
    keepMine: () => outbox.choose(op, op.draft),
    takeTheirs() {
      show(code, theirs);
      if (op.differences) {
        outbox.choose(op, theirs);
        return;
      }
      if (references.has(code)) references.get(code).saved(op.stored);
      else revisions.set(code, op.theirs);
      outbox.drop(op);
      refresh();
    },
  });
  cards.go(check.card);
}

const FLAGS = { true: "does_not_conform", false: "conforms" };
const valueOf = (value) => (String(value) in FLAGS ? say(FLAGS[value]) : value ?? "–");

outbox.addEventListener("handed-in", ({ detail: { answer } }) => {
  if (answer.state === "open") location.reload(); // the plan asks for a further sample
  else location.assign(entry.dataset.detail);
});

outbox.addEventListener("not-handed-in", ({ detail: { problem } }) => {
  if (problem.code === "inspection_not_open") location.assign(entry.dataset.detail);
  const link = { url: location.pathname, text: say("load_again") };
  board.showBanner("submit", say("not_handed_in"), problem.detail, { link: problem.code === "results_changed" && link, tone: "warning" });
});

// What the person does

dock.querySelector("[data-next]").addEventListener("click", () => cards.go(cards.next));
dock.querySelector("[data-open-paste]").addEventListener("click", () => checks.get(cards.active.dataset.check).openPaste());
attachPad(pad, (key) => checks.get(cards.active.dataset.check).type(key));
for (const fill of entry.querySelectorAll("[data-fill]")) {
  fill.hidden = false;
  fill.addEventListener("click", () => checks.get(fill.closest("[data-check]").dataset.check).fillFromColumn());
}

submit.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (lock.isOn) return;
  lock.set(true); // from the tap on
  const [unanswered] = showSubmit();
  const names = outbox.unsettled.map((op) => op.name);
  board.showBanner("submit", names.length ? say("not_submitted") : "", names.join(", "), { tone: "warning" });
  if (unanswered || names.length) {
    lock.set(false);
    if (unanswered) cards.go(checks.get(unanswered).card);
    return;
  }
  const closed = [...submit.querySelectorAll("[name^='closes.']")].map((input) => [input.name.slice("closes.".length), Number(input.value)]);
  await outbox.putHandIn({
    url: `${entry.dataset.url}submit/`,
    name: say("handing_in"),
    closes: Object.fromEntries([...closed, ...revisions]),
    seen: await findingsSeen(),
  });
});

/** The ids of the findings of this inspection that are shown or were sent from this phone. */
async function findingsSeen() {
  const sent = (await phone.known(about.inspection)).values();
  return [...new Set([...entry.dataset.findings.split(" ").filter(Boolean), ...[...sent].flatMap((each) => each.finding || [])])];
}

// Begin: what was kept on this device comes back, then it is sent.

function showKept(known) {
  for (const [code, { revision, draft }] of known) {
    const reference = references.get(code);
    if (reference && revision > reference.revision) {
      reference.show(draft);
      reference.revision = revision;
    } else if (revision > revisions.get(code)) {
      show(code, draft);
      revisions.set(code, revision);
    }
  }
  for (const [code, op] of outbox.entries) {
    if (!references.has(code) && !checks.has(code)) continue;
    show(code, op.draft);
    if (op.state === "refused") refused(code, op.problem);
    if (op.state === "conflict") conflict(code, op);
  }
}

await outbox.load();
showKept(await phone.known(about.inspection));
for (const input of entry.querySelectorAll(".readings input")) {
  if (matchMedia("(pointer: coarse)").matches) input.inputMode = "none";
}
entry.classList.add("entry--live");
overview.open = isWide.matches;
const unfinished = [...checks.values()].find((check) => !check.isComplete);
cards.show(cards.named(location.hash) || (unfinished ? unfinished.card : submit));
showState();
if (document.readyState === "complete") settleDown();
else addEventListener("load", settleDown);

function settleDown() {
  scrollTo({ top: entry.getBoundingClientRect().top + scrollY });
  checks.get(cards.active.dataset.check)?.reveal();
}
