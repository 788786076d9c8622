/** The sentences about what is unsent and what is kept, in the reader's language, sent with every page. */

const sentences = Object.assign({}, ...[...document.querySelectorAll("#outbox-words, #unsent-words, #take-words, #finding-words")].map((each) => JSON.parse(each.textContent)));
const language = document.documentElement.lang;

export function say(name, values = {}) {
  return (sentences[name] || "").replace(/%\((\w+)\)s/g, (_, key) => String(values[key]));
}

/** Like `say`, with the singular sentence `name_one` for a count of 1. */
export function sayCount(name, count, values = {}) {
  return say(count === 1 ? `${name}_one` : name, { count, ...values });
}

/** "14:05", with the day where it is not today. */
export function sayTime(time) {
  const at = new Date(time);
  const isToday = at.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { month: "short", day: "numeric" };
  return at.toLocaleString(language, { ...day, hour: "2-digit", minute: "2-digit" });
}
