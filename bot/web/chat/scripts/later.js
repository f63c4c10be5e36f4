// What is seldom needed, loaded when it is: modules, and the styles of what is read rather than talked.

import { make } from "./elements.js";
import { WORDS } from "./wording.js";

let styles = null;

/** Have the list, the summary and what is shared look as they should; without a network they are read as they are. */
export function loadReadingStyles() {
  styles ??= new Promise((done) => {
    const link = make("link", { rel: "stylesheet", href: "/static/reading.css", onload: done });
    link.addEventListener("error", () => {
      link.remove();
      styles = null;
      done();
    });
    document.head.append(link);
  });
  return styles;
}

/** Give the module once it is `loading`; where that fails say so in `place`, and give null. */
export async function later(loading, place) {
  try {
    const [module] = await Promise.all([loading, loadReadingStyles()]);
    return module;
  } catch {
    // Browsers remember that a module could not be loaded: only a fresh page asks for it again.
    const again = make("button", { type: "button", class: "plain", onclick: () => location.reload() }, WORDS.tryAgain);
    place.replaceChildren(make("p", { role: "alert" }, WORDS.offline), again);
    return null;
  }
}
