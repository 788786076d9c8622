/** The comparison with the golden sample: stored as soon as it is said, without leaving the page. */

import { Refused, send } from "../http.js";

const number = (text) => (text.trim() ? Number(text.trim().replace(",", ".")) : null);

function bodyOf(form) {
  const data = new FormData(form);
  const colour = ["l", "a", "b"].map((part) => data.get(`colour_${part}`) || "");
  const body = { same: data.get("same") === "same", difference: data.get("difference") || "" };
  if (colour.some((part) => part.trim())) {
    body.colour = Object.fromEntries(["l", "a", "b"].map((part, index) => [part, number(colour[index])]));
  }
  return body;
}

async function store(form) {
  const said = form.querySelector("[data-reference-said]");
  said.classList.remove("toned", "tone-stopped");
  try {
    const answer = await send(form.dataset.url, { method: "PUT", body: bodyOf(form) });
    const colour = answer.colour_difference;
    said.textContent = form.dataset.stored + (colour === null ? "" : ` · ΔE00 ${colour.toFixed(2)}`);
  } catch (error) {
    const errors = error instanceof Refused ? error.problem.errors || [] : [];
    said.textContent =
      error instanceof Refused ? errors.map((each) => each.detail).join(" ") || error.message : form.dataset.lost;
    said.classList.add("toned", "tone-stopped");
  }
}

for (const form of document.querySelectorAll("[data-reference]")) {
  form.addEventListener("submit", (event) => {
    if (!form.querySelector("input[name=same]:checked")) return; // the server says what is missing
    event.preventDefault();
    store(form);
  });
  form.querySelector("input[value=same]").addEventListener("change", () => store(form));
}
