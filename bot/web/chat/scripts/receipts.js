// What was erased, store by store, and the rule by which reflections are kept.

import { ask } from "./api.js";
import { make } from "./elements.js";
import { THEIRS } from "./language.js";
import { sayWhen, WORDS } from "./wording.js";

/** Draw the rule if there is one, and the receipts, which are read when they are opened. */
export function drawReceipts() {
  const rule = make("p", { class: "quiet-text", hidden: true, ...THEIRS });
  const found = make("div", { id: "receipts" });
  const fill = async () => {
    try {
      const { erasures, rule: sentence } = await ask("GET", "/api/erasures");
      rule.textContent = sentence ?? "";
      rule.hidden = !sentence;
      found.replaceChildren(...(erasures.length ? erasures.map(drawReceipt) : [make("p", {}, WORDS.noReceipts)]));
    } catch (refusal) {
      found.replaceChildren(make("p", { role: "status" }, refusal.message));
    }
  };
  const details = make("details", { class: "receipts" }, make("summary", {}, WORDS.receipts), found);
  details.addEventListener("toggle", () => details.open && fill());
  fill();
  return make("div", {}, rule, details);
}

function drawReceipt({ began_at: beganAt, done_at: doneAt, because, stores }) {
  const what = beganAt ? WORDS.receiptOf(sayWhen(beganAt)) : WORDS.receiptOfUnknown;
  const state = doneAt ? WORDS.receiptDone(sayWhen(doneAt)) : WORDS.receiptGoesOn;
  const lines = stores
    .filter(({ held }) => held)
    .map(({ store, held, gone_at: goneAt }) =>
      make("li", {}, WORDS.receiptLine(WORDS.stores[store] ?? store, held, Boolean(goneAt))),
    );
  return make("section", {}, make("p", {}, `${what}: ${WORDS.erasedBecause[because]}. ${state}`), make("ul", {}, lines));
}
