/** Short notices at the corner of the page, and the close button of those that the server sent. */

const SECONDS = 6;

/** Say `text` for a few seconds. `tone`: accepted, stopped, warning, waiting. A stopped one stays until it is closed. */
export function toast(text, tone = "accepted") {
  const sample = document.querySelector("svg.icon use");
  const sprite = sample ? sample.getAttribute("href").split("#")[0] : "";
  const notice = document.createElement("div");
  notice.className = `notice tone-${tone}`;
  notice.append(icon(sprite, tone), words(text));
  document.getElementById("toasts").append(notice);
  notice.addEventListener("click", () => notice.remove());
  if (tone !== "stopped") setTimeout(() => notice.remove(), SECONDS * 1000);
  return notice;
}

function icon(sprite, name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

function words(text) {
  const body = document.createElement("div");
  body.className = "notice__body";
  body.textContent = text;
  return body;
}

for (const button of document.querySelectorAll("[data-close]")) button.hidden = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close]");
  if (button) button.closest(".notice").remove();
});
