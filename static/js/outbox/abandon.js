/** Abandoning an inspection: it goes into the phone's outbox after what was entered, so that it also counts without a network. */

import { element, icon } from "../entry/dom.js";
import { answered, complain } from "./answered.js";
import { outbox } from "./outbox.js";
import { say } from "./words.js";

const form = document.querySelector("[data-abandon]");
const { inspection, batch, url, result, back } = form.dataset;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  const body = { reason: new FormData(form).get("reason").trim() };
  const op = await outbox.put({ kind: "abandon", url, inspection, batch, name: batch, critical: false, body });
  const { type, op: told } = navigator.onLine ? await answered(op.id) : {};
  if (type === "arrived") location.assign(result);
  else if (type === "refused") {
    button.disabled = false;
    complain(form, told.problem.errors.join(" ") || told.problem.detail);
    await outbox.discard(told);
  } else form.replaceWith(keptOnThePhone());
});

function keptOnThePhone() {
  const link = element("a", "button button--primary", say("back_to_batch"));
  link.href = back;
  const words = element("div", "notice__body stack stack--tight", element("b", "", say("abandon_kept")), element("p", "", say("finding_kept_text")), link);
  const notice = element("div", "notice tone-waiting", icon("waiting"), words);
  notice.setAttribute("role", "alert");
  return notice;
}
