// Cards for the steps that are offered.

import { aside, make } from "./elements.js";
import { THEIRS } from "./language.js";
import { WORDS } from "./wording.js";

const OF_A_CARD = /^(?:take|adapt) (\d+)$/i;

/** Give the number of the card that a choice belongs to, or null. */
export function cardOf(choice) {
  const match = OF_A_CARD.exec(choice.label.trim());
  return match ? Number(match[1]) : null;
}

/** Draw the cards of `steps`; `buttonsFor(number)` gives the live buttons of a card. */
export function drawSteps(steps, buttonsFor) {
  const cards = steps.map((step, index) => drawCard(step, index + 1, buttonsFor(index + 1)));
  return make("ol", { class: "steps" }, cards);
}

function drawCard(step, number, buttons) {
  const response = step.response && make("p", { class: "response", data: { response: step.response } }, WORDS.responses[step.response]);
  if (!step.text) {
    return make("li", { class: "step-card" }, badge(number), make("p", { class: "step" }, WORDS.stepGone), response);
  }
  return make(
    "li",
    { class: "step-card", data: { step: step.id } },
    badge(number),
    make("p", { class: "step", ...THEIRS }, step.text),
    make("p", { class: "step-why" }, make("span", { class: "label" }, WORDS.why), make("span", THEIRS, step.why)),
    make(
      "div",
      { class: "step-say" },
      make("p", { class: "label" }, WORDS.sayTo[step.say_to] ?? WORDS.sayTo.self),
      make("blockquote", THEIRS, `“${step.say}”`),
    ),
    make(
      "div",
      { class: "step-ground" },
      step.awaiting_review && make("p", { class: "awaiting" }, WORDS.awaitingReview),
      make("p", { class: "principle" }, make("span", { class: "label" }, WORDS.principle), make("span", THEIRS, step.principle)),
      sources(step),
    ),
    response,
    buttons.length ? make("div", { class: "choices" }, buttons) : null,
  );
}

function badge(number) {
  return make("span", { class: "badge" }, aside(`${WORDS.stepNumber(number)}: `), make("span", { "aria-hidden": "true" }, number));
}

function sources(step) {
  const all = step.sources?.length ? step.sources : [{ cite: step.source, link: null }];
  const more = all.length > 1 ? WORDS.andMore(all.length - 1) : "";
  return make(
    "details",
    { class: "sources" },
    make("summary", {}, make("span", { class: "label" }, WORDS.source), make("span", THEIRS, shortCite(all[0].cite)), more),
    make(
      "ul",
      {},
      all.map(({ cite, link }) => make("li", THEIRS, isWeb(link) ? linked(cite, link) : cite)),
    ),
  );
}

function linked(cite, link) {
  return make("a", { href: link, target: "_blank", rel: "noreferrer" }, cite, aside(` ${WORDS.newTab}`));
}

const isWeb = (link) => (/^https?:\/\//).test(link ?? "");

/** Shorten "McKay, M. M., Stoewe, J., & Cadam, K. (1998). Title" to "McKay et al. (1998)". */
export function shortCite(cite) {
  const match = /^(.{2,}?)\s*(\((?:\d{4}[a-z]?|n\.d\.)\))/.exec(cite);
  if (!match) return cite;
  const [, who, year] = match;
  const names = who.match(/[^,&]+?, (?:[A-Z]\.[ -]?)+/g);
  if (!names) return `${who} ${year}`;
  const surnames = names.map((name) => name.replace(/, (?:[A-Z]\.[ -]?)+$/, "").trim());
  if (surnames.length === 1) return `${surnames[0]} ${year}`;
  if (surnames.length === 2) return `${surnames[0]} & ${surnames[1]} ${year}`;
  return `${surnames[0]} et al. ${year}`;
}
