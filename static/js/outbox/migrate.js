/** What the release before kept on this phone, taken over once: answers in the local storage, pictures in a database. */

import { bodyOf } from "./merge.js";
import { COMPARISON, newId, placeOf } from "./operations.js";
import { session } from "./session.js";
import { store } from "./store.js";

const PREFIX = "holdfast.entry.";
const OLD_DATABASE = "holdfast";

/** Of the person whose page this is; what is of others waits for them. */
export async function migrate() {
  const { username } = document.documentElement.dataset;
  try {
    await takeAnswers(username);
    await takePictures(username);
  } catch {
    // Not readable: nothing is taken away, and the next page tries again.
  }
}

async function takeAnswers(username) {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(`${PREFIX}${username}.`));
  for (const name of names) {
    const { inspection, code } = name.slice(PREFIX.length + username.length + 1).match(/^(?<inspection>[^:]+):(?<code>.*)$/).groups;
    const { draft, recordedAt, revision, tried } = JSON.parse(localStorage.getItem(name));
    const isComparison = code.startsWith(COMPARISON);
    const [kind, check] = isComparison ? ["comparisons", code.slice(COMPARISON.length)] : ["results", code];
    await store.put("operations", {
      ...common({ inspection, name: check, url: `/api/v1/inspections/${inspection}/${kind}/${encodeURIComponent(check)}/` }),
      kind: isComparison ? "comparison" : "result",
      code,
      place: placeOf(session.person, inspection, code),
      draft,
      body: bodyOf(draft),
      units: draft.readings ? draft.readings.flatMap((text, index) => (text ? [index + 1] : [])) : draft.nonconforming_units || [],
      base: {},
      revision,
      recordedAt,
      tried: tried || [],
    });
    localStorage.removeItem(name);
  }
}

async function takePictures(username) {
  const known = await indexedDB.databases?.();
  if (!known?.some(({ name }) => name === OLD_DATABASE)) return;
  const database = await request(indexedDB.open(OLD_DATABASE));
  if (!database.objectStoreNames.contains("photos")) return;
  const photos = await request(database.transaction("photos").objectStore("photos").getAll());
  for (const { id, owner, code, unit, at, blob } of photos) {
    const inspection = owner.slice(owner.lastIndexOf(".") + 1);
    if (owner !== `${username}.${inspection}`) continue;
    const op = { ...common({ inspection, name: code, url: `/api/v1/inspections/${inspection}/photos/` }), kind: "photo", code, unit };
    op.recordedAt = new Date(at).toISOString();
    await store.write(["operations", "blobs"], (operations, blobs) => Promise.all([operations.put(op), blobs.put({ id: op.id, blob })]));
    await request(database.transaction("photos", "readwrite").objectStore("photos").delete(id));
  }
  database.close();
}

function common(op) {
  return { id: newId(), owner: session.person, batch: "", serial: 1, state: "waiting", tried: [], critical: false, clock: 0, said: {}, ...op };
}

const request = (asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
