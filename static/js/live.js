/**
 * Keeps one part of the page up to date: while there is an element with `data-live` and an id, the page is fetched
 * again and the element replaced. The server leaves `data-live` out when nothing more will happen.
 */

const MILLISECONDS = 1000;

async function refresh() {
  const part = document.querySelector("[data-live]");
  if (!part) return;
  try {
    const response = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (response.ok && !response.redirected) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (fresh) part.replaceWith(document.adoptNode(fresh));
    }
  } catch {
    // Without a network the part stays as it is, and is asked for again.
  }
  setTimeout(refresh, MILLISECONDS);
}

setTimeout(refresh, MILLISECONDS);
