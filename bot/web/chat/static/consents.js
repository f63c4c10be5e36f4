// What the therapist has separately said yes to: one box, off unless it was ticked.

import { ask } from "./api.js";
import { make } from "./elements.js";
import { WORDS } from "./wording.js";

const PURPOSE = "corrections";

/** Draw the box that lets verdicts come back as examples. */
export function drawConsents() {
  const status = make("span", { role: "status" });
  const box = make("input", { type: "checkbox", id: "consent-corrections", disabled: true });
  const show = (given) => {
    box.checked = given[PURPOSE];
    box.disabled = false;
  };
  box.addEventListener("change", async () => {
    box.disabled = true;
    status.textContent = "";
    try {
      show(await ask("PUT", `/api/consents/${PURPOSE}`, { given: box.checked }));
      status.textContent = box.checked ? WORDS.consentGiven : WORDS.consentWithdrawn;
    } catch (refusal) {
      box.checked = !box.checked;
      box.disabled = false;
      status.textContent = refusal.message;
    }
  });
  ask("GET", "/api/consents").then(show, () => (status.textContent = WORDS.consentUnknown));
  return make(
    "p",
    { class: "consent" },
    box,
    make("label", { for: "consent-corrections" }, WORDS.consentCorrections),
    " ",
    status,
  );
}
