// Staying with the newest, without pulling anybody away from what they are reading.

const NEAR_THE_END_PX = 180;
const SCROLLING_MS = 900;

const log = document.getElementById("log");
const bar = document.querySelector(".bar");
const newer = document.getElementById("newer");
let followedAt = -Infinity;

/** Say whether the end is in view, or being scrolled to. */
export function isAtEnd() {
  const isNear = innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR_THE_END_PX;
  return isNear || performance.now() - followedAt < SCROLLING_MS;
}

/** Scroll to the newest: down to the end, but never past where the last answer begins. */
export function follow({ atOnce = false, toEnd = false } = {}) {
  newer.hidden = true;
  followedAt = performance.now();
  const newest = log.querySelector(".turn:last-of-type");
  const answer = newest?.querySelector(".said") ?? newest;
  const height = bar.offsetHeight + (parseFloat(getComputedStyle(bar).top) || 0);
  const end = document.documentElement.scrollHeight - innerHeight;
  const start = answer ? answer.getBoundingClientRect().top + scrollY - height - 20 : end;
  const isCalm = atOnce || matchMedia("(prefers-reduced-motion: reduce)").matches;
  window.scrollTo({ top: toEnd ? end : Math.min(end, start), behavior: isCalm ? "instant" : "smooth" });
}

/** Say that there is something new further down, if it is out of view. */
export function pointToNewer() {
  newer.hidden = isAtEnd();
}

newer.addEventListener("click", () => {
  follow();
  log.focus({ preventScroll: true });
});
addEventListener("scroll", () => isAtEnd() && (newer.hidden = true), { passive: true });
// Scrolling by hand ends the following.
for (const kind of ["wheel", "touchmove"]) {
  addEventListener(kind, () => (followedAt = -Infinity), { passive: true });
}
