// The therapist's reflections: go on with one, read one, start one.

import { ask } from "./api.js";
import { drawConsents } from "./consents.js";
import { make } from "./elements.js";
import { drawIdleChoice } from "./idle.js";
import { ourPage, THEIRS } from "./language.js";
import { drawLeaving } from "./leaving.js";
import { drawReceipts } from "./receipts.js";
import { forgetStrangers, hasUnsent, openUnsent } from "./unsent.js";
import { sayWhen, WORDS } from "./wording.js";

const main = document.getElementById("list");

/** Show the list, with `sentence` above it when there is something to say. */
export async function openList({ sentence, start, address }) {
  const said = make("p", { id: "list-status", role: "status" }, sentence ?? "");
  const found = make("div", { id: "reflections", "aria-busy": "true" }, make("p", { class: "quiet-text" }, WORDS.loading));
  const begin = (path) => start(path).catch((refusal) => (said.textContent = refusal.message));
  main.replaceChildren(said, make("h1", { tabindex: "-1" }, WORDS.listTitle), drawStart(begin), found, drawFooter());
  await fill(found, address);
}

async function fill(found, address) {
  try {
    const { reflections } = await ask("GET", "/api/reflections");
    await openUnsent();
    forgetStrangers(reflections.map(({ id }) => id));
    found.replaceChildren(...drawGroups(reflections, address));
  } catch (refusal) {
    if (refusal.status === 401) return location.replace(ourPage("/sign-in"));
    const again = make("button", { type: "button", class: "plain", onclick: () => fill(found, address) }, WORDS.tryAgain);
    found.replaceChildren(make("p", { role: "alert" }, refusal.message), again);
  } finally {
    found.removeAttribute("aria-busy");
  }
}

function drawStart(begin) {
  const way = (path, name, time, about) =>
    make(
      "button",
      { type: "button", class: "start", data: { path }, onclick: () => begin(path) },
      make("span", { class: "start-name" }, name, make("span", { class: "start-time" }, `, ${time}`)),
      make("span", { class: "start-about" }, about),
    );
  return make(
    "section",
    { class: "begin", "aria-labelledby": "begin-title" },
    make("h2", { id: "begin-title" }, WORDS.start),
    make("p", { class: "quiet-text" }, WORDS.startLead),
    make(
      "div",
      { class: "ways" },
      way("full", WORDS.full, WORDS.fullTime, WORDS.fullAbout),
      way("short", WORDS.short, WORDS.shortTime, WORDS.shortAbout),
    ),
  );
}

function drawGroups(reflections, address) {
  const isClosed = ({ state }) => state === "closed";
  const groups = [
    [WORDS.goOn, reflections.filter((one) => !isClosed(one))],
    [WORDS.closed, reflections.filter(isClosed)],
  ].filter(([, some]) => some.length);
  if (!groups.length) return [make("p", { class: "quiet-text" }, WORDS.noneYet)];
  return groups.map(([heading, some]) =>
    make("section", {}, make("h2", {}, heading), make("ul", { class: "cards" }, some.map((one) => drawCard(one, address)))),
  );
}

function drawCard(reflection, address) {
  const { id, state, stage, stages, path, started_at: startedAt } = reflection;
  const position = stages.findIndex((one) => one.id === stage);
  const isClosed = state === "closed";
  const where =
    isClosed || position < 0
      ? []
      : [" · ", make("span", THEIRS, stages[position].name), `, ${WORDS.positionOf(position + 1, stages.length)}`];
  return make(
    "li",
    {},
    make(
      "a",
      { class: "card", href: address(id), data: { state } },
      make("strong", {}, sayWhen(startedAt)),
      make("span", { class: "card-state" }, isClosed ? WORDS.readSummary : WORDS.states[state], where),
      make("span", { class: "card-path" }, path === "short" ? WORDS.shortPath : WORDS.fullPath),
      hasUnsent(id) ? make("span", { class: "card-unsent" }, WORDS.hasWords) : null,
    ),
    drawNews(reflection),
  );
}

// What a supervisor wrote about it stands on a page of its own.
function drawNews({ id, unread, is_asked: isAsked }) {
  if (!unread && !isAsked) return null;
  const news = isAsked ? WORDS.askedForMore : WORDS.newComments(unread);
  return make("a", { class: "card-news", href: `/reflections/${id}` }, news);
}

function drawFooter() {
  const mine = make("a", { class: "plain", id: "your-sign-in", href: ourPage("/your-sign-in") }, WORDS.yourSignIn);
  const overTime = make("a", { class: "plain", id: "over-time", href: "/over-time" }, WORDS.overTime);
  const name = make("span", {}, WORDS.hello(document.body.dataset.name));
  const keeping = make("div", {});
  import("./keeping.js").then(({ drawKeeping }) => keeping.replaceChildren(drawKeeping()));
  return drawLeaving([drawReceipts(), drawConsents(), drawIdleChoice(), keeping], [name, overTime, mine]);
}
