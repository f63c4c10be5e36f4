// Modules that are seldom needed, loaded when they are.

import { make } from "./elements.js";
import { WORDS } from "./wording.js";

/** Give the module once it is `loading`; where that fails say so in `place`, and give null. */
export async function later(loading, place) {
  try {
    return await loading;
  } catch {
    // Browsers remember that a module could not be loaded: only a fresh page asks for it again.
    const again = make("button", { type: "button", class: "plain", onclick: () => location.reload() }, WORDS.tryAgain);
    place.replaceChildren(make("p", { role: "alert" }, WORDS.offline), again);
    return null;
  }
}
