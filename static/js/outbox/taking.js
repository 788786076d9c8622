/** Taking inspections along: their pages are fetched before the way to the factory, with the pictures on them. */

import { savePage, canSave, savedPages } from "./saved.js";
import { session } from "./session.js";
import { say, sayTime } from "./words.js";

const ALWAYS = ["/", "/unsent/", "/inspections/"];
const TIMEOUT = 60000;
const { release } = document.documentElement.dataset;

const offers = [...document.querySelectorAll("[data-take]")].map((place) => ({
  place,
  urls: place.dataset.take.split(" "),
  said: place.querySelector("[data-taken]"),
  button: place.querySelector("button"),
}));
const all = document.querySelector("[data-take-all]");

async function fetched(url) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    const response = await fetch(url, { credentials: "same-origin", signal: stop.signal });
    if (!response.ok || response.redirected) throw new Error(`${response.status} ${url}`);
    return response;
  } finally {
    clearTimeout(timer);
  }
}

async function take(url) {
  const response = await fetched(url);
  if (response.headers.get("Person") !== session.person) throw new Error("somebody else");
  const text = await response.clone().text();
  await savePage(session.person, new URL(url, location.href).href, response, release);
  const page = new DOMParser().parseFromString(text, "text/html");
  const pictures = [...page.querySelectorAll("main img[src^='/']")].map((image) => image.getAttribute("src"));
  for (const picture of new Set(pictures)) {
    await savePage(session.person, new URL(picture, location.href).href, await fetched(picture), release);
  }
}

async function takeAlong(offer) {
  offer.button.disabled = true;
  offer.said.className = "soft";
  offer.said.textContent = `${say("taking")} …`;
  try {
    for (const url of [...offer.urls, ...ALWAYS]) await take(url);
    await show();
  } catch (error) {
    offer.said.className = "toned tone-stopped";
    offer.said.textContent = say(error.name === "QuotaExceededError" ? "no_room" : "take_failed");
  }
  offer.button.disabled = false;
}

/** What is taken along, and how old it is: the oldest of its pages counts. */
async function show() {
  const saved = new Map((await savedPages(session.person)).map((page) => [new URL(page.url).pathname, page]));
  for (const { urls, said, button } of offers) {
    const times = urls.map((url) => saved.get(url)?.at);
    const isTaken = times.every(Boolean);
    said.className = isTaken ? "taken" : "toned tone-warning";
    if (isTaken) button.querySelector("[data-words]").textContent = say("take_again");
    said.textContent = isTaken ? say("taken", { at: sayTime(times.sort()[0]) }) : say("not_taken");
  }
}

if (offers.length && canSave) {
  navigator.storage?.persist?.().catch(() => {});
  for (const offer of offers) {
    offer.button.hidden = false;
    offer.button.addEventListener("click", () => takeAlong(offer));
  }
  if (all) {
    all.hidden = offers.length < 2;
    all.addEventListener("click", async () => {
      for (const offer of offers) await takeAlong(offer);
    });
  }
  show();
} else if (offers.length) {
  for (const { said } of offers.slice(0, 1)) said.textContent = say("cannot_take");
}
