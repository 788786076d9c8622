/** The page of what is unsent: all of it, why it is still here, and what can be done about it. */

import { button, element, icon } from "../entry/dom.js";
import { preview } from "../entry/shrink.js";
import { KINDS, newId } from "./operations.js";
import { outbox } from "./outbox.js";
import { savedPages } from "./saved.js";
import { session } from "./session.js";
import { store } from "./store.js";
import { say, sayCount, sayTime } from "./words.js";

const list = document.querySelector("[data-list]");
const kept = document.querySelector("[data-kept]");
const send = document.querySelector("[data-send-now]");
const MEGABYTE = 2 ** 20;

/** What was entered, in short. */
function whatOf({ kind, draft }) {
  if (kind !== "result") return "";
  if (draft.readings) return sayCount("readings", draft.readings.filter(Boolean).length);
  const units = draft.nonconforming_units || [];
  return units.length ? say("bad_units", { units: units.join(", ") }) : say("all_conform");
}

function whyOf(op) {
  if (op.state === "conflict") return say("waits_for_choice");
  if (op.state === "refused") {
    const { code, detail, errors } = op.problem;
    return code === "picture_lost" ? say("picture_lost") : errors.join(" ") || detail || String(op.problem.status);
  }
  if (outbox.state === "expired" || outbox.state === "other") return say("waits_for_sign_in");
  if (KINDS[op.kind].closes || KINDS[op.kind].isPicture) return say("waits_for_rest");
  return say("waits");
}

const isRefused = (op) => op.state === "refused";

/** What was refused, as a finding of the same class on the same units, with the words of what it was. */
function asFinding(op) {
  const units = op.draft.nonconforming_units || [];
  const note = say("finding_note", { at: sayTime(op.recordedAt), name: op.name, what: whatOf(op) });
  return {
    kind: "finding",
    url: `/api/v1/batches/${encodeURIComponent(op.batch)}/findings/`,
    batch: op.batch,
    inspection: op.inspection,
    name: op.name,
    critical: op.critical,
    body: { id: newId(), inspection: op.inspection, characteristic: op.code, ...(units.length ? { units } : { count: 1 }), note },
  };
}

function choices(op) {
  const made = element("div", "row");
  const page = op.page || (op.kind === "result" && op.inspection && `/inspections/${op.inspection}/record/`);
  if (page && op.state !== "waiting") {
    const open = element("a", "button button--dense", say("see"));
    open.href = page;
    if (op.state === "conflict" || op.page) made.append(open);
  }
  if (isRefused(op) && op.problem.code !== "picture_lost") made.append(button("button--dense", say("retry"), () => outbox.retry(op)));
  if (isRefused(op) && op.kind === "result" && op.batch) {
    const turn = async () => {
      await outbox.put(asFinding(op));
      await outbox.discard(op);
    };
    made.append(button("button--dense", say("as_finding"), turn));
  }
  if (isRefused(op)) made.append(removal(op));
  return made;
}

/** Removing takes two taps: it cannot be got back. */
function removal(op) {
  let isSure = false;
  const made = button("button--dense button--quiet", say("remove"), () => {
    if (isSure) outbox.discard(op);
    isSure = true;
    made.textContent = say("remove_sure");
  });
  return made;
}

async function line(op) {
  const title = say(`kind_${op.kind}`, { name: op.name, what: whatOf(op) });
  const tone = isRefused(op) || op.critical ? "stopped" : op.state === "conflict" ? "warning" : "waiting";
  const words = element("div", "unsent__words", element("b", "", title), element("p", "soft", `${sayTime(op.recordedAt)} · ${whyOf(op)}`), choices(op));
  const made = element("li", `unsent tone-${tone}`, icon(tone), words);
  if (op.kind === "photo") made.append(await pictureOf(op));
  return made;
}

async function pictureOf(op) {
  const blob = (await store.get("blobs", op.id))?.blob;
  return element("div", "unsent__picture", blob ? preview(blob, op.name) : "");
}

let drawn = "";

async function draw() {
  const mine = await outbox.mine();
  const others = await outbox.others();
  const now = JSON.stringify([mine.map((op) => [op.seq, op.serial, op.state]), others, outbox.state]);
  if (now === drawn) return;
  drawn = now;
  send.hidden = !mine.length;
  const parts = [];
  for (const batch of new Set(mine.map((op) => op.batch))) {
    const lines = await Promise.all(mine.filter((op) => op.batch === batch).map(line));
    parts.push(element("h2", "", batch), element("ul", "unsent-list", ...lines));
  }
  if (!mine.length) parts.push(element("p", "", say("nothing_unsent")));
  if (others) parts.push(element("p", "soft", sayCount("others", others)));
  list.replaceChildren(...parts);
}

async function drawKept() {
  const pages = await savedPages(session.person);
  const lines = [];
  if (pages.length) lines.push(sayCount("kept_pages", pages.length, { at: sayTime(pages.map((page) => page.at).sort()[0]) }));
  const { usage } = (await navigator.storage?.estimate?.().catch(() => null)) || {};
  if (usage !== undefined) lines.push(say("room", { used: (usage / MEGABYTE).toFixed(1) }));
  const isSafe = await navigator.storage?.persisted?.().catch(() => false);
  lines.push(!store.isKept || !globalThis.indexedDB ? say("not_kept") : say(isSafe ? "persisted" : "not_persisted"));
  if (!navigator.serviceWorker) lines.push(say("cannot_take"));
  kept.replaceChildren(...lines.map((text) => element("li", "", text)));
}

send.addEventListener("click", () => outbox.flush());
outbox.addEventListener("change", draw);
await draw();
await drawKept();
