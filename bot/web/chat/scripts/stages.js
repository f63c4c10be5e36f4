// Where a reflection stands, as a list of its stages.

import { aside, make } from "./elements.js";
import { THEIRS } from "./language.js";
import { WORDS } from "./wording.js";

const nav = document.getElementById("stages");
const toggle = document.getElementById("stages-toggle");
const list = document.getElementById("stages-list");

toggle.addEventListener("click", () => unfold(toggle.getAttribute("aria-expanded") !== "true"));

function unfold(isOpen) {
  toggle.setAttribute("aria-expanded", String(isOpen));
  nav.classList.toggle("open", isOpen);
}

/** Give the number of the stage a reflection is at, from 0 on; -1 where its way does not hold it. */
export const positionOf = ({ stages, stage }) => stages.findIndex(({ id }) => id === stage);

function middleOf(element) {
  const { left, width } = element.getBoundingClientRect();
  return left + width / 2;
}

/** Show the stages of `reflection`, or none. */
export function drawStages(reflection) {
  nav.hidden = !reflection;
  if (!reflection) return unfold(false);
  const { stages, state } = reflection;
  const isClosed = state === "closed";
  // A reflection that took the short way may stand at a stage that is not on it.
  const now = isClosed ? stages.length : positionOf(reflection);
  const items = stages.map(({ name }, index) => {
    const isDone = index < now;
    const item = make(
      "li",
      { class: isDone ? "done" : null, "aria-current": index === now ? "step" : null },
      make("span", THEIRS, name),
      isDone ? aside(` (${WORDS.stageDone})`) : null,
    );
    return item;
  });
  list.replaceChildren(...items);
  toggle.textContent = isClosed
    ? WORDS.states.closed
    : stages[now]
      ? WORDS.stageOf(now + 1, stages.length, stages[now].name)
      : WORDS.stages;
  const current = list.querySelector("[aria-current]");
  // From middle to middle, which holds in both directions of writing.
  if (current) list.scrollLeft += middleOf(current) - middleOf(list);
}
