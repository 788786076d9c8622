/** The entry page of an inspection. Everything on it also works as plain forms; this makes it quick, and safe offline. */

import { changesOf } from "../outbox/operations.js";
import { outbox as phone } from "../outbox/outbox.js";
import { session } from "../outbox/session.js";
import { Attribute } from "./attribute.js";
import { Board } from "./board.js";
import { Cards } from "./cards.js";
import { Colleagues } from "./colleagues.js";
import { Dock } from "./dock.js";
import { HandingIn } from "./handing-in.js";
import { Measured } from "./measured.js";
import { Outbox } from "./outbox.js";
import { PhotoForms } from "./photo-forms.js";
import { say, sayCount } from "./words.js";

const entry = document.getElementById("entry");
const next = entry.querySelector("[data-next]");
const submit = entry.querySelector("[data-submit]");
const overview = entry.querySelector("[data-overview]");
const isWide = matchMedia("(min-width: 1280px)");
const about = { inspection: entry.dataset.inspection, batch: entry.dataset.batch };
const revisions = new Map();
const checks = new Map();
const references = new Map();
const board = new Board(entry);
const key = `holdfast.asked.${session.person}.${about.inspection}`;
const dock = new Dock(entry.querySelector("[data-dock]"), () => checks.get(cards?.active?.dataset.check));
let cards;
let hold = JSON.parse(document.getElementById("entry-hold").textContent); // that which is open on the batch, as far as is known
const outbox = new Outbox({ about, places: placeOf });

/** Where an answer is kept: of a check, or of its comparison with the golden sample. */
function placeOf(code) {
  const { url, name } = references.get(code) || checks.get(code).card.dataset;
  return { url, name, isCritical: () => !references.has(code) && isCritical(checks.get(code)) };
}

const isCritical = (check) => check.card.dataset.class === "critical" && check.badUnits.length > 0;

for (const card of entry.querySelectorAll("[data-check]")) {
  const code = card.dataset.check;
  const changed = ({ urgent = false }) => {
    const { body, draft } = checks.get(code);
    outbox.put(code, { body, draft, revision: revisions.get(code) }, { urgent: urgent || isCritical(checks.get(code)) });
    card.querySelector("input[name=unit_number]").value = checks.get(code).lastBad || "";
    refresh();
  };
  const ended = () => next.focus();
  const told = (check) => dock.say(check);
  const differ = (check, units) => choose(code, units, null);
  revisions.set(code, Number(card.dataset.revision));
  checks.set(code, "measured" in card.dataset ? new Measured(card, { changed, ended, told, differ, key }) : new Attribute(card, { changed, told }));
  card.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    checks.get(code).commit();
    outbox.flush();
  });
}

/** Comparisons with a golden sample, where there is one; without their script they are plain forms. */
async function findReferences() {
  const forms = entry.querySelectorAll("[data-reference]");
  if (!forms.length) return;
  const { Reference } = await import("./reference.js");
  for (const form of forms) {
    const reference = new Reference(form, {
      changed: ({ code, body, revision }) => outbox.put(code, { draft: body, revision }, { urgent: true }),
    });
    references.set(reference.code, reference);
  }
}

new PhotoForms({
  about,
  url: `${entry.dataset.url}photos/`,
  cards: new Map([...checks].map(([code, check]) => [code, check.card])),
});

cards = new Cards([...entry.querySelectorAll("[data-check], [data-submit]")], {
  left(card) {
    checks.get(card.dataset.check)?.finish();
    if (outbox.size) outbox.flush();
  },
  shown(card, isByPerson) {
    const check = checks.get(card.dataset.check);
    dock.show(check);
    if (!check) showSubmit();
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
  const waiting = [...checks.values()].find((check) => isCritical(check) && outbox.entries.has(check.card.dataset.check));
  showHold();
  const isStuck = waiting && !hold && outbox.state !== "idle";
  board.showBanner("unsent-critical", isStuck ? say("not_stopped_yet") : "", isStuck ? waiting.finding : "");
}

/** As long as the batch is on hold the page says so, whatever was corrected since. */
function showHold() {
  if (!hold) return board.showBanner("critical");
  const link = hold.critical && { url: entry.dataset.wrongKey, text: say("wrong_key") };
  return board.showBanner("critical", say(hold.critical ? "stopped" : "on_hold"), `${hold.detail} ${say("go_on")}`, { link });
}

function showState() {
  const back = encodeURIComponent(location.pathname + location.hash);
  const signIn = { url: `${entry.dataset.login}?next=${back}`, text: say("sign_in") };
  const isExpired = outbox.state === "expired" || outbox.state === "other";
  board.showBanner("expired", isExpired ? say("signed_out") : "", isExpired ? say("entries_stay") : "", { link: signIn, tone: "warning" });
  board.showBanner("forbidden", outbox.state === "forbidden" ? say("forbidden") : "", "", { tone: "warning" });
  board.showBanner("loose", !outbox.isKept && outbox.size > 0 ? say("not_kept") : "", "", { tone: "warning" });
  handingIn.show();
  refresh();
}

/** What is being entered stays in sight when something above it grows. */
new ResizeObserver(() => {
  const check = checks.get(cards.active?.dataset.check);
  if (entry.contains(document.activeElement)) check?.reveal();
}).observe(entry.querySelector(".entry-head"));

/** The codes of the checks that are not answered yet, which are listed. */
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

// What the server says, colleagues, and other tabs

/** A check as it is stored now: by our own saving, or by a colleague. */
function took(code, stored, how) {
  revisions.set(code, stored.revision);
  checks.get(code).merge(stored, how);
  outbox.saw(code, checks.get(code).draft);
}

/** What is unsent of a check, of this tab or of another. */
function showUnsent(code, op) {
  if (references.has(code)) references.get(code).show(op.draft);
  else checks.get(code)?.show(op.draft, changesOf(op));
}

const colleagues = new Colleagues({
  url: entry.dataset.live,
  revisions,
  at: () => cards.active?.dataset.check || "",
  place: entry.querySelector("[data-colleagues]"),
});

colleagues.addEventListener("news", ({ detail: news }) => {
  for (const stored of news.results) if (checks.has(stored.characteristic)) took(stored.characteristic, stored);
  if (news.results.length) board.showCounts(news, news.outcome);
  for (const [code, standing] of Object.entries(news.variables)) checks.get(code)?.showEstimate(standing);
  ({ hold } = news);
  const here = { url: location.pathname, text: say("load_again") };
  const seeResult = { url: entry.dataset.detail, text: say("see_result") };
  if (news.state !== "open") board.showBanner("closed", say("submitted_elsewhere"), "", { link: seeResult, tone: "warning" });
  else if (news.stage !== Number(entry.dataset.stage)) board.showBanner("stage", say("next_sample"), "", { link: here, tone: "warning" });
  refresh();
});

const handingIn = new HandingIn({ entry, submit, outbox, board, checks, revisions, about, colleagues, showSubmit, go: (code) => cards.go(checks.get(code).card) });

outbox.addEventListener("change", showState);
outbox.addEventListener("other", ({ detail: { code, op } }) => {
  showUnsent(code, op);
  refresh();
});

outbox.addEventListener("saved", ({ detail: { code, answer } }) => {
  if (references.has(code)) {
    references.get(code).saved(answer);
    return;
  }
  if (!checks.has(code)) return;
  took(code, answer, { isAnswer: true });
  if (answer.hold?.state === "open") ({ hold } = answer);
  checks.get(code).card.querySelector("[data-refused]")?.remove();
  board.showCounts(answer, answer.outcome);
  if (code in answer.variables) checks.get(code).showEstimate(answer.variables[code]);
  refresh();
});

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
  if (!check) return;
  if (problem.code === "inspection_not_open") {
    const link = { url: entry.dataset.detail, text: say("see_result") };
    board.showBanner("closed", say("closed"), say("closed_unsent"), { link, tone: "warning" });
  } else check.complain(problem.errors.join(" ") || problem.detail || say("refused"));
}

/** Somebody else recorded something else: of a check the units are merged that only one has changed. */
async function conflict(code, op) {
  const reference = references.get(code);
  if (!reference && !checks.has(code)) return;
  if (!reference) {
    took(code, op.stored);
    choose(code, checks.get(code).differences(changesOf(op), op.stored), op);
    return;
  }
  const { askWhole } = await import("./conflict.js");
  askWhole(reference.card, {
    lines: reference.differences(op.body, op.stored),
    keepMine: () => outbox.choose(op, { draft: op.draft }),
    takeTheirs() {
      reference.show(op.stored);
      reference.saved(op.stored);
      outbox.drop(op);
    },
  });
  cards.go(reference.card);
}

/** Two people differ on some units of a check: the person chooses, unit by unit. `op` is what was sent, null where nothing was. */
async function choose(code, units, op) {
  const check = checks.get(code);
  cards.go(check.card);
  check.resolve(units.length ? await askAbout(check.card, units) : new Map());
  const { body, draft } = check;
  if (!op) outbox.put(code, { body, draft, revision: revisions.get(code) });
  else if (body.units.length || body.complete !== undefined) outbox.choose(op, { body, draft });
  else outbox.drop(op);
  refresh();
}

async function askAbout(card, units) {
  const { askUnits } = await import("./conflict.js");
  return askUnits(card, units);
}

// What the person does

next.addEventListener("click", () => cards.go(cards.next));
for (const fill of entry.querySelectorAll("[data-fill]")) {
  fill.hidden = false;
  fill.addEventListener("click", () => checks.get(fill.closest("[data-check]").dataset.check).fillFromColumn());
}

// Begin: what was kept on this device comes back, then it is sent.

function showKept(known) {
  for (const [code, { revision, draft }] of known) {
    const reference = references.get(code);
    if (reference && revision > reference.revision) {
      reference.show(draft);
      reference.revision = revision;
    } else if (revision > revisions.get(code)) took(code, { ...draft, revision });
  }
  for (const [code, check] of checks) outbox.saw(code, check.draft);
  for (const [code, op] of outbox.entries) {
    if (!references.has(code) && !checks.has(code)) continue;
    showUnsent(code, op);
    if (op.state === "refused") refused(code, op.problem);
    if (op.state === "conflict") conflict(code, op);
  }
}

async function begin() {
  await findReferences().catch(() => {});
  await outbox.load();
  showKept(await phone.known(about.inspection));
  for (const check of checks.values()) check.countLeft?.();
  for (const input of entry.querySelectorAll(".readings input")) {
    if (matchMedia("(pointer: coarse)").matches) input.inputMode = "none";
  }
  entry.classList.add("entry--live");
  overview.open = isWide.matches;
  const unfinished = [...checks.values()].find((check) => !check.isComplete);
  cards.show(cards.named(location.hash) || (unfinished ? unfinished.card : submit));
  showState();
  history.scrollRestoration = "manual";
  if (document.readyState === "complete") settleDown();
  else addEventListener("load", settleDown);
}

function settleDown() {
  const check = checks.get(cards.active.dataset.check);
  // Who has not begun, and has not asked for a check, reads first what to pick; keys go into the cell all the same.
  const begins = entry.querySelector("[data-pick]").open && !cards.named(location.hash);
  scrollTo({ top: (begins || !check ? entry : check.card).getBoundingClientRect().top + scrollY - (begins || !check ? 0 : entry.querySelector(".entry-head").offsetHeight + 8) });
  if (begins) check?.inputs?.[check.current].focus({ preventScroll: true });
  else check?.focusNext();
}

begin();
