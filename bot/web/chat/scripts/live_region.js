// What newly arrives, read out by a screen reader: once, as plain text, and never one's own words.
//
// The conversation itself is no live region: it is drawn anew in parts, and a browser would
// read out whatever it takes for new. Nothing is read while the page is covered or a dialog
// is open; it waits until that is over.

import { make } from "./elements.js";
import { THEIRS } from "./language.js";
import { positionOf } from "./stages.js";
import { isOnlyACheck } from "./turns.js";
import { WORDS } from "./wording.js";

const TOGETHER_MS = 120; // what comes in one answer is one
const STANDS_MS = 1500; // then it is taken away, so that nobody finds it a second time

const first = { region: document.getElementById("read-first"), waiting: [] };
const then = { region: document.getElementById("read-out"), waiting: [] };
let timer = 0;

const isQuiet = () => document.querySelector("#cover:not([hidden]), dialog[open]");

function next() {
  timer = 0;
  const due = [first, then].find(({ waiting }) => waiting.length);
  if (!due || isQuiet()) return;
  due.region.replaceChildren(...due.waiting.splice(0));
  timer = setTimeout(() => {
    due.region.textContent = "";
    next();
  }, STANDS_MS);
}

function say(place, text, whose = {}) {
  place.waiting.push(make("span", whose, `${text} `));
  timer ||= setTimeout(next, TOGETHER_MS);
}

/** Forget what was not read out yet. */
export function hush() {
  first.waiting.length = then.waiting.length = 0;
}

// Dialogs that close, and the cover that is taken away.
const goOn = () => timer || next();
document.addEventListener("close", goOn, true);
new MutationObserver(goOn).observe(document.getElementById("cover"), { attributes: true });

/**
 * Give what reads out a reflection: told all turns and where it stands, it says what is new.
 *
 * What was said before it was opened is there to be read: only the stage is told.
 */
export function readOutFor() {
  const known = new Set();
  let place = "";
  let isOpened = false;

  function isNew(turn, what) {
    const key = `${turn.turn} ${what}`;
    const isFresh = !known.has(key);
    known.add(key);
    return isFresh && isOpened;
  }

  function readTurn(turn) {
    const isAlarm = !isOnlyACheck(turn);
    if (turn.masked_notice && isNew(turn, "masked")) say(then, turn.masked_notice, THEIRS);
    turn.said.forEach(({ voice, text }, index) => {
      if (!isNew(turn, index)) return;
      const isSafety = voice === "safety";
      const place = isSafety && isAlarm ? first : then;
      if (isSafety) say(place, `${isAlarm ? WORDS.safety : WORDS.safetyCheck}:`);
      say(place, text, THEIRS);
    });
    turn.steps.forEach(({ text }, index) => {
      if (!isNew(turn, `step ${index}`) || !text) return;
      say(then, `${WORDS.stepNumber(index + 1)}:`);
      say(then, text, THEIRS);
    });
    const choices = turn.choices.filter(({ id }) => isNew(turn, `choice ${id}`)).map(({ label }) => label);
    if (!choices.length) return;
    say(then, `${WORDS.choices}:`);
    say(then, `${choices.join(", ")}.`, THEIRS);
  }

  return function readOut(turns, reflection) {
    turns.forEach(readTurn);
    const now = placeOf(reflection);
    if (now && now !== place) say(then, now);
    place = now;
    isOpened = true;
  };
}

function placeOf(reflection) {
  if (reflection.state === "closed") return WORDS.closedNow;
  const { stages } = reflection;
  const position = positionOf(reflection);
  return stages[position] ? WORDS.stageNow(position + 1, stages.length, stages[position].name) : "";
}
