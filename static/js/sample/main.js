/**
 * The page on which a sample is checked, on a phone: a card at a time, each answer kept on the phone as it is typed and sent by
 * the site's outbox. Without this script the page is one form.
 */

import { button, element, icon } from "../entry/dom.js";
import { say } from "../entry/words.js";
import { outbox } from "../outbox/outbox.js";
import { placeOf } from "../outbox/operations.js";
import { session } from "../outbox/session.js";
import { store } from "../outbox/store.js";
import { Photos } from "./photos.js";
import { Place } from "./places.js";
import { Steps } from "./steps.js";

const SOON = 800;
const form = document.getElementById("sample");
const { sample, code, detail, api } = form.dataset;
const about = { inspection: sample, batch: code, page: location.pathname };
const places = [...form.querySelectorAll("[data-kind]")].map((root) => new Place(root));
const byKey = new Map(places.map((place) => [place.key, place]));
const steps = new Steps(form, new Map(places.map((place) => [place.root, place])));
const finish = form.querySelector("[data-finish]");
const finishSaid = form.querySelector("[data-finish-said]");

// What is typed and cannot be sent yet: a note is missing. It stays on the phone with the rest.
const draftName = (place) => `sample:${placeOf(session.person, sample, place.key)}`;
const keepDraft = (place) => store.put("meta", { name: draftName(place), value: place.inputs });
const dropDraft = (place) => store.remove("meta", draftName(place));

async function enter(place) {
  steps.draw();
  place.complain([]);
  if (!place.isChanged && !(await opOf(place))) return dropDraft(place);
  await keepDraft(place);
  if (place.missing || !place.isAnswered) return place.say(place.missing, "warning");
  const draft = { inputs: place.inputs, sent: place.sent };
  const op = { ...about, kind: "sample", url: place.url, name: `${code}: ${place.name}`, code: place.key, revision: place.revision };
  place.say(say("kept"));
  await outbox.enter({ ...op, critical: false, draft, units: [], base: {}, said: {} }, { wait: SOON });
  return dropDraft(place);
}

const opOf = async (place) => (await mine()).find((op) => op.code === place.key);
const mine = async () => (await outbox.mine()).filter((op) => op.inspection === sample);

function arrived({ op, answer, isWhole }) {
  if (op.inspection !== sample) return;
  if (op.kind === "checked") location.assign(detail);
  const place = byKey.get(op.code);
  if (op.kind !== "sample" || !place) return;
  place.revision = answer.revision;
  place.conforms = answer.conforms;
  if (isWhole) place.stored = op.draft.inputs;
  place.complain([]);
  place.say(say("saved"), "accepted");
  steps.draw();
}

function refused({ op }) {
  if (op.inspection !== sample || op.kind === "photo") return;
  const texts = op.problem.errors.length ? op.problem.errors : [op.problem.detail];
  if (op.kind === "checked") return sayAtTheEnd(texts.join(" "), "stopped");
  byKey.get(op.code)?.complain(texts);
  byKey.get(op.code)?.say("");
}

/** Somebody else answered meanwhile: both are shown, and the person chooses. */
function conflict({ op }) {
  const place = byKey.get(op.code);
  if (op.inspection !== sample || !place) return;
  const { stored } = op;
  const mineKept = () => outbox.settle(op.seq, (now) => ({ ...now, revision: stored.revision, state: "waiting", stored: undefined }));
  const act = (choose) => async () => {
    notice.remove();
    await choose();
  };
  const theirs = async () => {
    await outbox.discard(op);
    place.show(stored);
    place.say(say("saved"), "accepted");
    steps.draw();
  };
  const words = element("div", "notice__body", element("b", "", say("changed")), element("p", "", wordsOf(stored)));
  const choices = element("div", "row", button("button--dense", say("keep_mine"), act(mineKept)), button("button--dense", say("take_theirs"), act(theirs)));
  words.append(choices);
  const notice = element("div", "notice tone-warning", icon("warning"), words);
  notice.dataset.conflict = "";
  place.root.querySelector("[data-conflict]")?.remove();
  place.said.before(notice);
}

function wordsOf(stored) {
  const parts = [];
  if ("conforms" in stored) parts.push(say(stored.conforms ? "conforms" : "does_not"));
  else parts.push(say(stored.product_damaged ? (stored.package_damaged ? "both" : "product") : stored.package_damaged ? "package" : "none"));
  return [...parts, (stored.readings || []).join(" "), stored.note].filter(Boolean).join(" · ");
}

function sayAtTheEnd(text, tone) {
  finishSaid.className = `toned tone-${tone}`;
  finishSaid.textContent = text;
}

/** Finish: goes into the outbox behind all that was entered before. */
async function finishChecks(event) {
  if (event.submitter?.value !== "submit") return; // the drop test is begun by the form itself, with a network
  event.preventDefault();
  const [open] = steps.open;
  const incomplete = places.find((place) => place.missing);
  if (open || incomplete) {
    sayAtTheEnd(open ? say("unanswered", { count: steps.open.length }) : `${incomplete.name}: ${incomplete.missing}`, "warning");
    finishSaid.append(" ", button("button--dense", say("go_there"), () => steps.go(steps.steps.findIndex((step) => steps.placeOf(step) === (incomplete || steps.placeOf(open))))));
    return;
  }
  for (const op of await mine()) if (op.kind === "checked") await outbox.discard(op);
  await outbox.put({ ...about, kind: "checked", url: `${api}submit/`, name: code });
  sayAtTheEnd(say("finishing"), "waiting");
}

async function restore() {
  const known = await outbox.known(sample);
  for (const place of places) {
    const later = known.get(place.key);
    if (later && later.revision > place.revision) place.show(later.draft);
    const draft = await store.get("meta", draftName(place));
    if (draft) place.inputs = draft.value;
    if (draft && place.missing) place.say(place.missing, "warning");
  }
  for (const op of await mine()) {
    const place = byKey.get(op.code);
    if (op.kind === "checked") sayAtTheEnd(say("finishing"), "waiting");
    if (op.kind !== "sample" || !place) continue;
    if (!(await store.get("meta", draftName(place)))) place.inputs = op.draft.inputs;
    place.say(say("kept"));
    if (op.state === "refused") refused({ op });
    if (op.state === "conflict") conflict({ op });
  }
  steps.draw();
}

for (const place of places) {
  place.root.addEventListener("input", (event) => event.target.type !== "file" && place.root === event.target.closest("[data-kind]") && enter(place));
}
form.addEventListener("submit", finishChecks);
outbox.addEventListener("arrived", (event) => arrived(event.detail));
outbox.addEventListener("refused", (event) => refused(event.detail));
outbox.addEventListener("conflict", (event) => conflict(event.detail));
new Photos(form, about);
finish.textContent = say("finish");
await restore();
form.dataset.ready = "";
