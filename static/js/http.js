/**
 * Requests to our own server.
 *
 * The CSRF token is read from the page's forms, since the cookie may be closed to scripts.
 */

export function csrfToken() {
  return globalThis.document?.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** An answer of the server that is not a success. `problem` is its problem+json body, or {}. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || String(status));
    this.status = status;
    this.problem = problem;
  }
}

/**
 * Send `body` (FormData as it is, anything else as JSON) and return the parsed answer, null for 204.
 * Throws Refused for an answer outside 200-299 and for a redirect to the sign-in page (status 401),
 * and TypeError where the network failed.
 */
export async function send(url, { method = "POST", body, headers = {}, idempotencyKey, signal } = {}) {
  const isForm = body instanceof FormData;
  const response = await fetch(url, {
    method,
    signal,
    credentials: "same-origin",
    headers: {
      Accept: "application/json",
      "X-CSRFToken": csrfToken(),
      ...(body !== undefined && !isForm ? { "Content-Type": "application/json" } : {}),
      ...(idempotencyKey ? { "Idempotency-Key": idempotencyKey } : {}),
      ...headers,
    },
    body: body === undefined || isForm ? body : JSON.stringify(body),
  });
  const isJson = /[/+]json/.test(response.headers.get("Content-Type") || "");
  if (response.redirected && !isJson) throw new Refused(401, {});
  const answer = response.status === 204 || !isJson ? null : await response.json();
  if (!response.ok) throw new Refused(response.status, answer || {});
  return answer;
}
