// What may say who somebody is, noticed before it is sent: named, and masked by one key.
//
// It never stands in the way: sending a second time sends, and the server masks by itself.

import { make } from "./elements.js";
import { findIdentifiers, maskFound } from "./identifiers.js";
import { insertText } from "./plain.js";
import { WORDS } from "./wording.js";

const PAUSE_MS = 400;
const MOST_NAMED = 3;

const line = document.getElementById("noticed");
// What was sent as it is once is not asked about again while this page is open.
const accepted = new Set();
let timer = 0;
let shown = "";

const fresh = (text) => findIdentifiers(text).filter((one) => !accepted.has(one.text.toLowerCase()));

/** Look at what stands in `box`, once the writer pauses. */
export function look(box) {
  clearTimeout(timer);
  timer = setTimeout(() => draw(box, fresh(box.value), false), PAUSE_MS);
}

/** Say whether sending `box` is to wait for a second time; then the line says why. */
export function holds(box) {
  clearTimeout(timer);
  const found = fresh(box.value);
  draw(box, found, found.length > 0);
  for (const { text } of found) accepted.add(text.toLowerCase());
  return found.length > 0;
}

/** Mask what is named in the line; say whether there was anything. */
export function mask(box) {
  const found = findIdentifiers(box.value);
  if (!found.length || line.hidden) return false;
  const masked = maskFound(box.value, found);
  box.select();
  insertText(box, masked);
  clearTimeout(timer);
  draw(box, [], false);
  say(make("p", { role: "status" }, WORDS.noticedMasked));
  return true;
}

export function clear() {
  clearTimeout(timer);
  say();
}

function draw(box, found, isHeld) {
  const named = [...new Map(found.map((one) => [one.text.toLowerCase(), one])).values()];
  const signature = JSON.stringify([named.map(({ text }) => text), isHeld]);
  if (signature === shown) return;
  if (!named.length) return say();
  const some = named.slice(0, MOST_NAMED).map(({ text, kind }) => WORDS.noticedOne(text, WORDS.noticedKinds[kind]));
  const words = WORDS.noticed(some, named.length - some.length);
  const button = make(
    "button",
    { type: "button", class: "quiet", "aria-keyshortcuts": "Alt+M", onclick: () => mask(box) },
    WORDS.noticedMask,
  );
  say(make("p", { role: isHeld && "alert" }, isHeld ? `${words} ${WORDS.noticedHeld}` : words), button);
  shown = signature;
}

function say(...nodes) {
  shown = "";
  line.hidden = !nodes.length;
  line.replaceChildren(...nodes);
}
