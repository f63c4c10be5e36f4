// "A breath": a few ways to settle, out of the library. Nothing of it is sent or kept.

import { ask } from "./api.js";
import { make } from "./elements.js";
import { THEIRS } from "./language.js";
import { shortCite } from "./steps.js";
import { WORDS } from "./wording.js";

let known = null;

/** Fetch the groundings, once, and draw them into `body`. Throws a `Refusal`. */
export async function drawGroundings(body) {
  known ??= (await ask("GET", "/api/groundings")).groundings;
  body.replaceChildren(make("p", { class: "quiet-text" }, WORDS.breathLead), ...known.map(drawGrounding));
}

function drawGrounding({ name, lines, breath, sources, awaiting_review: isAwaiting }) {
  const cites = sources.map(({ cite, link }) =>
    make("li", THEIRS, link ? make("a", { href: link, target: "_blank", rel: "noreferrer" }, cite) : cite),
  );
  return make(
    "section",
    { class: "grounding" },
    make("h3", THEIRS, name),
    lines.map((line) => make("p", THEIRS, line)),
    breath ? drawCircle(breath) : "",
    isAwaiting ? make("p", { class: "awaiting" }, WORDS.awaitingReview) : "",
    make(
      "details",
      { class: "sources" },
      make("summary", {}, make("span", { class: "label" }, WORDS.source), make("span", THEIRS, sources.map(({ cite }) => shortCite(cite)).join("; "))),
      make("ul", {}, cites),
    ),
  );
}

// The lines say all that it shows. It moves once it is asked to, and never where motion is unwanted.
function drawCircle({ in_seconds: inhale, out_seconds: exhale }) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return "";
  const circle = make("span", { class: "circle", "aria-hidden": "true" });
  circle.style.animationDuration = `${inhale + exhale}s`;
  const button = make("button", { type: "button", class: "plain", "aria-pressed": "false" }, WORDS.breathCircle);
  button.addEventListener("click", () => {
    const isMoving = circle.classList.toggle("moving");
    button.setAttribute("aria-pressed", String(isMoving));
  });
  return make("div", { class: "breathing" }, circle, button);
}
