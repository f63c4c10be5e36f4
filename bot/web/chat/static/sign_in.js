// Using up a one-time link. Only the button does it, so that a mail scanner cannot.

import { ask } from "./api.js";
import { fillWords, WORDS } from "./wording.js";

const text = document.getElementById("sign-in-text");
const button = document.getElementById("sign-in");
const status = document.getElementById("status");

function show() {
  const token = location.hash.slice(1);
  button.hidden = !token;
  text.textContent = token ? WORDS.signInReady : WORDS.signInNoToken;
  status.textContent = "";
}

button.addEventListener("click", async () => {
  button.disabled = true;
  status.textContent = WORDS.signingIn;
  try {
    await ask("POST", "/api/sign-in", { token: location.hash.slice(1) });
    location.replace("/");
  } catch (refusal) {
    status.textContent = refusal.message;
    button.disabled = false;
    button.focus();
  }
});

fillWords();
addEventListener("hashchange", show);
show();
