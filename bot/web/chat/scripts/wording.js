// The sentences of the chat in the language of the page, and how times are said in it.

import { language } from "./language.js";

// English dates are said as the English and most others say them: the day first.
const PLACE = language === "en" ? "en-GB" : language;

export const { WORDS } = await import(`./words.${language}.js`);

/** Give the elements below `root` the words that their data-words attributes name. */
export function fillWords(root = document, words = WORDS) {
  for (const element of root.querySelectorAll("[data-words]")) {
    element.textContent = words[element.dataset.words];
  }
  for (const [name, attribute] of [
    ["wordsLabel", "aria-label"],
    ["wordsTitle", "title"],
    ["wordsPlaceholder", "placeholder"],
  ]) {
    const marked = `[data-${name.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase())}]`;
    for (const element of root.querySelectorAll(marked)) {
      element.setAttribute(attribute, words[element.dataset[name]]);
    }
  }
}

/** Say when something was, in the reader's own time: "Today, 14:05" or "3 March 2026, 09:10". */
export function sayWhen(iso) {
  const then = new Date(iso);
  const time = sayTime(then);
  const day = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((day(new Date()) - day(then)) / 86_400_000);
  if (days === 0) return `${WORDS.today}, ${time}`;
  if (days === 1) return `${WORDS.yesterday}, ${time}`;
  return `${sayDay(iso)}, ${time}`;
}

/** Say the time of a moment, given in any way that `Date` takes, as the reader's own clock does. */
export function sayTime(moment) {
  return new Date(moment).toLocaleTimeString(language === "en" ? [] : PLACE, { hour: "numeric", minute: "2-digit" });
}

/** Say the day of something: "3 March 2026". */
export function sayDay(iso) {
  return new Date(iso).toLocaleDateString(PLACE, { day: "numeric", month: "long", year: "numeric" });
}
