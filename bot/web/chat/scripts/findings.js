// The words that led to a theme, marked in the therapist's own messages.

import { aside, make } from "./elements.js";
import { WORDS } from "./wording.js";

// Once one of these stages was reached, what was heard has been offered and may be seen.
const SHOWN_FROM = ["themes", "steps", "plan", "close"];

/** Say whether findings may be shown: not before the assistant has spoken of them. */
export function areShown(turns) {
  return turns.some((turn) => SHOWN_FROM.includes(turn.stage));
}

function nameOf(finding) {
  return WORDS.perhaps(finding.theme_name, finding.subtheme_name);
}

function verdictOf(finding) {
  return WORDS.verdicts[finding.verdict] ?? WORDS.notJudged;
}

/** Give `text` as nodes, with the evidence of `findings` in <mark>. */
export function marked(text, findings) {
  // The server counts code points and JavaScript counts UTF-16 units.
  const letters = Array.from(text);
  const stretches = findings.flatMap((finding) =>
    (finding.evidence ?? []).map(({ start, end }) => ({ finding, start, end: Math.min(end, letters.length) })),
  );
  const edges = new Set([0, letters.length]);
  for (const { start, end } of stretches) edges.add(start).add(end);
  const sorted = [...edges].sort((one, other) => one - other);
  return sorted.slice(0, -1).flatMap((start, index) => {
    const end = sorted[index + 1];
    const words = letters.slice(start, end).join("");
    const here = stretches.filter((stretch) => stretch.start <= start && end <= stretch.end);
    if (!here.length || !words) return words;
    const isRefused = here.every(({ finding }) => finding.verdict === "no");
    const mark = make("mark", { data: { theme: here[0].finding.theme }, class: isRefused && "refused" }, words);
    const ending = here.filter((stretch) => stretch.end === end).map(({ finding }) => finding);
    if (!ending.length) return mark;
    const said = ending.map((finding) => `${nameOf(finding)}, ${verdictOf(finding)}`).join("; ");
    return [mark, aside(` (${said}) `)];
  });
}

/** Say of which themes the assistant has asked whether they fit: these may be judged. */
export function askedAbout(turns) {
  const asked = turns.map(({ asks }) => asks?.question?.match(/^verdict_(.+)/)?.[1]);
  return [...new Set(asked.filter(Boolean))];
}

/**
 * Give the list of what was heard in a message, to stand under it.
 *
 * Those of the themes `judged` have buttons, which tell `judge(theme, verdict)`.
 */
export function heardList(findings, judged, judge) {
  return make(
    "ul",
    { class: "heard" },
    findings.map((finding, index) => {
      const isOwn = !finding.evidence?.length;
      const hasButtons = !isOwn && judged.includes(finding.theme);
      // The marks say what was heard as well: a screen reader is not told twice.
      const isTold = isOwn ? null : "true";
      return make(
        "li",
        { data: { theme: finding.theme }, class: isOwn ? "own" : finding.verdict === "no" && "refused" },
        make("span", { class: "heard-theme", "aria-hidden": isTold }, isOwn ? `${WORDS.named} ` : "", nameOf(finding)),
        isOwn || hasButtons ? "" : make("span", { class: "heard-verdict", "aria-hidden": isTold }, verdictOf(finding)),
        hasButtons ? verdictButtons(finding, index, judge) : "",
      );
    }),
  );
}

function verdictButtons(finding, index, judge) {
  const buttons = Object.entries(WORDS.judge).map(([verdict, words]) =>
    make(
      "button",
      {
        type: "button",
        "aria-pressed": String(finding.verdict === verdict),
        data: { focus: `${index}-${verdict}` },
        onclick: () => judge(finding.theme, verdict),
      },
      words,
    ),
  );
  return make("div", { class: "judge", role: "group", "aria-label": WORDS.judgeTheme(nameOf(finding)) }, buttons);
}
