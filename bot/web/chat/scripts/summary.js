// The summary of a closed reflection, and what can be done with it.

import { ask, reflectionPath } from "./api.js";
import { make } from "./elements.js";
import { THEIRS } from "./language.js";
import { drawSharing } from "./sharing.js";
import { shortCite } from "./steps.js";
import { sayDay, WORDS } from "./wording.js";

const panel = document.getElementById("summary");
const log = document.getElementById("log");
let shownFor = null;

export function closeSummary() {
  shownFor = null;
  panel.hidden = true;
  panel.replaceChildren();
}

/** Have the summary fetched anew when it is next opened; what is shown stays until then. */
export function outdateSummary() {
  shownFor = null;
}

/** Fetch and show the summary of `reflection`, once. */
export async function openSummary(reflection, actions) {
  if (shownFor === reflection.id) return;
  shownFor = reflection.id;
  if (panel.hidden) panel.replaceChildren(make("p", {}, WORDS.loading));
  panel.hidden = false;
  try {
    const summary = await ask("GET", reflectionPath(reflection.id, "/summary"));
    if (shownFor === reflection.id) draw(summary, actions);
  } catch (refusal) {
    const again = () => {
      shownFor = null;
      openSummary(reflection, actions);
    };
    if (shownFor !== reflection.id) return;
    const button = make("button", { type: "button", class: "plain", onclick: again }, WORDS.tryAgain);
    panel.replaceChildren(make("p", { role: "alert" }, refusal.message), button);
  }
}

function draw(summary, actions) {
  panel.replaceChildren(
    make("h2", { id: "summary-title" }, WORDS.summaryTitle(sayDay(summary.reflection.started_at))),
    make("p", { class: "lead" }, WORDS.summaryLead),
    log.hidden ? conversationToggle() : "",
    ...content(summary),
    make("p", { class: "disclaimer" }, WORDS.disclaimer),
    drawActions(summary, actions),
  );
}

function conversationToggle() {
  const button = make("button", { type: "button", class: "plain", id: "toggle-conversation", "aria-expanded": "false", "aria-controls": "log" });
  const show = () => {
    button.textContent = log.hidden ? WORDS.showConversation : WORDS.hideConversation;
    button.setAttribute("aria-expanded", String(!log.hidden));
  };
  button.addEventListener("click", () => {
    // The conversation stands above: keep the button where the eye is.
    const before = button.getBoundingClientRect().top;
    log.hidden = !log.hidden;
    show();
    scrollBy({ top: button.getBoundingClientRect().top - before });
  });
  show();
  return button;
}

const section = (heading, ...children) => make("section", {}, make("h3", {}, heading), ...children);
const told = (text) => make("p", { class: "told", dir: "auto" }, text);

function content(summary) {
  const { arousal_before: before, arousal_after: after } = summary;
  const parts = [];
  if (before !== null || after !== null) {
    const shown = make("span", { "aria-hidden": "true" }, WORDS.arousalSpan(before, after));
    const read = make("span", { class: "visually-hidden" }, WORDS.arousalRead(before, after));
    parts.push(make("p", { class: "arousal" }, make("span", { class: "label" }, WORDS.arousal), shown, read));
  }
  if (summary.concerns.length) {
    const lines = new Set(
      summary.concerns.map(({ kind, level }) => `${WORDS.concerns[kind] ?? kind.replaceAll("_", " ")} (${WORDS.levels[level] ?? level})`),
    );
    parts.push(make("section", { class: "safety" }, make("h3", {}, WORDS.safetyNoted), make("ul", {}, [...lines].map((line) => make("li", {}, line)))));
  }
  for (const [heading, text] of [
    [WORDS.plan, summary.plan],
    [WORDS.supervisionQuestion, summary.supervision_question],
  ]) {
    if (text) parts.push(make("section", { class: "ahead" }, make("h3", {}, heading), told(text)));
  }
  if (summary.themes.length) parts.push(section(WORDS.themes, ...summary.themes.map(drawTheme)));
  if (summary.steps.length) parts.push(section(WORDS.steps, make("ul", { class: "summary-steps" }, summary.steps.map(drawStep))));
  for (const { heading, text } of summary.account) parts.push(section(make("span", THEIRS, heading), told(text)));
  if (summary.follow_up) parts.push(section(WORDS.followUp, told(summary.follow_up)));
  return parts.length ? parts : [make("p", {}, WORDS.emptySummary)];
}

function drawTheme(theme) {
  const name = WORDS.perhaps(theme.theme_name, theme.subtheme_name);
  return make(
    "div",
    { class: "summary-theme", data: { theme: theme.theme } },
    make("p", {}, make("strong", {}, name[0].toUpperCase() + name.slice(1)), " · ", WORDS.verdicts[theme.verdict] ?? WORDS.notJudged),
    theme.evidence.map((words) => make("blockquote", { dir: "auto" }, words.text)),
  );
}

function drawStep(step) {
  return make(
    "li",
    {},
    make("p", {}, step.text ? make("span", THEIRS, step.text) : WORDS.stepGone, " ", make("span", { class: "tag" }, WORDS.summaryResponses[step.response] ?? WORDS.noAnswer)),
    step.adapted ? make("p", { class: "told" }, make("span", { class: "label" }, WORDS.inYourWords), step.adapted) : null,
    make("p", { class: "cite", ...THEIRS }, citesOf(step)),
  );
}

// The whole citations are in the download; here they would bury the steps.
const citesOf = (step) => step.sources?.map(({ cite }) => shortCite(cite)).join("; ") ?? step.source;

function drawActions(summary, { leave, startAnother }) {
  const path = (rest) => reflectionPath(summary.reflection.id, rest);
  const status = make("p", { id: "summary-status", role: "status" });
  const button = (id, words, onclick, kind = "plain") =>
    make("button", { type: "button", id, class: kind, onclick }, words);

  const sharing = drawSharing(summary.reflection.id, (text) => (status.textContent = text));

  const confirm = make(
    "div",
    { class: "confirm", role: "group", "aria-labelledby": "remove-ask", hidden: true },
    make("p", { id: "remove-ask" }, WORDS.removeAsk),
    button("remove-no", WORDS.removeNo, () => askToRemove(false)),
    button("remove-yes", WORDS.removeYes, () => act(async () => {
      await ask("DELETE", path(""));
      leave(WORDS.wasDeleted);
      return "";
    })),
  );
  const remove = button("remove", WORDS.remove, () => askToRemove(true));
  function askToRemove(isAsking) {
    confirm.hidden = !isAsking;
    remove.hidden = isAsking;
    (isAsking ? confirm.querySelector("button") : remove).focus();
  }

  async function act(what) {
    try {
      status.textContent = await what();
    } catch (refusal) {
      status.textContent = refusal.message;
    }
  }

  return make(
    "div",
    { class: "summary-actions" },
    make(
      "div",
      { class: "row" },
      button("copy", WORDS.copy, () => act(() => copy(summary.markdown))),
      make("a", { id: "download", class: "plain", href: path("/summary.md"), download: true }, WORDS.download),
      sharing.button,
      remove,
    ),
    confirm,
    status,
    sharing.section,
    button("start-new", WORDS.startNew, () => startAnother(), "primary"),
  );
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return WORDS.copied;
  } catch {
    // No clipboard where the page does not come over HTTPS: the old way, if it still works.
  }
  const box = make("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  const focused = document.activeElement;
  box.value = text;
  document.body.append(box);
  box.select();
  const isCopied = document.execCommand("copy");
  box.remove();
  focused?.focus();
  return isCopied ? WORDS.copied : WORDS.copyFailed;
}
