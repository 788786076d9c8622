// The form of outcomes shows the questions that its chosen outcome asks; without a script it shows all of them.
const form = document.querySelector("[data-outcome-form]");

function show() {
  form.dataset.outcome = form.querySelector('input[name="outcome"]:checked')?.value ?? "";
}

form?.addEventListener("change", show);
if (form) show();
