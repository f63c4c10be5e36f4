// The page a therapist talks in: the list or one reflection, by the address behind `#`.

import { ask } from "./api.js";
import { focusComposer } from "./composer.js";
import { openConversation } from "./conversation.js";
import { setUpCover } from "./cover.js";
import { make } from "./elements.js";
import { later } from "./later.js";
import { setUpPeople } from "./people.js";
import { fillWords, WORDS } from "./wording.js";

// Behind `#`, so that no id stands in a server's log or in what another page is told.
const ADDRESS = /^#\/reflection\/([\w-]+)$/;
const address = (id) => `#/reflection/${id}`;

const list = document.getElementById("list");
const room = document.getElementById("room");
const home = document.getElementById("home");
const skip = document.getElementById("skip");
const breathDialog = document.getElementById("breath-dialog");
let closeRoom = null;
let sentence = "";
let shownOnce = false;

function show() {
  closeRoom?.();
  const id = ADDRESS.exec(location.hash)?.[1];
  list.hidden = Boolean(id);
  room.hidden = !id;
  skip.hidden = !id;
  document.body.classList.toggle("in-room", Boolean(id));
  if (id) home.setAttribute("aria-label", WORDS.toList);
  else home.removeAttribute("aria-label");
  closeRoom = id ? openConversation(id, { leave, startAnother }) : null;
  if (!id) showList(shownOnce);
  shownOnce = true;
}

async function showList(hasFocus) {
  window.scrollTo(0, 0);
  const loaded = await later(import("./list.js"), list);
  if (!loaded || list.hidden) return;
  loaded.openList({ sentence, start, address });
  sentence = "";
  if (hasFocus) list.querySelector("h1").focus({ preventScroll: true });
}

/** Go back to the list, which says `why`. */
function leave(why) {
  sentence = why ?? "";
  history.replaceState(null, "", location.pathname + location.search);
  show();
}

async function start(path) {
  const reflection = await ask("POST", "/api/reflections", { path });
  location.hash = address(reflection.id);
}

/** Start a reflection from within another one; without a path the list offers both. */
async function startAnother(path) {
  if (!path) {
    location.hash = "";
    return;
  }
  try {
    await start(path);
  } catch (refusal) {
    leave(refusal.message);
  }
}

/** Open "A breath", at any stage: it is read, and nothing comes of it. */
async function breathe() {
  const body = document.getElementById("breath-body");
  body.replaceChildren(make("p", {}, WORDS.loading));
  breathDialog.showModal();
  try {
    await (await import("./breath.js")).drawGroundings(body);
  } catch {
    body.replaceChildren(make("p", {}, WORDS.breathFailed));
  }
}

fillWords();
setUpCover();
setUpPeople();
skip.addEventListener("click", focusComposer);
document.getElementById("breathe").addEventListener("click", breathe);
breathDialog.addEventListener("click", (event) => event.target === breathDialog && breathDialog.close());
addEventListener("hashchange", show);
show();
import("./idle.js").then(({ setUpIdle }) => setUpIdle());
