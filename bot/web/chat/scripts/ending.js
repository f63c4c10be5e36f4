// The summary, whose module is loaded once a reflection has come to its end.

import { later, loadReadingStyles } from "./later.js";

const panel = document.getElementById("summary");
let wanted = null;
let loaded = null;

export function closeSummary() {
  wanted = null;
  panel.hidden = true;
  panel.replaceChildren();
  loaded?.closeSummary();
}

/** Show the summary of `reflection`, once. */
export async function openSummary(reflection, actions) {
  wanted = reflection.id;
  loaded ??= await later(import("./summary.js"), panel);
  if (wanted !== reflection.id) return;
  if (loaded) loaded.openSummary(reflection, actions);
  else panel.hidden = false;
}

/** Have the summary fetched anew when it is next opened; what is shown stays until then. */
export const outdateSummary = () => loaded?.outdateSummary();

/** Load it while there is a network and nothing to do: it may be needed without one. */
export function loadSummary() {
  import("./summary.js").catch(() => {});
  loadReadingStyles();
}
