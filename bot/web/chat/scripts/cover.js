// "Hide": a neutral page over everything, at once.

import { WORDS } from "./wording.js";

const TWICE_MS = 700;
// Whoever presses Escape in a fright presses it more than twice: that must not uncover.
const QUIET_MS = 1500;
const KEY = "covered";
const ICONS = { true: "/static/notes.svg", false: "/static/ballast.svg" };

const app = document.getElementById("app");
const cover = document.getElementById("cover");
let lastEscape = -Infinity;
let quietUntil = 0;
let focusedBefore = null;
let scrollBefore = 0;

function setCovered(isCovered) {
  if (cover.hidden === !isCovered) return;
  if (isCovered) {
    focusedBefore = document.activeElement;
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  }
  cover.hidden = !isCovered;
  app.hidden = isCovered;
  document.body.classList.toggle("covered", isCovered);
  document.title = isCovered ? WORDS.coverTitle : WORDS.brand;
  document.getElementById("icon").href = ICONS[isCovered];
  // A reload must not uncover it.
  try {
    if (isCovered) sessionStorage.setItem(KEY, "yes");
    else sessionStorage.removeItem(KEY);
  } catch {
    // Forbidden: then a reload uncovers.
  }
  if (isCovered) cover.focus();
  else {
    focusedBefore?.focus?.({ preventScroll: true });
    scrollTo(0, scrollBefore);
  }
}

function hide() {
  scrollBefore = scrollY;
  quietUntil = performance.now() + QUIET_MS;
  setCovered(true);
}

/** Begin to listen for Escape and the buttons, and cover at once if it was covered before. */
export function setUpCover() {
  cover.tabIndex = -1;
  document.getElementById("hide").addEventListener("click", hide);
  document.getElementById("uncover").addEventListener("click", () => setCovered(false));
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.repeat || event.isComposing) return;
      const now = performance.now();
      const isSecond = now - lastEscape < TWICE_MS;
      lastEscape = now;
      if (!cover.hidden && now < quietUntil) {
        quietUntil = now + QUIET_MS;
      } else if (isSecond) {
        lastEscape = -Infinity;
        if (cover.hidden) hide();
        else setCovered(false);
      }
    },
    true,
  );
  try {
    if (sessionStorage.getItem(KEY)) setCovered(true);
  } catch {
    // Forbidden: nothing was noted.
  }
}
