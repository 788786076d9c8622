// The form of outcomes shows the questions that its chosen outcome asks, and takes units by a tap on their numbers.
// Without a script all questions are there, and units are typed.
const form = document.querySelector("[data-outcome-form]");
const field = form?.querySelector('input[name="units"]');
const buttons = form ? [...form.querySelectorAll("[data-unit]")] : [];

function ask() {
  form.dataset.outcome = form.querySelector('input[name="outcome"]:checked')?.value ?? "";
}

function typed() {
  const units = new Set();
  for (const [, first, last] of field.value.matchAll(/(\d+)(?:\s*[-–~]\s*(\d+))?/g)) {
    const end = Math.min(Number(last ?? first), Number(first) + buttons.length);
    for (let unit = Number(first); unit <= end; unit += 1) units.add(unit);
  }
  return units;
}

function mark() {
  const units = typed();
  for (const button of buttons) button.setAttribute("aria-pressed", units.has(Number(button.dataset.unit)));
}

if (form) {
  form.addEventListener("change", ask);
  field.addEventListener("input", mark);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const units = typed();
      const unit = Number(button.dataset.unit);
      if (!units.delete(unit)) units.add(unit);
      field.value = [...units].sort((a, b) => a - b).join(", ");
      mark();
    });
  }
  ask();
  mark();
}
