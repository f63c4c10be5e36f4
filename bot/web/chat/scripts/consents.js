// What the therapist may separately say yes to: boxes that are off unless they were ticked.

import { ask } from "./api.js";
import { make } from "./elements.js";
import { sayWhen, WORDS } from "./wording.js";

/** Draw the boxes, and what was said when. */
export function drawConsents() {
  const status = make("p", { role: "status", class: "consent-status" });
  const history = make("ul", {});
  const past = make("details", { class: "history", hidden: true }, make("summary", {}, WORDS.consentHistory), history);
  const boxes = Object.keys(WORDS.consents).map((purpose) => {
    const box = make("input", { type: "checkbox", id: `consent-${purpose}`, disabled: true, "aria-describedby": `consent-${purpose}-about` });
    box.addEventListener("change", () => change(purpose, box));
    return [purpose, box];
  });

  async function change(purpose, box) {
    const given = box.checked;
    box.disabled = true;
    status.textContent = "";
    try {
      show(await ask("PUT", `/api/consents/${purpose}`, { given }));
      status.textContent = given ? WORDS.consentGiven : WORDS.consents[purpose].withdrawn;
      showHistory();
    } catch (refusal) {
      box.checked = !given;
      box.disabled = false;
      status.textContent = refusal.message;
    }
  }

  function show(given) {
    for (const [purpose, box] of boxes) {
      box.checked = given[purpose];
      box.disabled = false;
    }
  }

  async function showHistory() {
    const { history: said } = await ask("GET", "/api/consents/history");
    past.hidden = !said.length;
    history.replaceChildren(
      ...said.map(({ purpose, given_at: given, withdrawn_at: withdrawn }) => {
        const name = WORDS.consents[purpose]?.name ?? purpose;
        return make("li", {}, WORDS.consentSpan(name, sayWhen(given), withdrawn && sayWhen(withdrawn)));
      }),
    );
  }

  async function load() {
    try {
      const given = await ask("GET", "/api/consents");
      show(given);
      Object.fromEntries(boxes).slack.closest(".tick").hidden = !given.slack;
      await showHistory();
    } catch {
      status.textContent = WORDS.consentUnknown;
    }
  }

  load();
  return make(
    "section",
    { class: "consents", "aria-labelledby": "consents-title" },
    make("h2", { id: "consents-title" }, WORDS.consentTitle),
    make("p", { class: "quiet-text" }, WORDS.consentLead),
    boxes.map(([purpose, box]) => drawBox(purpose, box)),
    status,
    past,
  );
}

function drawBox(purpose, box) {
  const { name, about } = WORDS.consents[purpose];
  return make(
    "div",
    // What it means stands in Slack, and it is given there; here it can be taken back.
    { class: "tick", hidden: purpose === "slack" },
    box,
    make(
      "div",
      {},
      make("label", { for: box.id }, name),
      make("p", { class: "quiet-text", id: `${box.id}-about` }, about),
    ),
  );
}
