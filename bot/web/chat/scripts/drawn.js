// What the server has drawn, as elements.
//
// The policy lets no page make HTML out of text, for good reason, and this does without: the
// elements and attributes named here and text are all that such a drawing is made of, and its
// addresses are our own. In text and values every sign that could be taken for markup stands escaped.

import { make } from "./elements.js";
import { THEIRS } from "./language.js";

const NAMES = new Set(
  (
    "a article blockquote button dd details div dl dt form h2 h3 h4 input label li mark ol optgroup option p section " +
    "select small span strong summary sup textarea time ul"
  ).split(" "),
);
const EMPTY = new Set(["input"]);
const ATTRIBUTES = new Set(
  (
    "aria-describedby aria-labelledby action autocomplete class data-theme datetime for href id maxlength method name " +
    "open rel required role rows selected type value"
  ).split(" "),
);
const ADDRESSES = new Set(["action", "href"]);
const OURS = /^(#|\/(?!\/))/;
const PIECES = /<(\/?)([a-z0-9]+)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>|<!--.*?-->|([^<]+)/g;
const ATTRIBUTE = /([a-z-]+)(?:="([^"]*)")?/g;
const SIGNS = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'" };

/** Give an element that holds what was drawn. */
export function drawn(html) {
  const outside = make("div", { class: "shown", ...THEIRS });
  let inside = outside;
  for (const [piece, end, name, attributes, text] of html.matchAll(PIECES)) {
    if (text !== undefined) inside.append(plain(text));
    else if (name === undefined) continue; // a comment
    else if (!NAMES.has(name)) throw new Error(`${piece} is not known here`);
    else if (end) inside = inside.parentElement ?? outside;
    else {
      const element = make(name);
      inside.append(element);
      for (const [, attribute, value] of attributes.matchAll(ATTRIBUTE)) put(element, attribute, plain(value ?? ""));
      if (!EMPTY.has(name)) inside = element;
    }
  }
  return outside;
}

function put(element, attribute, value) {
  if (!ATTRIBUTES.has(attribute)) throw new Error(`${attribute} is not known here`);
  if (ADDRESSES.has(attribute) && !OURS.test(value)) throw new Error("An address is not ours");
  element.setAttribute(attribute, value);
}

const plain = (text) => text.replace(/&(amp|lt|gt|#34|#39);/g, (sign) => SIGNS[sign]);
