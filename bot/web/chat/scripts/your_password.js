// The password, its second factor and the recovery codes, on the page "Your sign-in".

import { ask } from "./api.js";
import { make } from "./elements.js";
import { SIGN_IN_WORDS as WORDS } from "./sign_in_wording.js";

const at = (id) => document.getElementById(id);
let ticket = null;
let hasFactor = false;

/** Say what there is, and offer what may be done. */
export function showPassword(mine) {
  const { has_password: hasPassword, has_second_factor: has, recovery_codes_left: left, is_fresh: isFresh } = mine;
  hasFactor = has;
  at("password-state").textContent =
    hasPassword && has ? WORDS.passwordBoth(left) : hasPassword ? WORDS.passwordOnly : has ? WORDS.factorOnly : WORDS.passwordNone;
  at("password-form").hidden = !isFresh;
  at("factor-actions").hidden = !isFresh || !(hasPassword || has);
  at("begin-factor").textContent = has ? WORDS.changeFactor : WORDS.beginFactor;
  at("begin-factor").classList.toggle("primary", !has);
  at("new-codes").hidden = !has;
  at("remove-password").hidden = !hasPassword && !has;
}

function showCodes({ recovery_codes: codes }) {
  at("codes-list").replaceChildren(...codes.map((code) => make("li", {}, make("code", {}, code))));
  at("codes").hidden = false;
  at("codes-title").focus();
}

function closeFactor() {
  ticket = null;
  at("factor-form").hidden = true;
  at("factor-secret").textContent = "";
  at("factor-picture").removeAttribute("src");
  at("factor-code").value = "";
}

/** Wire the forms. `change` asks the server and shows what is so then; `explain` says a refusal. */
export function setUpPassword({ change, explain }) {
  at("factor-picture").alt = WORDS.factorPicture;

  at("show-password").addEventListener("click", () => {
    const isShown = at("password").type === "text";
    at("password").type = isShown ? "password" : "text";
    at("show-password").setAttribute("aria-pressed", String(!isShown));
  });

  at("password-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const sentence = hasFactor ? WORDS.passwordSet : WORDS.passwordSetNext;
    if (!(await change("PUT", "/api/my/password", { password: at("password").value }, sentence))) return;
    at("password").value = "";
    if (!hasFactor) at("begin-factor").focus();
  });

  at("begin-factor").addEventListener("click", async () => {
    try {
      const begun = await ask("POST", "/api/my/second-factor/begin");
      ticket = begun.ticket;
      at("factor-secret").textContent = begun.secret.match(/.{1,4}/g).join(" ");
      // Another address each time, or the browser would show the picture it has.
      at("factor-picture").src = `/api/my/second-factor/picture?${Date.now()}`;
      at("codes").hidden = true;
      at("factor-form").hidden = false;
      at("factor-title").focus();
    } catch (refusal) {
      await explain(refusal);
    }
  });

  at("factor-cancel").addEventListener("click", () => {
    closeFactor();
    at("begin-factor").focus();
  });

  at("factor-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = { ticket, code: at("factor-code").value };
    const done = await change("POST", "/api/my/second-factor", body, WORDS.factorSet);
    if (!done) return at("factor-code").focus();
    closeFactor();
    showCodes(done);
  });

  at("new-codes").addEventListener("click", async () => {
    const done = await change("POST", "/api/my/recovery-codes");
    if (done) showCodes(done);
  });

  at("codes-kept").addEventListener("click", () => {
    at("codes").hidden = true;
    at("codes-list").replaceChildren();
    at("begin-factor").focus();
  });

  at("remove-password").addEventListener("click", () => {
    if (confirm(WORDS.removePasswordSure)) change("DELETE", "/api/my/password", undefined, WORDS.removed);
  });
}
