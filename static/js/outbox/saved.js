/**
 * Pages that are kept on the phone, to be opened without a network. Those of one person alone, under that person's id:
 * whoever else is signed in finds none.
 */

const PAGES = "holdfast-pages-";
/** When it was kept, and for which release: headers of what is kept. */
export const SAVED_AT = "Saved-At";
export const SAVED_RELEASE = "Saved-Release";

export const canSave = Boolean(globalThis.caches && (globalThis.navigator?.serviceWorker || !globalThis.document));

const open = (person) => caches.open(PAGES + person);

/** Keep an answer under its address. Throws where there is no room. */
export async function savePage(person, url, response, release) {
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set(SAVED_AT, new Date().toISOString());
  headers.set(SAVED_RELEASE, release);
  const body = await response.blob();
  await (await open(person)).put(url, new Response(body, { headers }));
}

/** What is kept under an address, or under the same without its question. */
export async function savedPage(person, url) {
  if (!(await caches.has(PAGES + person))) return undefined;
  const cache = await open(person);
  return (await cache.match(url, { ignoreVary: true })) || cache.match(url, { ignoreVary: true, ignoreSearch: true });
}

/** Addresses of the pages that are kept, with the time of each. */
export async function savedPages(person) {
  if (!canSave || !(await caches.has(PAGES + person))) return [];
  const cache = await open(person);
  const found = [];
  for (const request of await cache.keys()) {
    const response = await cache.match(request, { ignoreVary: true });
    const isPage = response?.headers.get("Content-Type")?.includes("html");
    if (isPage) found.push({ url: request.url, at: response.headers.get(SAVED_AT), release: response.headers.get(SAVED_RELEASE) });
  }
  return found;
}

/** Forget what is kept of everybody but `person`; of all without one. */
export async function forgetPages(person = "") {
  if (!globalThis.caches) return;
  for (const name of await caches.keys()) {
    if (name.startsWith(PAGES) && name !== PAGES + person) await caches.delete(name);
  }
}

/** Forget the pages of one person that `isGone({ url, release })` names. */
export async function forgetSome(isGone) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PAGES)) continue;
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const response = await cache.match(request, { ignoreVary: true });
      if (response && isGone({ url: request.url, release: response.headers.get(SAVED_RELEASE) })) await cache.delete(request);
    }
  }
}
