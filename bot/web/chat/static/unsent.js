// Words that the server has not kept yet: drafts and messages on their way.
//
// They lie in this browser's localStorage, as they were typed, because losing them would be
// worse; each is removed as soon as the server has kept it. A message has a key of its own,
// so that two open pages do not overwrite each other.

const PREFIX = "ballast:";
const DAY_MS = 86_400_000;
const spare = new Map(); // where a browser forbids localStorage: lasts as long as the page

function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    spare.set(key, value);
  }
}

function remove(key) {
  spare.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Forbidden: then nothing was stored there either.
  }
}

function everything() {
  const found = new Map(spare);
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX)) found.set(key, localStorage.getItem(key));
    }
  } catch {
    // Forbidden: the spare has all there is.
  }
  return found;
}

const draftKey = (reflection) => `${PREFIX}${reflection}:draft`;
const messageKey = (reflection, id) => `${PREFIX}${reflection}:message:${id}`;

function read(raw) {
  try {
    return JSON.parse(raw ?? "null");
  } catch {
    return null;
  }
}

export function draftOf(reflection) {
  return read(everything().get(draftKey(reflection)))?.text ?? "";
}

export function keepDraft(reflection, text) {
  if (text) write(draftKey(reflection), JSON.stringify({ text, at: Date.now() }));
  else remove(draftKey(reflection));
}

/** Messages of a reflection that were sent or should have been, oldest first. */
export function messagesOf(reflection) {
  const start = messageKey(reflection, "");
  return [...everything()]
    .filter(([key]) => key.startsWith(start))
    .map(([, raw]) => read(raw))
    .filter(Boolean)
    .sort((one, other) => one.at - other.at);
}

export function keepMessage(reflection, message) {
  write(messageKey(reflection, message.id), JSON.stringify(message));
}

export function dropMessage(reflection, id) {
  remove(messageKey(reflection, id));
}

export function hasUnsent(reflection) {
  const start = `${PREFIX}${reflection}:`;
  return [...everything().keys()].some((key) => key.startsWith(start));
}

export function forget(reflection) {
  for (const key of everything().keys()) {
    if (key.startsWith(`${PREFIX}${reflection}:`)) remove(key);
  }
}

/**
 * Remove what has lain here for a day under reflections that are not among `own`.
 *
 * They are deleted, or somebody else's who used this computer; that person may come back
 * today, so nothing fresh is removed.
 */
export function forgetStrangers(own) {
  for (const [key, raw] of everything()) {
    const reflection = key.slice(PREFIX.length).split(":")[0];
    const isOld = !(Date.now() - (read(raw)?.at ?? 0) < DAY_MS);
    if (isOld && !own.includes(reflection)) remove(key);
  }
}

export const hasAnyUnsent = () => everything().size > 0;

export function forgetEverything() {
  for (const key of everything().keys()) remove(key);
}

/** A fresh id for a message. `randomUUID` is missing where the page does not come over HTTPS. */
export function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
