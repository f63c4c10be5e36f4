// What could be chosen at an earlier turn, to be read: buttons that are used are none any more.

import { make } from "./elements.js";
import { THEIRS } from "./language.js";
import { WORDS } from "./wording.js";

const plain = (text) => text.replace(/[^\p{L}\p{N}\s]/gu, "").trim().toLowerCase();
const A_NUMBER = /^\d+(?:[.,]\d+)?$/;

/** Say whether what was `said` next was `choice`, pressed or typed. */
export const isChosen = (choice, said) => said !== undefined && plain(choice.label) === plain(said);

/** Draw the choices of a turn as a list, with the one that was `said` next marked. */
export function drawChosen(choices, said) {
  const items = choices.map((choice) => {
    const isIt = isChosen(choice, said);
    return make("li", { class: isIt && "it" }, make("span", THEIRS, choice.label), isIt && make("span", {}, ` ${WORDS.chosen}`));
  });
  return make("ul", { class: "were", "aria-label": WORDS.couldChoose }, items);
}

/** Draw a number that was `said` where one was asked for, or give null. */
export function drawNumber(said) {
  if (!A_NUMBER.test(said?.trim() ?? "")) return null;
  return make("p", { class: "were-number" }, WORDS.scaleSaid(said.trim()));
}
