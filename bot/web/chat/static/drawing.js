// The conversation as it stands, drawn into the log.

import { aside, make, place, withLinks } from "./elements.js";
import { areShown, heardList, marked } from "./findings.js";
import { THEIRS } from "./language.js";
import { cardOf, drawSteps } from "./steps.js";
import { isOnlyACheck } from "./turns.js";
import { WORDS } from "./wording.js";

/**
 * Draw turns and what is on its way; say whether anything changed.
 *
 * `turns` are in order; `pending` are messages that have no turn yet; `isLive` says whether
 * the last turn's choices can be used and `hasScale` whether a number can be chosen;
 * `answer(text, choice)` sends an answer.
 */
export function drawLog(log, { turns, pending, isLive, hasScale, isThinking, isSlow, answer }) {
  const showFindings = areShown(turns);
  const last = turns.at(-1);
  const turnParts = turns.map((turn) => ({
    key: `turn-${turn.turn}`,
    from: turn.turn, // the element stays; what is in it is drawn below
    draw: () => make("article", { class: "turn", data: { turn: turn.turn } }),
  }));
  const pendingParts = pending.map((message) => ({
    key: `message-${message.id}`,
    from: [message.text, isSlow],
    draw: () => drawPending(message, isSlow),
  }));
  const thinking = { key: "thinking", from: 0, draw: drawThinking };
  let hasChanged = place(log, [...turnParts, ...pendingParts, ...(isThinking ? [thinking] : [])]);
  turns.forEach((turn, index) => {
    const isLast = turn === last && isLive;
    const repeated = isLast ? earlierSteps(turns) : null;
    const parts = partsOf(turn, { isLive: isLast, hasScale, showFindings, repeated, answer });
    hasChanged = place(log.children[index], parts) || hasChanged;
  });
  return hasChanged;
}

function partsOf(turn, { isLive, hasScale, showFindings, repeated, answer }) {
  const parts = [];
  const findings = showFindings ? (turn.findings ?? []) : [];
  if (turn.turn > 0 && turn.text) {
    parts.push({ key: "mine", from: [turn.text, findings], draw: () => drawMine(turn, findings) });
  }
  if (turn.masked_notice) {
    parts.push({
      key: "masked",
      from: turn.masked_notice,
      draw: () => make("p", { class: "masked", ...THEIRS }, turn.masked_notice),
    });
  }
  const asksOnly = isOnlyACheck(turn);
  turn.said.forEach((message, index) => {
    parts.push({ key: `said-${index}`, from: message, draw: () => drawSaid(message, asksOnly) });
  });
  // A check on safety and the question after it may offer the same.
  const isFirst = (choice, index) => turn.choices.findIndex(({ id }) => id === choice.id) === index;
  const choices = isLive ? turn.choices.filter(isFirst) : [];
  const steps = turn.steps.length ? turn.steps : (repeated ?? []);
  const onCards = choices.filter((choice) => cardOf(choice) !== null && cardOf(choice) <= steps.length);
  const below = choices.filter((choice) => !onCards.includes(choice));
  if (steps.length) {
    const buttonsFor = (number) =>
      onCards.filter((choice) => cardOf(choice) === number).map((choice) => button(choice, answer));
    parts.push({ key: "steps", from: [steps, onCards], draw: () => drawSteps(steps, buttonsFor) });
  }
  if (isLive && hasScale && turn.asks?.kind === "scale") {
    parts.push({ key: "scale", from: turn.asks, draw: () => drawScale(answer) });
  }
  if (below.length) {
    parts.push({ key: "choices", from: below, draw: () => drawChoices(below, answer) });
  }
  return parts;
}

// A turn that comes back to the steps offers them by number and does not list them again.
function earlierSteps(turns) {
  const last = turns.at(-1);
  const numbers = last.choices.map(cardOf).filter((number) => number !== null);
  if (!numbers.length || last.steps.length) return null;
  const earlier = turns.findLast((turn) => turn.steps.length);
  return earlier?.steps.length === Math.max(...numbers) ? earlier.steps : null;
}

function drawMine(turn, findings) {
  return make(
    "div",
    { class: "mine" },
    make("p", { class: "words", dir: "auto" }, aside(`${WORDS.you} `), ...marked(turn.text, findings)),
    findings.length ? heardList(findings) : null,
    make("p", { class: "kept" }, WORDS.kept),
  );
}

function drawPending(message, isSlow) {
  return make(
    "div",
    { class: "mine pending", data: { id: message.id } },
    make("p", { class: "words", dir: "auto" }, aside(`${WORDS.you} `), message.text),
    make("p", { class: "sending" }, isSlow ? WORDS.unsent : WORDS.sending),
  );
}

function drawSaid(message, asksOnly) {
  if (message.voice === "safety") {
    return make(
      "div",
      { class: asksOnly ? "said safety check" : "said safety" },
      make("p", { class: "safety-title" }, asksOnly ? WORDS.safetyCheck : WORDS.safety),
      make("p", { class: "words", ...THEIRS }, ...withLinks(message.text)),
    );
  }
  const isNotice = message.voice === "notice";
  return make(
    "p",
    { class: `said ${isNotice ? "notice" : "dialogue"} words`, ...THEIRS },
    aside(`${isNotice ? WORDS.notice : WORDS.bot} `),
    ...withLinks(message.text),
  );
}

function drawThinking() {
  const dots = make("span", { class: "dots" }, make("i"), make("i"), make("i"));
  return make("p", { class: "thinking", "aria-hidden": "true" }, dots, WORDS.thinking);
}

function button(choice, answer) {
  const isMain = /^take \d+$/i.test(choice.label);
  return make(
    "button",
    {
      type: "button",
      class: isMain ? "choice main" : "choice",
      data: { choice: choice.id },
      onclick: () => answer(choice.label, choice.id),
      ...THEIRS,
    },
    choice.label,
  );
}

function drawChoices(choices, answer) {
  const buttons = choices.map((choice) => button(choice, answer));
  return make("div", { class: "choices", role: "group", "aria-label": WORDS.choices }, buttons);
}

function drawScale(answer) {
  const numbers = Array.from({ length: 11 }, (_, number) =>
    make("button", { type: "button", class: "number", onclick: () => answer(String(number)) }, number),
  );
  return make(
    "div",
    { class: "scale", role: "group", "aria-label": WORDS.scale, "aria-describedby": "scale-ends" },
    make("div", { class: "numbers" }, numbers),
    make("p", { class: "ends", id: "scale-ends" }, make("span", {}, WORDS.scaleLow), aside(", "), make("span", {}, WORDS.scaleHigh)),
  );
}
