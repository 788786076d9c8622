/** The page's sentences in the reader's language, sent by the server as JSON with %(name)s where a value goes. */

const sentences = JSON.parse(document.getElementById("entry-words").textContent);

export function say(name, values = {}) {
  return sentences[name].replace(/%\((\w+)\)s/g, (_, key) => String(values[key]));
}

/** Like `say`, with the singular sentence `name_one` for a count of 1. */
export function sayCount(name, count, values = {}) {
  return say(count === 1 ? `${name}_one` : name, { count, ...values });
}
