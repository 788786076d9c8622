/** The entry page of an inspection. Everything on it also works as plain forms; this makes it quick, and safe offline. */

import { Attribute } from "./attribute.js";
import { Board } from "./board.js";
import { Cards } from "./cards.js";
import { Colleagues } from "./colleagues.js";
import { askUnits, askWhole } from "./conflict.js";
import { Dock } from "./dock.js";
import { Measured } from "./measured.js";
import { Outbox } from "./outbox.js";
import { Photos } from "./photos.js";
import { Reference } from "./reference.js";
import { renewToken } from "./session.js";
import { send } from "../http.js";
import { say, sayCount } from "./words.js";

const entry = document.getElementById("entry");
const next = entry.querySelector("[data-next]");
const submit = entry.querySelector("[data-submit]");
const overview = entry.querySelector("[data-overview]");
const isWide = matchMedia("(min-width: 1280px)");
const revisions = new Map();
const checks = new Map();
const references = new Map();
const board = new Board(entry);
const key = `holdfast.entry.${entry.dataset.user}.${entry.dataset.inspection}`;
const dock = new Dock(entry.querySelector("[data-dock]"), () => checks.get(cards?.active?.dataset.check));
let cards;
let hold = JSON.parse(document.getElementById("entry-hold").textContent); // that which is open on the batch, as far as is known
const outbox = new Outbox({
  key,
  places: (code) => references.get(code) || placeOf(code),
});

/** Where the result of a check is kept. */
function placeOf(code) {
  const { card } = checks.get(code);
  return {
    url: card.dataset.url,
    name: card.dataset.name,
    stored: async () =>
      (await send(entry.dataset.url, { method: "GET" })).results.find((result) => result.characteristic === code),
    isSame: (body, stored) => checks.get(code).isSame(body, stored),
  };
}

for (const card of entry.querySelectorAll("[data-check]")) {
  const code = card.dataset.check;
  const changed = ({ urgent = false }) => {
    const { body, draft } = checks.get(code);
    outbox.put(code, { body, draft, revision: revisions.get(code) }, { urgent });
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

for (const form of entry.querySelectorAll("[data-reference]")) {
  const reference = new Reference(form, {
    changed: ({ code, body, revision }) => outbox.put(code, { body, draft: body, revision }, { urgent: true }),
  });
  references.set(reference.code, reference);
}

const photos = new Photos({
  owner: `${entry.dataset.user}.${entry.dataset.inspection}`,
  url: entry.dataset.photos,
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
  const critical = [...checks.values()].filter((check) => check.card.dataset.class === "critical" && check.badUnits.length);
  const isUnsent = (check) => outbox.entries.has(check.card.dataset.check);
  const waiting = critical.find(isUnsent);
  showHold();
  const isStuck = waiting && !hold && outbox.state !== "idle";
  board.showBanner("unsent-critical", isStuck ? say("not_stopped_yet") : "", isStuck ? waiting.finding : "");
  board.showUnsent(outbox.size + photos.size, outbox.state !== "idle");
}

/** As long as the batch is on hold the page says so, whatever was corrected since. */
function showHold() {
  if (!hold) return board.showBanner("critical");
  const link = hold.critical && { url: entry.dataset.wrongKey, text: say("wrong_key") };
  return board.showBanner("critical", say(hold.critical ? "stopped" : "on_hold"), `${hold.detail} ${say("go_on")}`, { link });
}

function showState() {
  const next = encodeURIComponent(location.pathname + location.hash);
  const signIn = { url: `${entry.dataset.login}?next=${next}`, text: say("sign_in") };
  const isExpired = outbox.state === "expired";
  board.showBanner("expired", isExpired ? say("signed_out") : "", isExpired ? say("entries_stay") : "", {
    link: signIn,
    tone: "warning",
  });
  board.showBanner("forbidden", outbox.state === "forbidden" ? say("forbidden") : "", "", { tone: "warning" });
  const isClosed = outbox.state === "closed";
  board.showBanner("closed", isClosed ? say("closed") : "", isClosed && outbox.size ? say("closed_unsent") : "", {
    link: { url: entry.dataset.detail, text: say("see_result") },
    tone: "warning",
  });
  const isLoose = !outbox.isKept && outbox.size > 0;
  board.showBanner("loose", isLoose ? say("not_kept") : "", "", { tone: "warning" });
  refresh();
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

// What the server says

outbox.addEventListener("change", showState);
photos.addEventListener("change", refresh);

outbox.addEventListener("saved", ({ detail: { code, answer } }) => {
  if (references.has(code)) {
    references.get(code).saved(answer);
    return;
  }
  took(code, answer, { isAnswer: true });
  if (answer.hold?.state === "open") ({ hold } = answer);
  checks.get(code).card.querySelector("[data-refused]")?.remove();
  board.showClasses(answer.classes, answer.outcome);
  if (code in answer.variables) checks.get(code).showEstimate(answer.variables[code]);
  refresh();
});

/** A check as it is stored now: by our own saving, or by a colleague. */
function took(code, stored, how) {
  revisions.set(code, stored.revision);
  checks.get(code).merge(stored, how);
}

const colleagues = new Colleagues({
  url: entry.dataset.live,
  revisions,
  at: () => cards.active?.dataset.check || "",
  place: entry.querySelector("[data-colleagues]"),
});

colleagues.addEventListener("news", ({ detail: news }) => {
  for (const stored of news.results) if (checks.has(stored.characteristic)) took(stored.characteristic, stored);
  if (news.results.length) board.showClasses(news.classes, news.outcome);
  for (const [code, standing] of Object.entries(news.variables)) checks.get(code)?.showEstimate(standing);
  ({ hold } = news);
  const findings = submit.querySelector("[name=findings]");
  findings.value = news.findings;
  const here = { url: location.pathname, text: say("load_again") };
  if (news.state !== "open") board.showBanner("closed", say("submitted_elsewhere"), "", { link: { url: entry.dataset.detail, text: say("see_result") }, tone: "warning" });
  else if (news.stage !== Number(entry.dataset.stage)) board.showBanner("stage", say("next_sample"), "", { link: here, tone: "warning" });
  refresh();
});

outbox.addEventListener("late", ({ detail: { answer } }) => {
  board.showBanner("late", say("late"), answer.hold ? answer.hold.title : "", {
    link: { url: entry.dataset.detail, text: say("see_result") },
    tone: answer.hold ? "stopped" : "warning",
  });
});

outbox.addEventListener("refused", ({ detail: { code, problem } }) => {
  const check = references.get(code) || checks.get(code);
  check.complain((problem.errors || []).map((error) => error.detail).join(" ") || problem.detail || say("refused"));
});

outbox.addEventListener("conflict", ({ detail: { code, body, stored } }) => {
  const reference = references.get(code);
  if (!reference) {
    const check = checks.get(code);
    took(code, stored);
    choose(code, check.differences(body, stored), stored);
    return;
  }
  askWhole(reference.card, {
    lines: reference.differences(body, stored),
    keepMine: () => outbox.overwrite(code, stored.revision),
    takeTheirs() {
      reference.show(stored);
      reference.saved(stored);
      outbox.drop(code);
    },
  });
  cards.go(reference.card);
});

/** Two people differ on some units of a check: the person chooses, unit by unit, and all else is merged. */
async function choose(code, units, stored) {
  const check = checks.get(code);
  cards.go(check.card);
  check.resolve(units.length ? await askUnits(check.card, units) : new Map());
  const { body, draft } = check;
  if (outbox.entries.has(code) && !body.units.length && body.complete === undefined) outbox.drop(code);
  else {
    outbox.put(code, { body, draft, revision: revisions.get(code) });
    if (stored) outbox.overwrite(code, revisions.get(code));
  }
  refresh();
}

// What the person does

entry.querySelector("[data-unsent]").addEventListener("click", () => Promise.all([outbox.flush(), photos.flush()]));
next.addEventListener("click", () => cards.go(cards.next));
for (const fill of entry.querySelectorAll("[data-fill]")) {
  fill.hidden = false;
  fill.addEventListener("click", () => checks.get(fill.closest("[data-check]").dataset.check).fillFromColumn());
}

submit.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  for (const check of checks.values()) check.finish();
  await colleagues.look();
  const [unanswered] = showSubmit();
  if (unanswered) {
    cards.go(checks.get(unanswered).card);
    return;
  }
  await Promise.all([outbox.flush(), photos.flush()]);
  const names = [...outbox.entries.keys()].map((code) => outbox.places(code).name);
  if (photos.size) names.push(sayCount("photos", photos.size));
  board.showBanner("submit", names.length ? say("not_submitted") : "", names.join(", "), { tone: "warning" });
  if (names.length) return;
  const session = await renewToken();
  for (const [code, revision] of revisions) form.querySelector(`[name="${CSS.escape(`closes.${code}`)}"]`).value = revision;
  if (session === "renewed") form.submit();
  else if (session === "unknown") board.showBanner("submit", say("no_answer"), "", { tone: "warning" });
  else outbox.become(session);
});

// Begin: what was kept on this device comes back, then it is sent.

for (const [code, { body, draft }] of outbox.entries) (references.get(code) || checks.get(code))?.show(draft, body);
for (const check of checks.values()) check.countLeft?.();
for (const input of entry.querySelectorAll(".readings input")) {
  if (matchMedia("(pointer: coarse)").matches) input.inputMode = "none";
}
entry.classList.add("entry--live");
overview.open = isWide.matches;
const unfinished = [...checks.values()].find((check) => !check.isComplete);
cards.show(cards.named(location.hash) || (unfinished ? unfinished.card : submit));
showState();
if (outbox.size) outbox.flush();
history.scrollRestoration = "manual";
addEventListener("load", () => {
  const check = checks.get(cards.active.dataset.check);
  // Who has not begun, and has not asked for a check, reads first what to pick; keys go into the cell all the same.
  const begins = entry.querySelector("[data-pick]").open && !cards.named(location.hash);
  scrollTo({ top: (begins || !check ? entry : check.card).getBoundingClientRect().top + scrollY - (begins || !check ? 0 : entry.querySelector(".entry-head").offsetHeight + 8) });
  if (begins) check?.inputs?.[check.current].focus({ preventScroll: true });
  else check?.focusNext();
});
