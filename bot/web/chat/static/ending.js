// The summary, whose module is loaded once a reflection has come to its end.

import { later } from "./later.js";

const panel = document.getElementById("summary");
let shownFor = null;
let loaded = null;

export function closeSummary() {
  shownFor = null;
  panel.hidden = true;
  panel.replaceChildren();
  loaded?.closeSummary();
}

/** Show the summary of `reflection`, once. */
export async function openSummary(reflection, actions) {
  if (shownFor === reflection.id) return;
  shownFor = reflection.id;
  panel.hidden = false;
  loaded = await later(import("./summary.js"), panel);
  if (shownFor === reflection.id) loaded?.openSummary(reflection, actions);
}

/** Load it while there is a network and nothing to do: it may be needed without one. */
export function loadSummary() {
  import("./summary.js").catch(() => {});
}
