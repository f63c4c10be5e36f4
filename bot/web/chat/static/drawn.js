// What the server has drawn (shared_view.html), as elements.
//
// The policy lets no page make HTML out of text, for good reason, and this does without: the
// elements and attributes named here and text are all that such a drawing is made of. In the
// text every sign that could be taken for markup stands escaped.

import { make } from "./elements.js";

const NAMES = new Set([
  "article", "blockquote", "details", "div", "h3", "h4", "li", "mark", "ol", "p", "section", "span", "strong", "summary", "sup", "ul",
]);
const PIECES = /<(\/?)([a-z0-9]+)((?: (?:class|id|data-theme)="[a-z0-9_ -]+")*)>|([^<]+)/g;
const ATTRIBUTE = / ([a-z-]+)="([^"]+)"/g;
const SIGNS = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'" };

/** Give an element that holds what was drawn. */
export function drawn(html) {
  const outside = make("div", { class: "shown" });
  let inside = outside;
  for (const [piece, end, name, attributes, text] of html.matchAll(PIECES)) {
    if (text !== undefined) inside.append(text.replace(/&(amp|lt|gt|#34|#39);/g, (sign) => SIGNS[sign]));
    else if (!NAMES.has(name)) throw new Error(`${piece} is not known here`);
    else if (end) inside = inside.parentElement ?? outside;
    else {
      const element = make(name, {});
      for (const [, attribute, value] of attributes.matchAll(ATTRIBUTE)) element.setAttribute(attribute, value);
      inside.append(element);
      inside = element;
    }
  }
  return outside;
}
