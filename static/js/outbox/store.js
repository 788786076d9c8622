/**
 * What a phone keeps of the work on it, in the browser's database, and shares between tabs and the service worker.
 *
 * operations  what is unsent, in the order it was entered (`seq`); see operations.js for what one is
 * blobs       the pictures of operations, apart from them so that counting does not load pictures
 * known       what the server is known to have of a check: { place, owner, inspection, revision, draft }
 * news        what became of something that was sent while nobody looked: { id, owner, ... }
 * meta        { name, value }
 *
 * Where the browser keeps nothing (a private window, refused or full storage) the same is held as long as the page is
 * open, and `isKept` is false. A change of the shape of what is kept raises VERSION and gets its step in `upgrade`.
 */

import { giveUp } from "./reserve.js";

const NAME = "holdfast-outbox";
const VERSION = 1;
const KEYS = { operations: "seq", blobs: "id", known: "place", news: "id", meta: "name" };
const COUNTED = new Set(["operations", "news"]);

function upgrade(database, from) {
  if (from < 1) {
    for (const [name, keyPath] of Object.entries(KEYS)) {
      const store = database.createObjectStore(name, { keyPath, autoIncrement: COUNTED.has(name) });
      if (name === "operations") store.createIndex("place", "place");
    }
  }
}

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** `closed()` is called when a later release wants to change the shape: it must not wait for this page to be closed. */
function open(closed) {
  return new Promise((resolve, reject) => {
    if (!globalThis.indexedDB) throw new Error("no database");
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => upgrade(request.result, oldVersion);
    request.onsuccess = () => {
      request.result.onversionchange = () => {
        request.result.close();
        closed();
      };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/** One store inside a transaction. */
class Kept {
  constructor(store) {
    this.store = store;
  }

  get(key) {
    return asked(this.store.get(key));
  }

  all() {
    return asked(this.store.getAll());
  }

  at(place) {
    return asked(this.store.index("place").get(place));
  }

  async put(record) {
    const key = await asked(this.store.put(record));
    record[this.store.keyPath] = key;
    return record;
  }

  remove(key) {
    return asked(this.store.delete(key));
  }
}

/** The same over what a page holds, before what is kept. */
class Held {
  constructor(store, name) {
    Object.assign(this, { store, name, key: KEYS[name], records: store.held[name] });
  }

  get(key) {
    return this.store.get(this.name, key);
  }

  all() {
    return this.store.all(this.name);
  }

  async at(place) {
    return (await this.all()).find((record) => record.place === place);
  }

  async put(record) {
    record[this.key] ??= Date.now() * 1000 + this.records.size; // after all that the database has counted
    this.records.set(record[this.key], record);
    return record;
  }

  remove(key) {
    return this.store.remove(this.name, key);
  }
}

export class Store {
  constructor() {
    this.isRefused = false;
    this.held = Object.fromEntries(Object.keys(KEYS).map((name) => [name, new Map()]));
  }

  /** Whether all that is unsent outlives the page. */
  get isKept() {
    return !this.isRefused && !this.held.operations.size;
  }

  get database() {
    this.opened ??= open(() => (this.opened = null)).catch(() => {
      this.isRefused = true;
      return null;
    });
    return this.opened;
  }

  /** One transaction over the named stores: `act` gets them and may await nothing but them. */
  async run(names, mode, act) {
    const database = await this.database;
    if (!database) return this.hold(names, act);
    const transaction = database.transaction(names, mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error || new Error("aborted"));
    });
    done.catch(() => {});
    try {
      const value = await act(...names.map((name) => new Kept(transaction.objectStore(name))));
      await done;
      return value;
    } catch (error) {
      try {
        transaction.abort();
      } catch {
        // It is over already.
      }
      throw error;
    }
  }

  hold(names, act) {
    return act(...names.map((name) => new Held(this, name)));
  }

  /** Like `run` to write, with the reserve where there is no other room; what is not written even so is held as long as the page is open. */
  async write(names, act) {
    const tried = () => this.run(names, "readwrite", act);
    return tried()
      .catch(async (error) => {
        if (await giveUp()) return tried();
        throw error;
      })
      .catch(() => this.hold(names, act));
  }

  /** All records of a store, those that are only held included. */
  async all(name) {
    const kept = (await this.database) ? await this.run([name], "readonly", (store) => store.all()).catch(() => []) : [];
    const held = [...this.held[name].values()];
    const key = KEYS[name];
    const isHeld = new Set(held.map((record) => record[key]));
    return [...kept.filter((record) => !isHeld.has(record[key])), ...held];
  }

  async get(name, key) {
    if (this.held[name].has(key)) return this.held[name].get(key);
    return (await this.database) ? this.run([name], "readonly", (store) => store.get(key)) : undefined;
  }

  async put(name, record) {
    return this.write([name], (store) => store.put(record));
  }

  async remove(name, key) {
    this.held[name].delete(key);
    if (await this.database) await this.run([name], "readwrite", (store) => store.remove(key)).catch(() => {});
  }

  /** Change a record as it is now; `change` gives the new one, or null where it is to go. Undefined when it is gone. */
  async change(name, key, change) {
    const act = async (store) => {
      const record = await store.get(key);
      if (!record) return undefined;
      const next = change(record);
      if (next === null) await store.remove(key);
      else await store.put(next);
      return next;
    };
    return this.held[name].has(key) ? this.hold([name], act) : this.write([name], act);
  }
}

export const store = new Store();
