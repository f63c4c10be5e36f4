// What lies on this device, sealed: records that only this browser's own keys open.
//
// The keys cannot be exported, by this page neither. A record shows a name that says nothing
// (a keyed code of what it is), and how many blocks it fills; the name is sealed in with it.

const BLOCK_BYTES = 1024;
const LONGEST_OPENING_MS = 4000; // some private modes never answer
const LONGEST_DELETING_MS = 1000;
const NAME = "ballast";
const KEYS = "keys";
const RECORDS = "records";

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => [KEYS, RECORDS].forEach((name) => request.result.createObjectStore(name));
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    setTimeout(() => reject(new Error("slow")), LONGEST_OPENING_MS);
  });
}

async function keysOf(database, subtle) {
  const found = await done(database.transaction(KEYS).objectStore(KEYS).get(KEYS));
  if (found) return found;
  const made = {
    seal: await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
    name: await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]),
  };
  // Another page may have been quicker: the keys that were there first are those of all.
  const store = database.transaction(KEYS, "readwrite").objectStore(KEYS);
  const theirs = await done(store.get(KEYS));
  if (!theirs) await done(store.put(made, KEYS));
  return theirs ?? made;
}

const versionOf = (record) => (record ? String(record.nonce) : "");

/** Open the device. Throws where a browser has no sealing (plain http) or no place. */
export async function openDevice() {
  const { subtle } = crypto;
  if (!subtle) throw new Error("no sealing here");
  const database = await openDatabase();
  const keys = await keysOf(database, subtle);
  const bytesOf = (text) => new TextEncoder().encode(text);
  const nameOf = (key) => subtle.sign("HMAC", keys.name, bytesOf(key));

  async function seal(key, value) {
    const name = await nameOf(key);
    if (!value) return { name };
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const words = bytesOf(JSON.stringify([key, value]));
    // Filled up with spaces, which JSON does not mind.
    const padded = new Uint8Array(Math.ceil(words.length / BLOCK_BYTES) * BLOCK_BYTES).fill(32);
    padded.set(words);
    const sealed = await subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: name }, keys.seal, padded);
    return { name, record: { nonce, sealed } };
  }

  async function unseal(name, { nonce, sealed }) {
    const plain = await subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData: name }, keys.seal, sealed);
    return JSON.parse(new TextDecoder().decode(plain));
  }

  /** Give all there is as [{key, value, version}]; what these keys do not open is removed. */
  async function read() {
    const store = database.transaction(RECORDS).objectStore(RECORDS);
    const [names, records] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
    const found = [];
    for (const [index, record] of records.entries()) {
      try {
        const [key, value] = await unseal(names[index], record);
        found.push({ key, value, version: versionOf(record) });
      } catch {
        database.transaction(RECORDS, "readwrite").objectStore(RECORDS).delete(names[index]);
      }
    }
    return found;
  }

  /**
   * Write [{key, value, before}] all together; without a value a record is removed.
   *
   * Gives the new versions by key; or, where one that names its version `before` was changed
   * by another page, writes nothing and gives {clash: {key, value, version}}.
   */
  async function write(changes) {
    const sealed = await Promise.all(changes.map(({ key, value }) => seal(key, value)));
    const transaction = database.transaction(RECORDS, "readwrite");
    const store = transaction.objectStore(RECORDS);
    const versions = new Map();
    for (const [index, { key, before }] of changes.entries()) {
      const { name, record } = sealed[index];
      const there = before === undefined ? null : await done(store.get(name));
      if (before !== undefined && there && versionOf(there) !== before) {
        transaction.abort();
        const [, value] = await unseal(name, there);
        return { clash: { key, value, version: versionOf(there) } };
      }
      if (record) store.put(record, name);
      else store.delete(name);
      versions.set(key, versionOf(record));
    }
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return { versions };
  }

  return { read, write };
}

/** Remove everything, the keys first; pages that have it open let go of it. */
export async function clearDevice() {
  const database = await openDatabase();
  const transaction = database.transaction([KEYS, RECORDS], "readwrite");
  for (const name of [KEYS, RECORDS]) transaction.objectStore(name).clear();
  await new Promise((resolve) => (transaction.oncomplete = transaction.onabort = resolve));
  database.close();
  // A page that is frozen does not let go: it holds an empty one.
  await Promise.race([done(indexedDB.deleteDatabase(NAME)), new Promise((go) => setTimeout(go, LONGEST_DELETING_MS))]);
}
