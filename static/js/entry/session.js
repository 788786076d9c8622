/** Whether we are still signed in, found out by asking for the page again. */

/**
 * "renewed": signed in, and the page's forms have a valid CSRF token again; "forbidden": signed in as somebody who may
 * not record; "expired": signed out, or somebody else is signed in now; "unknown": no answer.
 */
export async function renewToken() {
  const { user, login } = document.getElementById("entry").dataset;
  let response;
  try {
    response = await fetch(location.pathname, { credentials: "same-origin", headers: { Accept: "text/html" } });
  } catch {
    return "unknown";
  }
  if (response.status >= 500) return "unknown";
  if (response.status === 403) return "forbidden";
  if (new URL(response.url).pathname === login) return "expired";
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const entry = page.getElementById("entry");
  if (entry && entry.dataset.user !== user) return "expired";
  const token = page.querySelector("input[name=csrfmiddlewaretoken]");
  if (!token) return "unknown";
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token.value;
  return "renewed";
}
