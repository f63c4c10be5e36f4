// Words are blurred when nobody has pressed or moved anything for a while, and come back at once.
//
// This keeps them from a glance, and not from somebody who sits down here: any key shows them.
// A modal dialog lies over everything, so nothing else has the focus and nothing is closed or
// lost; the browser gives the focus back when it goes.

import { make } from "./elements.js";
import { WORDS } from "./wording.js";

const KEY = "ballast-blur-minutes"; // a choice, no words: signing out leaves it
const MINUTES = ["1", "3", "10", "never"];
const USUAL = "3";
const MINUTE_MS = 60_000;

const veil = document.getElementById("veil");
const cover = document.getElementById("cover");
let chosen = readChoice();
let usedAt = Date.now(); // by the clock on the wall, which goes on while a computer sleeps
let timer = 0;

const left = () => (chosen === "never" ? Infinity : usedAt + chosen * MINUTE_MS - Date.now());

function wait() {
  clearTimeout(timer);
  if (left() < Infinity) timer = setTimeout(look, Math.max(left(), 0) + 50);
}

function look() {
  if (veil.open || left() > 0) return wait();
  if (!cover.hidden) return;
  document.body.classList.add("blurred");
  veil.showModal();
}

function show() {
  usedAt = Date.now();
  document.body.classList.remove("blurred");
  if (veil.open) veil.close();
  wait();
}

/** Note that somebody is here; what came after the time was up only wakes, and does nothing else. */
function use(event) {
  if (!veil.open && cover.hidden && left() <= 0) look();
  if (!veil.open) usedAt = Date.now();
  else if (event.type === "keydown") wake(event);
}

function wake(event) {
  // Escape twice still covers the page, and the browser's own keys stay its own.
  if (event.key !== "Escape") event.stopImmediatePropagation();
  if (!event.ctrlKey && !event.metaKey && !event.altKey) event.preventDefault();
  show();
}

function readChoice() {
  try {
    const kept = localStorage.getItem(KEY);
    return MINUTES.includes(kept) ? kept : USUAL;
  } catch {
    return USUAL; // forbidden
  }
}

/** Begin to watch; the veil is taken away by any key, or by a press on it. */
export function setUpIdle() {
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) {
    addEventListener(kind, use, { capture: true, passive: kind !== "keydown" });
  }
  // Not at pressing down: the press would go on to what lies beneath.
  veil.addEventListener("click", show);
  // The browser itself may close it, at a phone's gesture back.
  veil.addEventListener("close", () => {
    if (!veil.open && document.body.classList.contains("blurred")) show();
  });
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", look);
  new MutationObserver(() => {
    usedAt = Date.now();
    wait();
  }).observe(cover, { attributes: true });
  wait();
}

/** Draw the choice of how long it takes. */
export function drawIdleChoice() {
  const options = MINUTES.map((one) =>
    make("option", { value: one, selected: one === chosen }, one === "never" ? WORDS.blurNever : WORDS.blurAfter(Number(one))),
  );
  const select = make("select", { id: "blur-after" }, options);
  select.addEventListener("change", () => {
    chosen = select.value;
    try {
      localStorage.setItem(KEY, chosen);
    } catch {
      // Forbidden: then it holds until this page is closed.
    }
    wait();
  });
  return make("p", { class: "calm" }, make("label", { for: "blur-after" }, WORDS.blur), select);
}
