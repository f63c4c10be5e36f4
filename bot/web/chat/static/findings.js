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

/** Give the list of what was heard in a message, to stand under it. */
export function heardList(findings) {
  // The marks say all of this as well: a screen reader is not told twice.
  return make(
    "ul",
    { class: "heard" },
    findings.map((finding) => {
      const isOwn = !finding.evidence?.length;
      return make(
        "li",
        { data: { theme: finding.theme }, class: finding.verdict === "no" && "refused", "aria-hidden": isOwn ? null : "true" },
        make("span", { class: "heard-theme" }, isOwn ? `${WORDS.named} ` : "", nameOf(finding)),
        isOwn ? "" : make("span", { class: "heard-verdict" }, verdictOf(finding)),
      );
    }),
  );
}
