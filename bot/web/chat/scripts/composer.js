// The place to write: it grows, counts, and sends.

import { insertText, plainText } from "./plain.js";
import { WORDS } from "./wording.js";

const form = document.getElementById("writing");
const box = document.getElementById("composer");
const button = document.getElementById("send");
const hint = document.getElementById("composer-hint");
const longest = Number(document.body.dataset.longestMessage) || 8000;
const isTouch = matchMedia("(pointer: coarse)");
const isNarrow = matchMedia("(max-width: 34rem)");

let isFirst = true;
let isSending = false;
let hears = { send() {}, changed() {} };
// Loaded when something is typed. Without it the server's masking is all there is, as before.
let noticing = null;
let isLoading = false;

/** Say who is told what is sent and what is changed. */
export function onWriting(listener) {
  hears = listener;
}

export function draft() {
  return box.value;
}

/** Give, once, what was typed before anything listened. */
export function typedBefore() {
  const typed = isFirst ? box.value : "";
  isFirst = false;
  return typed;
}

/** Put `text` into the box, without moving the focus. */
export function setDraft(text) {
  box.value = text;
  refresh();
}

export function showComposer(isShown) {
  form.hidden = !isShown;
  hint.hidden = !isShown;
}

export function focusComposer() {
  box.focus({ preventScroll: true });
}

/** Have what was put into the box kept as if it had been typed. */
export function tellChanged() {
  hears.changed(box.value);
}

// On a phone the focus would open the keyboard over what is about to be read.
export const mayFocusComposer = () => !isTouch.matches;

// As the server counts: code points.
function length(text) {
  return text.length < longest * 0.8 ? text.length : Array.from(text).length;
}

async function submit() {
  if (isSending) return;
  const typed = box.value;
  const text = plainText(typed).trim();
  if (!text) return focusComposer();
  if (length(text) > longest) {
    hint.setAttribute("role", "alert");
    hint.textContent = ""; // written anew, so that it is read out
    return refresh();
  }
  if (noticing?.holds(box)) return;
  // First into the outbox, on the device: only then do the words leave the box.
  isSending = true;
  await hears.send(text);
  isSending = false;
  if (box.value.startsWith(typed)) setDraft(box.value.slice(typed.length));
  hears.changed(box.value);
  noticing?.clear();
}

async function notice() {
  if (noticing) return noticing.look(box);
  if (isLoading) return;
  isLoading = true;
  try {
    noticing = await import("./noticing.js");
    noticing.look(box);
  } catch {
    isLoading = false; // no network: the next letter tries again
  }
}

function refresh() {
  // Where a browser has no field-sizing the height is set by hand.
  if (!CSS.supports("field-sizing", "content")) {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  }
  const used = length(box.value.trim());
  const isOver = used > longest;
  // It stays a button that can be pressed: over the limit it explains.
  button.classList.toggle("idle", isOver || used === 0);
  if (isOver) button.setAttribute("aria-describedby", "composer-hint");
  else button.removeAttribute("aria-describedby");
  hint.classList.toggle("over", isOver);
  if (!isOver) hint.removeAttribute("role");
  const calm = isTouch.matches || isNarrow.matches ? WORDS.hintTouch : WORDS.hintDesktop;
  const text = isOver
    ? WORDS.tooLong(used - longest, longest)
    : used >= longest * 0.8
      ? WORDS.count(used, longest)
      : calm;
  if (hint.textContent !== text) hint.textContent = text;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
box.addEventListener("input", () => {
  refresh();
  hears.changed(box.value);
  notice();
});
box.addEventListener("paste", (event) => {
  const pasted = event.clipboardData?.getData("text/plain");
  const plain = pasted && plainText(pasted);
  if (!plain || plain === pasted) return;
  event.preventDefault();
  insertText(box, plain);
});
box.addEventListener("keydown", (event) => {
  if (event.altKey && event.code === "KeyM" && noticing?.mask(box)) return event.preventDefault();
  if (event.key !== "Enter" || event.isComposing) return;
  const isAlways = event.ctrlKey || event.metaKey;
  if (!isAlways && (event.shiftKey || event.altKey || isTouch.matches)) return;
  event.preventDefault();
  submit();
});
isTouch.addEventListener("change", refresh);
refresh();
