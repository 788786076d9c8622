/** What every page does for the phone: sends what is unsent, says how things stand, and keeps pages to open offline. */

import { button, element, icon } from "../entry/dom.js";
import { toast } from "../toast.js";
import { clockOff, decideClock } from "./clock.js";
import { outbox } from "./outbox.js";
import { layBy, reserve } from "./reserve.js";
import { forgetPages, savePage, savedPage } from "./saved.js";
import { session } from "./session.js";
import { store } from "./store.js";
import { say, sayCount, sayTime } from "./words.js";

const page = document.documentElement.dataset;
const place = document.querySelector("[data-outbox-said]");
const chips = document.querySelectorAll("[data-unsent]");
const entry = document.getElementById("entry");
/** The page as it came, before any script has changed it. */
const source = navigator.serviceWorker && !navigator.serviceWorker.controller ? `<!doctype html>\n${document.documentElement.outerHTML}` : "";
const UNSENT = "/unsent/";
const PAUSE = 2000;

const here = encodeURIComponent(location.pathname + location.hash);
const signIn = { url: `/accounts/login/?next=${here}`, text: say("sign_in") };
const seeUnsent = { url: UNSENT, text: say("why") };
const again = { text: say("load_again"), act: () => location.reload() };

/** What there is to say: { name, tone, title, text, link, acts }, what is urgent first. */
async function sayings() {
  const mine = await outbox.mine();
  const critical = [...new Set(mine.filter((op) => op.critical).map((op) => op.batch))];
  const refused = mine.filter((op) => op.state === "refused").length;
  const others = await outbox.others();
  const said = [];
  if (critical.length && !(entry && critical.includes(entry.dataset.batch))) {
    said.push({ name: "critical", tone: "stopped", title: say("critical", { batches: critical.join(", ") }), text: say("critical_text") });
  }
  if (!entry) {
    if (outbox.state === "expired") said.push({ name: "expired", tone: "warning", title: say("signed_out"), text: say("stays"), link: signIn });
    if (outbox.state === "other") said.push({ name: "other", tone: "warning", title: say("other_person"), text: say("stays"), link: signIn });
    if (!outbox.isKept && mine.length) said.push({ name: "not-kept", tone: "stopped", text: say("not_kept") });
  }
  if (outbox.state === "outdated") said.push({ name: "outdated", tone: "warning", title: say("outdated"), text: say("outdated_text"), acts: [again] });
  if (refused) said.push({ name: "refused", tone: "stopped", text: sayCount("refused", refused), link: seeUnsent });
  for (const news of await outbox.news()) said.push(newsAs(news));
  said.push(...(await clockSayings()), ...(await roomSayings(mine)));
  if (page.saved) said.push({ name: "saved", tone: "waiting", text: say("saved_copy", { at: sayTime(page.saved) }), acts: isNewer ? [again] : [] });
  else if (isNewer) said.push({ name: "newer", tone: "waiting", text: say("newer"), acts: [again] });
  if (others && !page.person) said.push({ name: "others", tone: "waiting", text: sayCount("others", others) });
  return said;
}

let isNewer = false;

function newsAs({ id, kind, batch, name }) {
  const isStopped = kind === "arrived_critical" || kind === "late_stopped";
  return {
    name: `news-${id}`,
    tone: isStopped ? "stopped" : kind === "handed_in" ? "accepted" : "warning",
    text: say(kind, { batch, name }),
    link: { url: `/batches/${encodeURIComponent(batch)}/`, text: say("see") },
    acts: [{ text: say("close"), act: () => outbox.seen(id) }],
  };
}

async function clockSayings() {
  const off = await clockOff();
  if (!off) return [];
  const days = (Math.abs(off.milliseconds) / 86400000).toFixed(1);
  const there = new Date(Date.now() - off.milliseconds);
  const choose = (isServer) => async () => {
    await decideClock(isServer);
    draw();
  };
  return [
    {
      name: "clock",
      tone: "warning",
      title: say("clock", { days, here: new Date().toLocaleString(), there: there.toLocaleString() }),
      text: say("clock_text"),
      acts: [
        { text: say("clock_server"), act: choose(true) },
        { text: say("clock_device"), act: choose(false) },
      ],
    },
  ];
}

/** Before work is lost: where pictures have no room any more, and where the browser may throw away what waits for a network. */
async function roomSayings(mine) {
  if (reserve.isScarce) return [{ name: "room", tone: "warning", text: say("little_room") }];
  const isLoose = mine.length && !entry && outbox.state === "waiting" && (await navigator.storage?.persisted?.().catch(() => true)) === false;
  return isLoose ? [{ name: "may-go", tone: "waiting", text: say("not_persisted") }] : [];
}

/** Where one works room is laid by, after all that the page needs itself. */
async function findRoom() {
  if (!entry && !document.querySelector("[data-take]") && !(await outbox.mine()).length) return;
  if (!(await layBy())) await draw();
}

function notice({ tone, title, text, link, acts = [] }) {
  const words = element("div", "notice__body");
  if (title) words.append(element("b", "", title), " ");
  words.append(text || "");
  if (link) {
    const anchor = element("a", "", link.text);
    anchor.href = link.url;
    words.append(" ", anchor);
  }
  const buttons = acts.map(({ text: label, act }) => button("button--dense", label, act));
  return element("div", `notice tone-${tone}`, icon(tone), words, ...buttons);
}

let drawn = "";

/** Draw what there is to say, and leave alone what stands there already: a screen reader reads it once. */
async function draw() {
  const count = (await outbox.mine()).length;
  drawChips(count);
  if (!place) return;
  const said = await sayings();
  const text = JSON.stringify(said);
  if (text === drawn) return;
  drawn = text;
  place.replaceChildren(...said.map(notice));
}

function drawChips(count) {
  const isOffline = !navigator.onLine;
  const isWaiting = isOffline || outbox.state !== "idle";
  const text = [isOffline ? say("offline") : "", count ? sayCount("unsent", count) : ""].filter(Boolean).join(" · ");
  for (const chip of chips) {
    if (chip.textContent === text && chip.dataset.waiting === String(isWaiting)) continue;
    chip.dataset.waiting = isWaiting;
    chip.replaceChildren();
    if (!text) continue;
    const tone = isWaiting && count ? "warning" : "waiting";
    const words = isOffline && count ? [element("span", "unsent-word", `${say("offline")} · `), sayCount("unsent", count)] : [text];
    const link = element("a", `chip tone-${tone}`, icon(isOffline ? "offline" : tone, "icon--small"), element("span", "", ...words));
    link.href = UNSENT;
    link.title = say("open_unsent");
    chip.append(link);
  }
}

/** Keep pages from now on. The one that is open was fetched before there was a worker: it is kept as it came. */
async function startWorker() {
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data.type !== "fresh") return;
    isNewer = true;
    draw();
  });
  try {
    await navigator.serviceWorker.register("/service-worker.js", { type: "module", updateViaCache: "none" });
    await navigator.serviceWorker.ready;
    if (!page.person || page.saved) return;
    if (source) await keepThis();
    if (await savedPage(page.person, UNSENT)) return;
    setTimeout(() => keep(UNSENT).catch(() => {}), PAUSE); // what is entered now goes first
  } catch {
    // An older browser, a private window, or no network now: pages then open with a network alone.
  }
}

/** An answer to this person; undefined where it is to somebody else. */
async function fetched(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  return response.ok && !response.redirected && response.headers.get("Person") === page.person ? response : undefined;
}

async function keep(url) {
  const response = await fetched(url);
  if (response) await savePage(page.person, url, response, page.release);
}

/** Keep the page that is open, without fetching it again: what protects it, its headers, every answer has. */
async function keepThis() {
  const response = await fetched("/session/");
  if (!response) return;
  const headers = new Headers(response.headers);
  headers.set("Content-Type", "text/html; charset=utf-8");
  await savePage(page.person, location.href, new Response(source, { headers }), page.release);
}

/** Whether the first release kept something here. */
async function hasOld() {
  if (Object.keys(globalThis.localStorage || {}).some((name) => name.startsWith("holdfast.entry."))) return true;
  return Boolean((await indexedDB.databases?.())?.some(({ name }) => name === "holdfast"));
}

async function takeOver() {
  try {
    if (await hasOld()) await (await import("./migrate.js")).migrate();
  } catch {
    // Not readable, or no network now: it stays, and the next page tries again.
  }
}

async function signOut(form) {
  const later = await import("./sign-out.js").catch(() => null);
  if (later) return later.signOut(form, { outbox, store, session });
  await forgetPages();
  if (navigator.onLine && !(await outbox.mine()).length) form.submit();
  else toast(say("no_sign_out"), "warning");
}

function watchSignOut() {
  for (const form of document.querySelectorAll("[data-sign-out]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      signOut(form);
    });
  }
}

/** A plain form cannot be sent without a network: what was typed into it stays. */
function keepForms() {
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.defaultPrevented || event.target.method !== "post") return;
    event.preventDefault();
    toast(say("not_without_network"), "warning");
  });
}

async function begin() {
  if (page.person && !page.saved) await store.put("meta", { name: "person", value: page.person });
  if (page.person) await takeOver();
  outbox.addEventListener("change", draw);
  for (const name of ["online", "offline"]) addEventListener(name, draw);
  await draw();
  if (page.person) outbox.start();
  watchSignOut();
  keepForms();
  if (document.readyState === "complete") await settleDown();
  else addEventListener("load", settleDown);
}

function settleDown() {
  setTimeout(findRoom, PAUSE);
  return startWorker();
}

begin();
