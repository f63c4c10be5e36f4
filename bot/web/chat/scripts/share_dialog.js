// Sharing a reflection: two presses as it stands, and everything else one press further in.

import { ask } from "./api.js";
import { drawn } from "./drawn.js";
import { make, withLinks } from "./elements.js";
import { THEIRS } from "./language.js";
import { sayDay, WORDS } from "./wording.js";

const dialog = document.getElementById("share-dialog");
const title = document.getElementById("share-title");
const body = document.getElementById("share-body");

const SCOPES = ["summary", "whole", "turns"];
const LONGEST_NOTE = 500;

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close(); // beside it
});

/** Show what a share that stands shows its supervisor. */
export function showWhatTheySee(name, html) {
  title.textContent = WORDS.shareShown(name);
  // The server draws it for the supervisor and for this: so the two cannot differ.
  body.replaceChildren(drawn(html));
  dialog.showModal();
}

/** Offer to share; `path` leads to the share of this reflection, `done(text)` is told the end. */
export function openShareDialog(ledger, { path, done }) {
  title.textContent = WORDS.shareTitle;
  body.replaceChildren(...(ledger.supervisors.length ? drawOffer(ledger, { path, done }) : [make("p", {}, WORDS.shareNobody)]));
  dialog.showModal();
}

function drawOffer({ supervisors, turns, today, default_until: defaultUntil }, { path, done }) {
  const wish = { supervisor: supervisors.length === 1 ? supervisors[0].id : null, scope: "summary", until: defaultUntil };
  const ticked = { whole: new Set(), turns: new Set(), summary: new Set() };
  for (const turn of turns) if (!turn.is_about_you) ticked.whole.add(turn.turn);

  const offer = make("p", { id: "share-offer" });
  const status = make("p", { id: "share-status", role: "status" });
  const preview = make("div", { id: "share-preview", "aria-live": "polite" });
  const list = make("fieldset", { class: "messages" });
  const note = make("textarea", { id: "share-note", rows: 2, maxlength: LONGEST_NOTE, oninput: changed });
  const day = make("input", { type: "date", id: "share-until", min: today, value: defaultUntil, oninput: untilChanged });
  const forever = make("input", { type: "checkbox", id: "share-forever", onchange: untilChanged });
  const course = make("input", { type: "checkbox", id: "share-course", checked: true, onchange: changed });
  const go = make("button", { type: "button", id: "share-go", class: "primary", onclick: send });
  const look = make("button", { type: "button", id: "share-look", class: "plain", onclick: see }, WORDS.sharePreview);

  function untilChanged() {
    day.disabled = forever.checked;
    wish.until = forever.checked ? null : day.value;
    changed();
  }

  // What is seen must be what is sent: a preview of something else goes away.
  function changed() {
    preview.replaceChildren();
    status.textContent = "";
    drawSentence();
  }

  function drawSentence() {
    const name = supervisors.find(({ id }) => id === wish.supervisor)?.name;
    const until = wish.until ? WORDS.untilDay(sayDay(`${wish.until}T12:00`)) : WORDS.untilWithdrawn;
    offer.textContent = WORDS.shareOffer[wish.scope](name ?? WORDS.shareSomebody, until);
    go.textContent = name ? WORDS.shareWith(name) : WORDS.shareChooseWhom;
    go.disabled = look.disabled = !name || wish.until === "" || (wish.scope === "turns" && !ticked.turns.size);
  }

  function drawMessages() {
    const isSummary = wish.scope === "summary";
    const listed = isSummary ? turns.filter((turn) => turn.is_about_you) : turns;
    list.hidden = !listed.length;
    list.replaceChildren(
      make("legend", {}, WORDS.shareMessages),
      isSummary ? make("p", { class: "quiet-text" }, WORDS.shareLeftOut) : "",
      ...listed.map((turn) => drawMessage(turn, ticked[wish.scope], changed)),
    );
  }

  function asked() {
    const chosen = [...ticked[wish.scope]].sort((one, other) => one - other);
    return { ...wish, turns: chosen, note: note.value.trim() || null, with_course: course.checked };
  }

  async function see() {
    try {
      const { html, safety } = await ask("POST", path("/preview"), asked());
      preview.replaceChildren(drawSafety(safety), make("h3", {}, WORDS.sharePreviewTitle), drawn(html));
      preview.scrollIntoView({ block: "start" });
    } catch (refusal) {
      status.textContent = refusal.message;
    }
  }

  async function send() {
    go.disabled = true;
    try {
      const { text, safety } = await ask("POST", path(), asked());
      done(text);
      if (!safety.length) return dialog.close();
      const close = make("button", { type: "button", class: "plain", onclick: () => dialog.close() }, WORDS.shareUnderstood);
      body.replaceChildren(drawSafety(safety), make("p", THEIRS, text), close);
    } catch (refusal) {
      status.textContent = refusal.message;
      go.disabled = false;
    }
  }

  const whom = choice("share-whom", WORDS.shareWhom, supervisors.map(({ id, name }) => [id, name]), wish.supervisor, (id) => {
    wish.supervisor = id;
    changed();
  });
  const what = choice("share-scope", WORDS.shareWhat, SCOPES.map((scope) => [scope, WORDS.shareScopes[scope]]), wish.scope, (scope) => {
    wish.scope = scope;
    drawMessages();
    changed();
  });
  drawMessages();
  drawSentence();
  return [
    offer,
    supervisors.length > 1 ? whom : "",
    make("p", { class: "quiet-text" }, WORDS.shareLead),
    turns.some((turn) => turn.is_about_you) ? make("p", { class: "quiet-text" }, WORDS.shareLeavesOut) : "",
    make(
      "details",
      { class: "more" },
      make("summary", {}, WORDS.shareMore),
      what,
      list,
      make("label", { class: "tick" }, course, make("span", {}, WORDS.shareCourse)),
      make(
        "div",
        { class: "until" },
        make("label", { for: "share-until" }, WORDS.shareUntil),
        day,
        make("label", { class: "tick" }, forever, make("span", {}, WORDS.shareForever)),
      ),
      make("label", { for: "share-note" }, WORDS.shareNote),
      note,
    ),
    preview,
    make("div", { class: "row deeds" }, go, look, status),
  ];
}

function choice(name, legend, options, chosen, choose) {
  const radios = options.map(([value, label]) =>
    make("label", { class: "tick" }, make("input", { type: "radio", name, value, checked: value === chosen, onchange: () => choose(value) }), make("span", {}, label)),
  );
  return make("fieldset", {}, make("legend", {}, legend), radios);
}

function drawMessage(turn, ticked, changed) {
  const tick = (event) => {
    if (event.target.checked) ticked.add(turn.turn);
    else ticked.delete(turn.turn);
    changed();
  };
  return make(
    "label",
    { class: "tick" },
    make("input", { type: "checkbox", checked: ticked.has(turn.turn), onchange: tick, data: { turn: turn.turn } }),
    make(
      "span",
      {},
      turn.heading ? make("span", { class: "label", ...THEIRS }, turn.heading) : null,
      make("span", { class: "message", dir: "auto" }, turn.text),
      turn.is_about_you ? make("span", { class: "label about-you" }, WORDS.shareAboutYou) : null,
    ),
  );
}

function drawSafety(safety) {
  if (!safety?.length) return "";
  const said = safety.map((text) => make("p", { class: "words", ...THEIRS }, ...withLinks(text)));
  return make("div", { class: "safety" }, make("p", { class: "safety-title" }, WORDS.safety), said);
}
