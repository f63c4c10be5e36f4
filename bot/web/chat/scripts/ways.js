// Ways through a reflection, as buttons beside the composer: each sends the words that could be typed.

import { make } from "./elements.js";
import { WORDS } from "./wording.js";

// Said to the assistant, which understands English, whatever the language of the page.
const SAYS = { back: "back", skip: "skip", why: "why do you ask", pause: "pause", short: "the short version please" };

const row = document.getElementById("ways");
let say = () => {};
const buttons = Object.fromEntries(
  Object.entries(SAYS).map(([way, words]) => [
    way,
    make("button", { type: "button", class: "quiet", id: `way-${way}`, title: WORDS.wayTitles[way], onclick: () => say(words) }, WORDS.ways[way]),
  ]),
);
row.append(...Object.values(buttons));

/** Have `listener` told the words of a way that is pressed. */
export function onWay(listener) {
  say = listener;
}

/** Show the ways there are now; `leave()` takes the focus from a button that goes. */
export function drawWays({ isShown, isShort }, leave) {
  const gone = (!isShown && row) || (isShort && buttons.short);
  if (gone && gone.contains(document.activeElement)) leave();
  row.hidden = !isShown;
  buttons.short.hidden = isShort;
}
