// Your sign-in: passkeys, password with second factor, the clinic's sign-in, open sign-ins.

import { ask } from "./api.js";
import { make } from "./elements.js";
import { ourPage } from "./language.js";
import { drawLeaving } from "./leaving.js";
import { explainNoPasskeys, makePasskey, whyNoPasskeys } from "./passkey.js";
import { setUpPassword, showPassword } from "./your_password.js";
import { SIGN_IN_WORDS as WORDS } from "./sign_in_wording.js";
import { fillWords, sayWhen } from "./wording.js";

const at = (id) => document.getElementById(id);
const clinicName = document.body.dataset.clinicName;

const say = (sentence) => (at("status").textContent = sentence);

/** Ask the server for a change; the page shows what is so afterwards, and the sentence. */
async function change(method, path, body, sentence = "") {
  try {
    const answer = await ask(method, path, body);
    await show();
    say(sentence);
    return answer ?? {};
  } catch (refusal) {
    await explain(refusal);
    return null;
  }
}

async function explain(refusal) {
  say(refusal.message);
  if (refusal.status === 401) location.replace(ourPage("/sign-in"));
  if (refusal.status === 403) await show();
  at("status").scrollIntoView({ block: "center" });
}

async function show() {
  let mine;
  try {
    mine = await ask("GET", "/api/my/sign-in");
  } catch (refusal) {
    if (refusal.status === 401) return location.replace(ourPage("/sign-in"));
    return say(refusal.message);
  }
  const hasOwnWay = mine.passkeys.length || mine.has_clinic || (mine.has_password && mine.has_second_factor);
  at("lead").textContent = hasOwnWay ? WORDS.yoursLead : WORDS.welcome;
  at("again").hidden = mine.is_fresh;
  drawPasskeys(mine);
  showPassword(mine);
  drawClinic(mine);
  at("slack-section").hidden = !mine.has_slack;
  drawSignIns(mine);
}

function drawHeld(list, name, about, button) {
  list.append(
    make("li", {}, make("div", {}, make("strong", {}, name), make("span", { class: "quiet-text" }, about)), button),
  );
}

function drawPasskeys({ passkeys, is_fresh: isFresh }) {
  const list = at("passkeys");
  if (!list) return;
  const why = whyNoPasskeys();
  list.replaceChildren();
  for (const { id, name, made_at: madeAt, used_at: usedAt } of passkeys) {
    const about = `${WORDS.madeAt(sayWhen(madeAt))}, ${usedAt ? WORDS.usedAt(sayWhen(usedAt)) : WORDS.neverUsed}`;
    const remove = () => {
      if (confirm(WORDS.removeSure(name))) change("DELETE", `/api/my/passkeys/${id}`, undefined, WORDS.removed);
    };
    const button = make("button", { type: "button", class: "quiet", onclick: remove, "aria-label": WORDS.removeOne(name) }, WORDS.remove);
    drawHeld(list, name, about, isFresh && button);
  }
  if (!passkeys.length) list.append(make("li", { class: "quiet-text" }, WORDS.noPasskeys));
  at("passkey-form").hidden = Boolean(why) || !isFresh;
  if (why) explainNoPasskeys(at("passkey-hint"), why);
  if (!passkeys.length && !at("passkey-name").value) at("passkey-name").value = WORDS.passkeyNameFirst;
}

at("passkey-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = at("passkey-name").value.trim();
  at("make-passkey").disabled = true;
  try {
    const credential = await makePasskey(await ask("POST", "/api/my/passkeys/begin"));
    if (await change("POST", "/api/my/passkeys", { credential, name }, WORDS.passkeyMade)) at("passkey-name").value = "";
  } catch (refusal) {
    await explain(refusal);
  } finally {
    at("make-passkey").disabled = false;
  }
});

function drawClinic({ has_clinic: hasClinic, is_fresh: isFresh }) {
  if (!at("clinic")) return;
  at("clinic-title").textContent = WORDS.clinicTitle(clinicName);
  at("clinic-state").textContent = hasClinic ? WORDS.clinicHas : WORDS.clinicNot;
  at("clinic").textContent = hasClinic ? WORDS.clinicRemove : WORDS.clinicAdd;
  at("clinic").dataset.has = hasClinic ? "yes" : "";
  at("clinic").hidden = !isFresh;
}

at("clinic")?.addEventListener("click", async () => {
  if (at("clinic").dataset.has) return change("DELETE", "/api/my/clinic", undefined, WORDS.removed);
  try {
    location.assign((await ask("POST", "/api/my/clinic")).address);
  } catch (refusal) {
    await explain(refusal);
  }
});

at("slack").addEventListener("click", () => change("DELETE", "/api/my/slack", undefined, WORDS.removed));

function drawSignIns({ sign_ins: signIns }) {
  const list = at("sign-ins");
  list.replaceChildren();
  for (const { id, how, browser, seen_at: seenAt, is_this: isThis } of signIns) {
    const name = browser || WORDS.unknownBrowser;
    const about = `${WORDS.how[how]}, ${isThis ? WORDS.thisOne : WORDS.seenAt(sayWhen(seenAt))}`;
    const end = () => change("DELETE", `/api/my/sign-ins/${id}`, undefined, WORDS.ended);
    const button = make("button", { type: "button", class: "quiet", onclick: end, "aria-label": WORDS.endOne(name) }, WORDS.end);
    drawHeld(list, name, about, !isThis && button);
  }
  at("end-others").hidden = signIns.length < 2;
}

at("end-others").addEventListener("click", () => change("DELETE", "/api/my/sign-ins", undefined, WORDS.ended));

document.querySelector("main").append(drawLeaving([], [make("a", { class: "plain", href: ourPage("/") }, WORDS.toBallast)]));
// Words that are not sent yet stay in this browser: the same person comes back at once.
at("sign-in-again").addEventListener("click", () => location.assign(ourPage("/sign-in?again")));

fillWords(document, WORDS);
at("home").href = ourPage("/");
setUpPassword({ change, explain });
await show();
