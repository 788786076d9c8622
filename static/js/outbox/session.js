/** Who is signed in as far as the server says, and what is needed to send something as that person. */

import { csrfToken } from "../http.js";

/** The number of accounts/release.py that this script speaks: it may be older than the page's next load. */
export const PAGES = 1;
const TIMEOUT = 15000;

const page = globalThis.document?.documentElement.dataset;
const isFresh = Boolean(page?.person) && !page.saved;

/** `person` is the page's own, whoever is signed in by now; `csrf` may have run out on a page that was kept. */
export const session = {
  person: page?.person || "",
  csrf: isFresh ? csrfToken() : "",
  isKnown: isFresh,
  release: "",
};

/**
 * Ask. "signed in", "expired" (nobody is), "other" (somebody else is), "outdated" (the server no longer understands
 * this script), or "unknown" (no answer).
 */
export async function ask() {
  let told;
  try {
    const response = await fetch("/session/", {
      credentials: "same-origin",
      headers: { Accept: "application/json" },
      signal: timeLimit(TIMEOUT),
    });
    if (!response.ok) return "unknown";
    told = await response.json();
  } catch {
    return "unknown";
  }
  session.release = told.release;
  if (told.oldest_pages > PAGES) return "outdated";
  if (!told.person) return "expired";
  if (!page) session.person = told.person; // a service worker belongs to whoever is signed in
  else if (told.person !== session.person) return "other";
  Object.assign(session, { csrf: told.csrf, isKnown: true, username: told.username });
  if (page) for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = told.csrf;
  return "signed in";
}

/** A signal that aborts after so many milliseconds. */
export function timeLimit(milliseconds) {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), milliseconds);
  return stop.signal;
}
