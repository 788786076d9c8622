/**
 * Signing out on a phone: nothing private stays but what is unsent, and that is said before.
 *
 * Fetched when somebody signs out; `phone` is the page's { outbox, store, session }.
 */

import { button, element } from "../entry/dom.js";
import { toast } from "../toast.js";
import { forgetPages } from "./saved.js";
import { say, sayCount } from "./words.js";

/** Of the units that were picked: see picks.js. */
const TICKS = "holdfast.picked.";

/** Forget all that is private and stored already. */
async function forget({ store, session }) {
  await forgetPages();
  for (const [name, key] of [["known", "place"], ["news", "id"]]) {
    for (const each of await store.all(name)) if (each.owner === session.person) await store.remove(name, each[key]);
  }
  await store.put("meta", { name: "person", value: "" });
  for (const key of Object.keys(globalThis.localStorage || {})) if (key.startsWith(TICKS)) localStorage.removeItem(key);
}

async function leave(form, phone) {
  await forget(phone);
  if (navigator.onLine) form.submit();
  else toast(say("no_sign_out"), "warning");
}

function askFirst(form, count, phone) {
  const { outbox } = phone;
  const dialog = element("dialog", "dialog");
  const close = (act) => () => {
    dialog.close();
    dialog.remove();
    act?.();
  };
  const send = async () => {
    await outbox.flush();
    if ((await outbox.mine()).length) askFirst(form, (await outbox.mine()).length, phone);
    else await leave(form, phone);
  };
  const choices = element(
    "div",
    "dialog__actions",
    button("button--primary", say("send_first"), close(send)),
    button("", say("stay"), close()),
    button("button--danger", say("sign_out_anyway"), close(() => leave(form, phone))),
  );
  const words = element("div", "dialog__body stack", element("h2", "", say("sign_out")), element("p", "", sayCount("sign_out_text", count)));
  words.append(choices);
  dialog.append(words);
  document.body.append(dialog);
  dialog.showModal();
}

export async function signOut(form, phone) {
  const { length } = await phone.outbox.mine();
  if (length) askFirst(form, length, phone);
  else await leave(form, phone);
}
