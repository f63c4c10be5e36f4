// Words that the server has not kept yet: drafts and messages on their way.
//
// They are held here, written sealed to the device (`device.js`) as fast as it takes them, and
// told to the other open pages; each is removed as soon as the server has kept it. Where the
// device cannot seal, or is to keep nothing, they last as long as the page.

import { ourPage } from "./language.js";

const DAY_MS = 86_400_000;
const LONGEST_WRITING_MS = 1500; // a device that hangs must not hold up a message
const FIRST_RETRY_MS = 5000; // a slow device is asked again: messages may lie on it
const LONGEST_RETRY_MS = 60_000;
const CHOICE = "keep-nothing";
const OLD_PREFIX = "ballast:"; // an earlier release kept them readable, under such names

const held = new Map(); // by key: a draft {text, at} or a message {id, text, choice, at}
const versions = new Map(); // as they lie on the device
const latest = new Map(); // when each was last told or heard of among the pages
const unwritten = new Set();
const listeners = new Set();
let others = null;
// One can write before it has come.
const loading = import("./device.js");
let device = null;
let opening = null;
let reaching = null;
let writing = null;
let hasFailed = false;
let retry = FIRST_RETRY_MS;
let retrying = 0;
let choice = null; // as it was made in this page, should it be forbidden to remember it

const draftKey = (reflection) => `${reflection}:draft`;
const messageKey = (reflection, id) => `${reflection}:message:${id}`;
const isDraft = (key) => key.endsWith(":draft");

function inStorage(work) {
  try {
    return work(localStorage);
  } catch {
    return null; // forbidden
  }
}

export const keepsNothing = () => choice ?? inStorage((storage) => storage.getItem(CHOICE)) !== null;

/** Say how long words here last: "device", or as long as the page: "nothing" by choice, "cannot". */
export function keeping() {
  if (keepsNothing()) return "nothing";
  return hasFailed ? "cannot" : "device";
}

/** Find what earlier pages left; what is kept before that is joined with it. */
export function openUnsent() {
  opening ??= begin();
  return opening;
}

async function begin() {
  if (globalThis.BroadcastChannel) {
    others = new BroadcastChannel("ballast");
    others.onmessage = ({ data }) => hear(data);
  }
  addEventListener("beforeunload", (event) => {
    if (keeping() !== "device" && held.size) event.preventDefault();
  });
  document.addEventListener("visibilitychange", lookAgain);
  const old = takeOverOld();
  await (reaching = reach());
  others?.postMessage({ asks: true });
  await flush();
  for (const key of old) inStorage((storage) => storage.removeItem(key));
}

function takeOverOld() {
  const keys = inStorage((storage) => Object.keys(storage).filter((key) => key.startsWith(OLD_PREFIX))) ?? [];
  for (const key of keys) {
    try {
      const value = JSON.parse(localStorage.getItem(key));
      if (value?.text) hold(key.slice(OLD_PREFIX.length), value);
    } catch {
      // Not of ours: it only goes.
    }
  }
  return keys;
}

async function reach() {
  device = null;
  versions.clear();
  try {
    const { clearDevice, openDevice } = await loading;
    if (keepsNothing()) await clearDevice();
    else {
      device = await openDevice();
      takeAll(await device.read());
    }
    hasFailed = false;
    retry = FIRST_RETRY_MS;
  } catch {
    giveUp();
  }
  announce();
}

// For now: what earlier pages left may lie on a device that is only slow.
function giveUp() {
  device = null;
  hasFailed = true;
  clearTimeout(retrying);
  retrying = setTimeout(reachAnew, retry);
  retry = Math.min(retry * 2, LONGEST_RETRY_MS);
}

async function reachAnew() {
  await writing;
  for (const key of held.keys()) unwritten.add(key);
  await (reaching = reach());
  await flush();
}

// A page that slept may have missed what the others told.
async function lookAgain() {
  await writing;
  if (!device || document.hidden) return;
  const found = await device.read().catch(() => []);
  if (!writing) takeAll(found);
}

function takeAll(found) {
  for (const one of found) {
    if (versions.get(one.key) !== one.version) take({ ...one, at: one.value.at });
  }
}

/** Take over what another page, or an earlier one, wrote; a draft changed here too is joined. */
function take({ key, value, version, at }) {
  const mine = held.get(key);
  if (version !== undefined) versions.set(key, version);
  latest.set(key, at);
  if (isDraft(key) && unwritten.has(key) && mine) {
    if (value) held.set(key, join(value, mine));
  } else {
    unwritten.delete(key);
    if (value) held.set(key, value);
    else held.delete(key);
  }
  announce(key);
}

/** Give two drafts as one, the older first; nothing is lost, and nothing stands there twice. */
function join(...drafts) {
  const [older, newer] = drafts.sort((one, other) => one.at - other.at);
  const whole = [older, newer].find(({ text }) => text.includes(older.text) && text.includes(newer.text));
  return { text: whole?.text ?? `${older.text}\n\n${newer.text}`, at: newer.at + 1 };
}

async function hear({ changes = [], asks, signedOut, chose }) {
  if (signedOut) return letGo();
  if (chose) return turn(chose.nothing);
  // A page that has just opened finds nothing on the device: it is told.
  if (asks && !device) return tell([...held].map(([key, value]) => ({ key, value, at: value.at })));
  while (writing) await writing;
  for (const one of changes) {
    const known = latest.get(one.key) ?? 0;
    if (one.at <= known) continue;
    // Without a device between them, two pages may each have changed what the other had not seen.
    const isApart = !device && isDraft(one.key) && held.has(one.key) && one.before !== known;
    if (isApart) unwritten.add(one.key);
    take(one);
  }
  flush();
}

function tell(changes) {
  if (changes.length) others?.postMessage({ changes });
}

function announce(key = "") {
  for (const listener of listeners) listener(key);
}

/** Have `listener` called when something came from elsewhere; gives what ends that. */
export function onElsewhere(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function hold(key, value) {
  if (!value && !held.has(key)) return;
  if (value) held.set(key, value);
  else held.delete(key);
  unwritten.add(key);
}

// Never before what is known already: clocks jump.
const now = (key) => Math.max(Date.now(), (latest.get(key) ?? 0) + 1, (held.get(key)?.at ?? 0) + 1);

/** Write what is not written yet; done when it lies on the device, or cannot. */
function flush() {
  openUnsent();
  if (unwritten.size) writing ??= writeAll().finally(() => (writing = null));
  return writing ? Promise.race([writing, new Promise((go) => setTimeout(go, LONGEST_WRITING_MS))]) : null;
}

async function writeAll() {
  await reaching;
  let patience = 2;
  while (unwritten.size) {
    const changes = [...unwritten].map((key) => {
      const value = held.get(key);
      return { key, value, at: value?.at ?? now(key), before: latest.get(key) ?? 0 };
    });
    unwritten.clear();
    try {
      if (device && !(await write(changes))) continue;
      for (const { key, at } of changes) latest.set(key, at);
      tell(changes);
    } catch {
      // Perhaps somebody cleared what this site kept: all is written anew, once.
      for (const { key } of changes) unwritten.add(key);
      for (const key of held.keys()) unwritten.add(key);
      patience -= 1;
      if (patience) await reach();
      else {
        giveUp();
        announce();
      }
    }
  }
}

async function write(changes) {
  const asWritten = changes.map(({ key, value }) => ({
    key,
    value,
    before: isDraft(key) ? (versions.get(key) ?? "") : undefined,
  }));
  const { clash, versions: fresh } = await device.write(asWritten);
  if (clash) {
    for (const { key } of changes) unwritten.add(key);
    take({ ...clash, at: clash.value.at });
    return false;
  }
  fresh.forEach((version, key) => versions.set(key, version));
  return true;
}

export const draftOf = (reflection) => held.get(draftKey(reflection))?.text ?? "";

export function keepDraft(reflection, text) {
  const key = draftKey(reflection);
  if (text !== draftOf(reflection)) hold(key, text ? { text, at: now(key) } : null);
  return flush();
}

/** Messages of a reflection that were sent or should have been, oldest first. */
export function messagesOf(reflection) {
  const start = messageKey(reflection, "");
  return [...held]
    .filter(([key]) => key.startsWith(start))
    .map(([, message]) => message)
    .sort((one, other) => one.at - other.at);
}

/** Keep a message in one go with taking its words out of the draft, if they stand there. */
export function keepMessage(reflection, message, isDrafted) {
  hold(messageKey(reflection, message.id), message);
  if (isDrafted) hold(draftKey(reflection), null);
  return flush();
}

export function dropMessage(reflection, id) {
  hold(messageKey(reflection, id), null);
  flush();
}

export const hasUnsent = (reflection) => [...held.keys()].some((key) => key.startsWith(`${reflection}:`));

export const hasAnyUnsent = () => held.size > 0;

function forgetThose(isOne) {
  for (const [key, value] of [...held]) {
    if (isOne(key.split(":")[0], value)) hold(key, null);
  }
  flush();
}

export const forget = (reflection) => forgetThose((one) => one === reflection);

/**
 * Remove what has lain here for a day under reflections that are not among `own`.
 *
 * They are deleted, or somebody else's who used this computer; that person may come back
 * today, so nothing fresh is removed.
 */
export function forgetStrangers(own) {
  forgetThose((reflection, { at }) => !own.includes(reflection) && !(Date.now() - (at ?? 0) < DAY_MS));
}

function letGo() {
  clearTimeout(retrying);
  held.clear();
  unwritten.clear();
  device = null;
  location.replace(ourPage("/sign-in"));
}

/** Remove everything and go to the sign-in, here and in the other pages. */
export async function forgetEverything() {
  await openUnsent();
  others?.postMessage({ signedOut: true });
  held.clear();
  unwritten.clear();
  await writing;
  await loading.then(({ clearDevice }) => clearDevice()).catch(() => {});
  letGo();
}

/** Choose whether this device keeps anything; what is there already goes at once. */
export async function keepNothing(isChosen) {
  choice = isChosen;
  inStorage((storage) => (isChosen ? storage.setItem(CHOICE, "yes") : storage.removeItem(CHOICE)));
  others?.postMessage({ chose: { nothing: isChosen } });
  await turn(isChosen);
}

async function turn(isNothing) {
  choice = isNothing;
  await reachAnew();
}

/** A fresh id for a message. `randomUUID` is missing where the page does not come over HTTPS. */
export function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
