// Signing out, which asks first where words would go with it.

import { ask } from "./api.js";
import { make } from "./elements.js";
import { forgetEverything, hasAnyUnsent, openUnsent } from "./unsent.js";
import { WORDS } from "./wording.js";

/** Give a footer: `above`, then one row of `beside` and the button, then the question it may ask. */
export function drawLeaving(above, beside) {
  const status = make("p", { role: "status" });
  const leave = async () => {
    try {
      await ask("POST", "/api/sign-out");
    } catch (refusal) {
      if (refusal.status !== 401) {
        status.textContent = refusal.message;
        return;
      }
    }
    await forgetEverything();
  };
  const anyway = make("button", { type: "button", class: "plain", id: "sign-out-anyway", onclick: leave }, WORDS.signOutAnyway);
  const cancel = make("button", { type: "button", class: "plain", onclick: () => askFirst(false) }, WORDS.cancel);
  const question = make("div", { class: "confirm", hidden: true }, make("p", {}, WORDS.signOutAsk), cancel, anyway);
  const out = make("button", { type: "button", class: "quiet", id: "sign-out", onclick: start }, WORDS.signOut);
  async function start() {
    await openUnsent();
    if (hasAnyUnsent()) askFirst(true);
    else leave();
  }
  function askFirst(isAsking) {
    question.hidden = !isAsking;
    out.hidden = isAsking;
    (isAsking ? cancel : out).focus();
  }
  return make("footer", { class: "leaving" }, ...above, make("p", { class: "row" }, ...beside, out), question, status);
}
