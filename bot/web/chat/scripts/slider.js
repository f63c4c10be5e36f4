// A number from 0 to 10 on a slider. No number is an answer before the slider was touched.

import { aside, make } from "./elements.js";
import { WORDS } from "./wording.js";

const HIGHEST = 10;

/** Draw the slider; `answer(text)` is told the number once it is confirmed. */
export function drawScale(answer) {
  let isTouched = false;
  const input = make("input", {
    type: "range", min: 0, max: HIGHEST, step: 1, value: HIGHEST / 2, class: "untouched",
    "aria-label": WORDS.scale, "aria-describedby": "scale-ends", "aria-valuetext": WORDS.scaleNone,
  });
  const value = make("output", { "aria-hidden": "true" }, "–");
  const button = make("button", { type: "button", class: "choice main", "aria-disabled": "true", onclick: confirm }, WORDS.scaleNone);

  function touch() {
    isTouched = true;
    input.classList.remove("untouched");
    input.setAttribute("aria-valuetext", WORDS.scaleValue(input.valueAsNumber));
    value.textContent = input.value;
    button.textContent = WORDS.scaleAnswer(input.value);
    button.removeAttribute("aria-disabled");
  }

  function confirm() {
    if (isTouched) answer(input.value);
    else input.focus();
  }

  input.addEventListener("input", touch);
  // A press on the middle chooses 5, though it moves nothing.
  input.addEventListener("pointerup", touch);
  input.addEventListener("keydown", (event) => {
    if (event.key === " ") touch();
    if (event.key === "Enter") confirm();
    if (event.key === " " || event.key === "Enter") event.preventDefault();
  });
  const ticks = Array.from({ length: HIGHEST + 1 }, (_, number) => make("span", {}, number));
  return make(
    "div",
    { class: "scale", role: "group", "aria-label": WORDS.scale },
    make("div", { class: "track" }, input, value),
    make("div", { class: "ticks", "aria-hidden": "true" }, ticks),
    make("p", { class: "ends", id: "scale-ends" }, make("span", {}, WORDS.scaleLow), aside(", "), make("span", {}, WORDS.scaleHigh)),
    button,
  );
}
