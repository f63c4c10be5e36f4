// When the sign-in ends: said some time before, once and without hurry.

import { sayTime, WORDS } from "./wording.js";

const MINUTE_MS = 60_000;
const BEFORE_MS = 10 * MINUTE_MS;

const idleMs = document.body.dataset.idleMinutes * MINUTE_MS;
const endsAt = Date.now() + document.body.dataset.secondsLeft * 1000;
let usedAt = Date.now();

/** Note that the server was asked for something, which keeps the sign-in. */
export function noteUse() {
  usedAt = Date.now();
}

/** Say whether the server should be told that somebody is here: who writes for long is not away. */
export const isUseDue = () => Date.now() - usedAt > Math.min(BEFORE_MS, idleMs / 4);

/** Give the sentence to say now, or "". It names a time and does not count down to it. */
export function endingSoon() {
  const idleAt = usedAt + idleMs;
  const at = Math.min(endsAt, idleAt);
  if (!(Date.now() > at - Math.min(BEFORE_MS, idleMs / 4))) return "";
  return (endsAt <= idleAt ? WORDS.endsAt : WORDS.endsIdle)(sayTime(at));
}
