// What is shared of a reflection: with whom, until when, who looked; and withdrawing it.

import { ask, reflectionPath, Refusal } from "./api.js";
import { make } from "./elements.js";
import { sayWhen, WORDS } from "./wording.js";

// Seldom needed, so it is loaded when it is: a conversation can be written in sooner.
const shareDialog = () =>
  import("./share_dialog.js").catch(() => {
    throw new Refusal(0, WORDS.offline);
  });

/** Draw the button that shares and the section that tells; `say` tells what was done. */
export function drawSharing(reflectionId, say) {
  const path = (rest = "") => reflectionPath(reflectionId, `/share${rest}`);
  const section = make("section", { id: "sharing", hidden: true });
  const button = make("button", { type: "button", id: "share", class: "plain", "aria-haspopup": "dialog", onclick: open }, WORDS.share);

  async function open() {
    try {
      const ledger = await ask("GET", path());
      draw(ledger);
      (await shareDialog()).openShareDialog(ledger, { path, done });
    } catch (refusal) {
      say(refusal.message);
    }
  }

  async function done(text) {
    await refresh();
    say(text);
  }

  async function withdraw(share) {
    try {
      await ask("DELETE", path(`/${encodeURIComponent(share.id)}`));
      await done(WORDS.withdrawn);
      button.focus();
    } catch (refusal) {
      say(refusal.message);
    }
  }

  async function show(share) {
    try {
      const { html } = await ask("GET", path(`/${encodeURIComponent(share.id)}`));
      (await shareDialog()).showWhatTheySee(share.supervisor.name, html);
    } catch (refusal) {
      await done(refusal.message);
    }
  }

  async function refresh() {
    try {
      draw(await ask("GET", path()));
    } catch (refusal) {
      say(refusal.message);
    }
  }

  function draw({ shares }) {
    const standing = shares.filter(({ ended }) => !ended);
    const ended = shares.filter((share) => share.ended);
    section.hidden = !shares.length;
    section.replaceChildren(
      ...(standing.length ? [make("h3", {}, WORDS.sharedNow), make("ul", { class: "shares" }, standing.map(drawStanding))] : []),
      ended.length ? drawHistory(ended) : "",
    );
  }

  function drawStanding(share) {
    const act = (words, kind, what) => make("button", { type: "button", class: `plain ${kind}`, onclick: () => what(share) }, words);
    return make(
      "li",
      {},
      make("p", {}, make("strong", {}, share.supervisor.name), ` · ${WORDS.shareScopes[share.scope]} · ${untilOf(share)}`),
      share.note ? make("p", { class: "told" }, `“${share.note}”`) : null,
      make("p", { class: "quiet-text views" }, viewsOf(share) || WORDS.notOpened),
      drawDone(share),
      make("div", { class: "row" }, act(WORDS.showShared, "show-shared", show), act(WORDS.withdraw, "withdraw", withdraw)),
    );
  }

  refresh();
  return { button, section };
}

function drawHistory(ended) {
  const lines = ended.map((share) => {
    const end = `${WORDS.shareEnded[share.ended.how]} ${sayWhen(share.ended.at)}`;
    const parts = [share.supervisor.name, WORDS.shareScopes[share.scope], `${WORDS.sharedSince(sayWhen(share.shared_at))} ${untilOf(share)}`, end];
    return make("li", {}, make("p", {}, parts.join(" · ")), make("p", { class: "quiet-text" }, viewsOf(share)), drawDone(share));
  });
  return make("details", { class: "history" }, make("summary", {}, WORDS.shareHistory), make("ul", {}, lines));
}

// Whether each concern was seen, what was done about it, and what became of messages about it.
function drawDone({ supervisor, concerns, messages }) {
  if (!concerns.length) return null;
  const said = concerns.flatMap(({ kind, seen_at: seenAt, done }) => [
    make("li", {}, WORDS.concernSeen(WORDS.concerns[kind], seenAt && sayWhen(seenAt), supervisor.name)),
    ...done.map(({ at, text }) => make("li", { class: "told" }, WORDS.concernDone(sayWhen(at), text))),
  ]);
  const told = messages.map(({ channel, occasion, state, at }) => {
    const message = WORDS.messageOf[occasion](WORDS.messageTo[channel](supervisor.name));
    return make("li", {}, WORDS.messageBecame[state](message, WORDS.messageTaker[channel], sayWhen(at)));
  });
  const none = messages.length ? [] : [make("li", {}, WORDS.messageNone)];
  return make("ul", { class: "quiet-text concerns-done" }, [...said, ...told, ...none]);
}

const untilOf = ({ until }) => (until ? WORDS.untilDay(until) : WORDS.untilWithdrawn);
const viewsOf = ({ views }) => (views.length ? WORDS.opened(views.map(sayWhen).join("; ")) : "");
