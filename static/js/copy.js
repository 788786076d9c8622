/** `data-copy="ID"` copies the value of the field with that id; `data-said` is what it says then. */

import { toast } from "./toast.js";

async function copy(field) {
  field.select();
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(field.value);
    return true;
  }
  return document.execCommand("copy"); // the clipboard is closed to pages that came without https
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    const isCopied = await copy(field).catch(() => false);
    if (isCopied) toast(button.dataset.said);
  });
}
