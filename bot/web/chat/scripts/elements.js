// Making elements, and redrawing only what changed.

import { OURS } from "./language.js";

/** Make an element. `properties` are set as properties where there are such, else as attributes. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child || child === 0));
  return element;
}

/** Words that only a screen reader reads. */
export function aside(text) {
  return make("span", { class: "visually-hidden", ...OURS }, text);
}

const drawn = new WeakMap();

/**
 * Make the children of `parent` be `parts`, in order: [{key, from, draw}]; say if any changed.
 *
 * A child is drawn anew only when `from`, the plain values it is drawn from, differ from
 * last time. So a turn that comes twice changes nothing, and a button keeps its focus.
 */
export function place(parent, parts) {
  const present = new Map([...parent.children].map((child) => [drawn.get(child)?.key, child]));
  // What had the focus in a part that is drawn anew has it again, by its data-focus.
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  const wanted = parts.map((part) => {
    const signature = JSON.stringify(part.from);
    const known = present.get(part.key);
    if (known && drawn.get(known).signature === signature) return known;
    const element = part.draw();
    drawn.set(element, { key: part.key, signature });
    return element;
  });
  const hasChanged = parent.children.length !== wanted.length || wanted.some((element) => element.parentNode !== parent);
  for (const child of [...parent.children]) {
    if (!wanted.includes(child)) child.remove();
  }
  wanted.forEach((element, index) => {
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
  });
  if (focused && !parent.contains(document.activeElement)) {
    parent.querySelector(`[data-focus="${focused}"]`)?.focus({ preventScroll: true });
  }
  return hasChanged;
}

// Long numbers, and short ones such as 10111, but no years, dates, sections of an act or
// what is a part of a word.
const NUMBER =
  /(?<![\w/.-]|\b(?:act|form|section|of|no)\.?\s)\+?\(?\d(?:[\d ()-]*\d)(?![\w/.-]*[a-z/])/gi;
const YEAR_OR_DATE = /^(?:19|20)\d\d(?:-\d\d-\d\d)?$/;
const ADDRESS = /https?:\/\/[^\s<>"“”]+[^\s<>"“”.,;:!?)]/g;

function callTo(text, match) {
  const isForTexts = /\b(?:sms|text)\b[^\d\n.;]{0,20}$/i.test(text.slice(0, match.index));
  return `${isForTexts ? "sms" : "tel"}:${match[0].replace(/[^\d+]/g, "")}`;
}

/** Give `text` as nodes, its web addresses and telephone numbers as links. */
export function withLinks(text) {
  const found = [
    ...[...text.matchAll(ADDRESS)].map((match) => ({ match, href: match[0], isWeb: true })),
    ...[...text.matchAll(NUMBER)]
      .filter(([number]) => number.replace(/\D/g, "").length >= 3 && !YEAR_OR_DATE.test(number))
      .map((match) => ({ match, href: callTo(text, match), isWeb: false })),
  ].sort((one, other) => one.match.index - other.match.index);
  const nodes = [];
  let position = 0;
  for (const { match, href, isWeb } of found) {
    if (match.index < position) continue;
    const target = isWeb ? { target: "_blank", rel: "noreferrer" } : {};
    nodes.push(text.slice(position, match.index), make("a", { href, ...target }, match[0]));
    position = match.index + match[0].length;
  }
  return [...nodes, text.slice(position)];
}
