/**
 * The service worker: opens pages of the inspector's day without a network, and sends what is unsent when no page is.
 *
 * Static files come from the cache of their release, since their names change with what is in them. Pages come from the
 * network; those of the day are kept on the way, and come from the phone where the network does not answer soon.
 */

import { outbox } from "../outbox/outbox.js";
import { SAVED_AT, forgetPages, forgetSome, savePage, savedPage } from "../outbox/saved.js";
import { ask, session } from "../outbox/session.js";
import { store } from "../outbox/store.js";

const FILES = "holdfast-files-";
const PATIENCE = 1500;
const AT_ONCE = 4;
const ENTRANCE = "/accounts/login/";
const EXIT = "/accounts/logout/";

/** `release` of the files, `pages` the patterns of those that are kept, `files` of the day, `missing` pages by language. */
export function work({ release, pages, files, missing }) {
  const patterns = pages.map((text) => new RegExp(text));
  const isOfTheDay = (url) => patterns.some((pattern) => pattern.test(url.pathname));

  addEventListener("install", (event) => event.waitUntil(keepFiles(release, files).then(() => skipWaiting())));
  addEventListener("activate", (event) => event.waitUntil(takeOver(release).then(() => clients.claim())));
  addEventListener("sync", (event) => event.waitUntil(sendAll()));
  addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== location.origin) return;
    if (request.method === "POST" && request.mode === "navigate" && [ENTRANCE, EXIT].includes(url.pathname)) {
      event.respondWith(pass(request, url));
    }
    if (request.method !== "GET") return;
    if (url.pathname.startsWith("/static/")) event.respondWith(file(request, release));
    else if (request.mode === "navigate") event.respondWith(page(event, url, isOfTheDay(url), { release, missing }));
    else if (request.destination === "image") event.respondWith(picture(request, url));
  });
}

async function keepFiles(release, files) {
  const cache = await caches.open(FILES + release);
  const rest = files.slice();
  const keepOne = async () => {
    for (let url = rest.pop(); url; url = rest.pop()) {
      if (await cache.match(url)) continue;
      const response = (await caches.match(url)) || (await fetch(url));
      if (!response.ok) throw new Error(`${response.status} ${url}`);
      await cache.put(url, response);
    }
  };
  // What fails is tried again with the next page; what has come stays.
  await Promise.all(Array.from({ length: AT_ONCE }, keepOne));
}

/** Keep the files of the release before, which open pages and kept ones are made of, and no older ones. */
async function takeOver(release) {
  const releases = (await caches.keys()).filter((name) => name.startsWith(FILES)).map((name) => name.slice(FILES.length));
  const others = releases.filter((each) => each !== release);
  const before = others.pop();
  await Promise.all(others.map((each) => caches.delete(FILES + each)));
  await forgetSome((page) => page.release !== release && page.release !== before);
}

async function file(request, release) {
  if (release === "unbuilt") return fetch(request);
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && response.type === "basic") {
    const cache = await caches.open(FILES + release);
    await cache.put(request, response.clone()).catch(() => {}); // no room: it came from the network
  }
  return response;
}

/** Signing in and out: until a page says who it is, nobody is. */
async function pass(request, url) {
  const response = await fetch(request);
  if (url.pathname === EXIT) await forgetPages();
  if (url.pathname === EXIT || response.type === "opaqueredirect") await store.put("meta", { name: "person", value: "" });
  return response;
}

const person = async () => (await store.get("meta", "person"))?.value;

async function page(event, url, isKept, { release, missing }) {
  const kept = isKept ? await savedPage(await person(), url.href) : undefined;
  let isLate = false;
  const fresh = fetch(event.request).then(async (response) => {
    await took(response.clone(), url, isKept, release);
    if (isLate) await tellFresh(event.resultingClientId);
    return response;
  });
  event.waitUntil(fresh.catch(() => {}));
  try {
    return await (kept ? Promise.race([fresh, outOfPatience()]) : fresh);
  } catch {
    isLate = true;
    return kept ? marked(kept) : notTaken(missing);
  }
}

const outOfPatience = () => new Promise((_, reject) => setTimeout(reject, PATIENCE));

async function tellFresh(id) {
  (await clients.get(id))?.postMessage({ type: "fresh" });
}

/** Keep a page of whoever the server says is signed in, and nothing of anybody else. */
async function took(response, url, isKept, release) {
  const owner = response.headers.get("Person");
  if (!owner || !response.ok || response.redirected) return;
  if ((await person()) !== owner) {
    await forgetPages(owner);
    await store.put("meta", { name: "person", value: owner });
  }
  if (isKept) await savePage(owner, url.href, response, release).catch(() => {}); // no room: it is not kept
}

/** A kept page says that it is one, and of when. */
async function marked(kept) {
  const text = await kept.text();
  const headers = new Headers(kept.headers);
  return new Response(text.replace("<html ", `<html data-saved="${kept.headers.get(SAVED_AT)}" `), { headers });
}

function notTaken(missing) {
  const isSpoken = (code) => navigator.languages.some((language) => language.slice(0, 2) === code.slice(0, 2));
  const code = Object.keys(missing).reverse().find(isSpoken) || Object.keys(missing)[0];
  return new Response(missing[code], {
    status: 503,
    headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'self'; img-src 'self' data:" },
  });
}

async function picture(request, url) {
  const kept = await savedPage(await person(), url.href);
  return kept || fetch(request);
}

/** Background Sync: the browser calls again later while something is left that may go. */
async function sendAll() {
  session.isKnown = false;
  if ((await ask()) !== "signed in") throw new Error("not now");
  await outbox.sender.flush({ now: true });
  const rest = (await outbox.mine()).filter((op) => op.state === "waiting");
  if (rest.length) throw new Error(`${rest.length} left`);
}
