// The sign-in page: a one-time link when there is one, else passkey, password, clinic.

import { ask } from "./api.js";
import { ourPage } from "./language.js";
import { explainNoPasskeys, usePasskey, whyNoPasskeys } from "./passkey.js";
import { SIGN_IN_WORDS as WORDS } from "./sign_in_wording.js";
import { fillWords } from "./wording.js";

const at = (id) => document.getElementById(id);
const status = at("status");
let ticket = null;

function show() {
  const token = location.hash.slice(1);
  at("by-link").hidden = !token;
  at("ways").hidden = Boolean(token);
  status.textContent = "";
}

/** Do `work` with the controls of `place` off; a refusal becomes a sentence, and `back` gets the focus. */
async function during(place, back, work) {
  const controls = [...place.querySelectorAll("button, input")];
  for (const control of controls) control.disabled = true;
  status.textContent = WORDS.signingIn;
  let refusal = null;
  try {
    await work();
  } catch (fault) {
    refusal = fault;
  }
  for (const control of controls) control.disabled = false;
  status.textContent = refusal?.message ?? "";
  if (refusal) back().focus();
}

// "?again" is how "Your sign-in" asks for it.
const goOn = async ({ go_to: place }) => {
  if (document.body.classList.contains("framed")) return (await import("./frame.js")).goOn();
  const isAgain = new URLSearchParams(location.search).has("again");
  location.replace(ourPage(isAgain ? "/your-sign-in" : place));
};

at("sign-in").addEventListener("click", () =>
  during(at("by-link"), () => at("sign-in"), async () =>
    goOn(await ask("POST", "/api/sign-in", { token: location.hash.slice(1) })),
  ),
);

at("use-passkey")?.addEventListener("click", () =>
  during(at("by-passkey"), () => at("use-passkey"), async () => {
    const options = await ask("POST", "/api/sign-in/passkey/begin");
    goOn(await ask("POST", "/api/sign-in/passkey", { credential: await usePasskey(options) }));
  }),
);

function askForCode(isAsking) {
  at("password-form").hidden = isAsking;
  at("code-form").hidden = !isAsking;
  at("code").value = "";
  (isAsking ? at("code") : at("password")).focus();
}

at("password-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const body = { name: at("name").value, password: at("password").value };
  during(at("password-form"), () => at("password"), async () => {
    ({ ticket } = await ask("POST", "/api/sign-in/password", body));
    at("password").value = "";
    askForCode(true);
  }).then(() => ticket && at("code").focus());
});

at("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const body = { ticket, code: at("code").value };
  during(at("code-form"), () => at("code"), async () => goOn(await ask("POST", "/api/sign-in/code", body)));
});

at("code-back").addEventListener("click", () => {
  ticket = null;
  status.textContent = "";
  askForCode(false);
});

at("use-clinic")?.addEventListener("click", () =>
  during(at("by-clinic"), () => at("use-clinic"), async () =>
    location.assign((await ask("POST", "/api/sign-in/clinic")).address),
  ),
);

fillWords(document, WORDS);
if (at("use-clinic")) at("use-clinic").textContent = WORDS.useClinic(document.body.dataset.clinicName);
if (at("use-passkey") && whyNoPasskeys()) {
  at("use-passkey").hidden = true;
  explainNoPasskeys(at("passkey-hint"), whyNoPasskeys());
}
addEventListener("hashchange", show);
show();
