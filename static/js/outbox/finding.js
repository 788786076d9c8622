/** The form of a finding: what was seen goes into the phone's outbox first, so that it also counts without a network. */

import { button, element, icon } from "../entry/dom.js";
import { shrink } from "../entry/shrink.js";
import { answered, complain } from "./answered.js";
import { newId } from "./operations.js";
import { outbox } from "./outbox.js";
import { say } from "./words.js";

const form = document.querySelector("[data-finding]");
const { batch, url, back } = form.dataset;

const numbers = (text) => text.normalize("NFKC").split(/[\s,、]+/).filter(Boolean).map(Number);

/** The finding as the API takes it; a slip in a number is left to the server to name. */
function bodyOf(data) {
  const units = numbers(data.get("units"));
  const inspection = data.get("inspection");
  return {
    id: newId(),
    characteristic: data.get("characteristic") || null,
    class: data.get("nonconformity_class"),
    note: data.get("note"),
    ...(units.length ? { units } : data.get("count") ? { count: Number(data.get("count")) } : {}),
    ...(inspection ? { inspection: inspection === "none" ? null : inspection } : {}),
  };
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const data = new FormData(form);
  const missing = !data.get("nonconformity_class") ? "say_class" : !data.get("characteristic") && !data.get("note").trim() ? "say_note" : "";
  if (missing) {
    complain(form, say(missing));
    return;
  }
  const sending = form.querySelector("button[type=submit]");
  sending.disabled = true;
  const body = bodyOf(data);
  const critical = body.class === "critical";
  const chosen = form.elements.characteristic.selectedOptions[0].textContent.trim();
  const name = body.note.trim().split("\n")[0].slice(0, 60) || chosen;
  const op = await outbox.put({ kind: "finding", url, batch, inspection: body.inspection ?? null, name, critical, body, id: body.id });
  for (const file of data.getAll("photos").filter((each) => each.size)) await addPhoto(op, file);
  const { type, op: told } = navigator.onLine ? await answered(op.id) : {};
  if (type === "arrived") location.assign(back);
  else if (type === "refused") await refuse(told, sending);
  else form.replaceWith(keptOnThePhone(critical));
});

async function addPhoto(finding, file) {
  const { blob, takenAt, sha256 } = await shrink(file);
  const { batch: number, inspection, name, id } = finding;
  await outbox.put({ kind: "photo", url: `${url}${id}/photos/`, batch: number, inspection, name, after: id, takenAt, sha256, file: file.name }, { blob });
}

async function refuse(op, sending) {
  sending.disabled = false;
  complain(form, op.problem.errors.join(" ") || op.problem.detail);
  for (const other of await outbox.mine()) if (other.id === op.id || other.after === op.id) await outbox.discard(other);
}

function keptOnThePhone(critical) {
  const tone = critical ? "stopped" : "waiting";
  const link = element("a", "button button--primary", say("back_to_batch"));
  link.href = back;
  const words = element(
    "div",
    "notice__body stack stack--tight",
    element("b", "", say("finding_kept")),
    element("p", "", `${critical ? say("finding_critical") : ""} ${say("finding_kept_text")}`),
    element("div", "row", link, button("", say("another"), () => location.reload())),
  );
  const notice = element("div", `notice tone-${tone}`, icon(tone), words);
  notice.setAttribute("role", "alert");
  return notice;
}
