// An answer given earlier, asked for once more: its words can be edited, or left as they were.

import * as composer from "./composer.js";
import { make } from "./elements.js";
import { WORDS } from "./wording.js";

const place = document.getElementById("again");
const A_NUMBER = /^\d+([.,]\d+)?$/;
let shown = "";

/** Give the turn whose question is asked once more, or undefined. */
export function askedAgain(turns) {
  const asked = turns.at(-1)?.asks?.question;
  return turns.findLast((turn) => turn.change && turn.question === asked);
}

/**
 * Put the words of an earlier answer into the composer, and the focus there.
 *
 * A draft is never written over: where there is one the words stay behind a button.
 */
export function takeUp(turn) {
  if (!A_NUMBER.test(turn.text) && !composer.draft().trim()) insert(turn.text);
  composer.focusComposer();
}

function insert(text) {
  composer.setDraft([composer.draft().trimEnd(), text].filter(Boolean).join("\n\n"));
  composer.tellChanged();
}

/** Say that `turn` is being changed, if one is; `leaveIt()` gives the earlier answer back. */
export function drawAgain(turn, leaveIt) {
  const now = turn ? `${turn.turn}` : "";
  if (now === shown) return;
  shown = now;
  if (!turn) {
    if (place.contains(document.activeElement)) composer.focusComposer();
    return place.replaceChildren();
  }
  const button = (words, onclick) => make("button", { type: "button", class: "quiet", onclick }, words);
  place.replaceChildren(
    make("p", {}, WORDS.again(turn.change.name)),
    A_NUMBER.test(turn.text) ? "" : button(WORDS.againEdit, () => {
      if (!composer.draft().includes(turn.text)) insert(turn.text);
      composer.focusComposer();
    }),
    button(WORDS.againLeave, () => {
      if (composer.draft().trim() === turn.text.trim()) {
        composer.setDraft("");
        composer.tellChanged();
      }
      leaveIt();
      composer.focusComposer();
    }),
  );
}
