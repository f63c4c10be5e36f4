// Ties the account to who asked for this link in Slack. The link's token stands behind `#`.

import { ask } from "./api.js";
import { SIGN_IN_WORDS as WORDS } from "./sign_in_wording.js";
import { fillWords } from "./wording.js";

const at = (id) => document.getElementById(id);
const token = location.hash.slice(1);

fillWords(document, WORDS);
at("link").hidden = !token;
if (!token) at("status").textContent = WORDS.slackLinkMissing;

at("link").addEventListener("click", async () => {
  at("link").disabled = true;
  try {
    await ask("POST", "/api/my/slack", { token });
    history.replaceState(null, "", location.pathname);
    at("status").textContent = WORDS.slackLinked;
    at("link").hidden = at("first").hidden = at("about").hidden = true;
  } catch (refusal) {
    explain(refusal);
  } finally {
    at("link").disabled = false;
  }
});

// The link is not used up by asking too early: signed in, one comes back and presses again.
function explain({ status, message }) {
  at("first").hidden = status !== 401 && status !== 403;
  at("status").textContent = status === 401 ? WORDS.slackLinkSignIn : message;
}
