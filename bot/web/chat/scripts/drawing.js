// The conversation as it stands, drawn into the log.

import { aside, make, place, withLinks } from "./elements.js";
import { drawChosen, drawNumber, isChosen } from "./chosen.js";
import { areShown, askedAbout, heardList, marked } from "./findings.js";
import { THEIRS } from "./language.js";
import { drawScale } from "./slider.js";
import { cardOf, drawSteps } from "./steps.js";
import { isOnlyACheck } from "./turns.js";
import { WORDS } from "./wording.js";

/**
 * Draw turns and what is on its way; say whether anything changed.
 *
 * `turns` are in order; `pending` are messages that have no turn yet; `isLive` says whether
 * the last turn's choices can be used and `hasScale` whether a number can be chosen;
 * `answer(text, choice)` sends an answer. `canChange` says whether an earlier answer may be
 * changed, which `change(turn)` is told, and `canJudge` whether a theme may be judged, which
 * `judge(theme, verdict)` is told.
 */
export function drawLog(log, { turns, pending, isLive, hasScale, isThinking, isSlow, canChange, canJudge, answer, change, judge }) {
  const showFindings = areShown(turns);
  const judged = canJudge ? askedAbout(turns) : [];
  const asked = turns.findLast(({ state }) => state !== "kept")?.asks?.question;
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
    const next = turns[index + 1] ?? pending[0];
    const isChanged = Boolean(turn.change) && turns.slice(index + 1).some(({ question }) => question === turn.question);
    const mayChange = canChange && Boolean(turn.change) && !isChanged && turn.question !== asked;
    log.children[index].classList.toggle("changed", isChanged);
    const parts = partsOf(turn, { isLive: isLast, hasScale, showFindings, repeated, answer, judged, judge, next, isChanged, mayChange, change });
    hasChanged = place(log.children[index], parts) || hasChanged;
  });
  return hasChanged;
}

function partsOf(turn, { isLive, hasScale, showFindings, repeated, answer, judged, judge, next, isChanged, mayChange, change }) {
  const parts = [];
  // Of an answer that was changed the later one counts, with what is heard in it.
  const findings = showFindings && !isChanged ? (turn.findings ?? []) : [];
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
  if (findings.length) {
    const these = judged.filter((theme) => findings.some((finding) => finding.theme === theme));
    parts.push({ key: "heard", from: [findings, these], draw: () => heardList(findings, these, judge) });
  }
  if (isChanged || mayChange) {
    parts.push({ key: "change", from: [turn.change, isChanged], draw: () => drawChange(turn, isChanged, change) });
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
  if (!isLive && next) parts.push(...usedParts(turn, next));
  return parts;
}

// What was asked and is answered, or was asked again with the same choices.
function usedParts(turn, next) {
  const parts = [];
  const said = next.text;
  const isOnCard = (choice) => turn.steps.length && cardOf(choice) !== null;
  const were = turn.choices.filter((choice) => !isOnCard(choice));
  // What is offered again, and was not answered with a choice, stands there anew.
  const isOfferedAgain = were.every(({ id }) => next.choices?.some((choice) => choice.id === id));
  if (were.length && (!isOfferedAgain || were.some((choice) => isChosen(choice, said)))) {
    parts.push({ key: "were", from: [were, said], draw: () => drawChosen(were, said) });
  }
  const isNumber = turn.asks?.kind === "scale" && (next.question ?? turn.asks.question) === turn.asks.question;
  if (isNumber && drawNumber(said)) parts.push({ key: "number", from: said, draw: () => drawNumber(said) });
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
    make("p", { class: "kept" }, WORDS.kept),
  );
}

function drawChange(turn, isChanged, change) {
  const name = make("span", { class: "visually-hidden", ...THEIRS }, `(${turn.change.name})`);
  const shown = isChanged
    ? make("span", {}, WORDS.changed, name)
    : make("button", { type: "button", class: "quiet", onclick: () => change(turn) }, WORDS.change, name);
  return make("div", { class: "change" }, shown);
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
