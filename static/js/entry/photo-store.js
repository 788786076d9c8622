/** Photos that wait to be sent, kept in the browser's database: they are too large for its local storage. */

const STORE = "photos";
const inMemory = new Map();
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("holdfast", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run(mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** Keep a photo { id, owner, ... }; where the browser keeps nothing, as long as the page is open. */
export async function keep(photo) {
  inMemory.set(photo.id, photo);
  await run("readwrite", (store) => store.put(photo)).catch(() => {});
}

export async function forget(id) {
  inMemory.delete(id);
  await run("readwrite", (store) => store.delete(id)).catch(() => {});
}

/** Those of one owner (a person and an inspection), oldest first. */
export async function kept(owner) {
  const stored = await run("readonly", (store) => store.getAll()).catch(() => []);
  const all = new Map([...stored.map((photo) => [photo.id, photo]), ...inMemory]);
  return [...all.values()].filter((photo) => photo.owner === owner).sort((a, b) => a.at - b.at);
}
