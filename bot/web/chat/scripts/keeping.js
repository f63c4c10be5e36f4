// The choice whether this device keeps words that are not sent yet.

import { make } from "./elements.js";
import { keepNothing, keepsNothing } from "./unsent.js";
import { WORDS } from "./wording.js";

/** Draw the choice; it is done as soon as it is made. */
export function drawKeeping() {
  const status = make("p", { role: "status", class: "consent-status" });
  const box = make("input", { type: "checkbox", id: "keep-nothing", "aria-describedby": "keep-nothing-about" });
  box.checked = keepsNothing();
  box.addEventListener("change", async () => {
    await keepNothing(box.checked);
    status.textContent = box.checked ? WORDS.keepsNothing : WORDS.keepsAgain;
  });
  return make(
    "section",
    { class: "keeping" },
    make("label", { class: "tick" }, box, make("strong", {}, WORDS.keepNothing)),
    make("p", { class: "quiet-text", id: "keep-nothing-about" }, WORDS.keepNothingAbout),
    status,
  );
}
