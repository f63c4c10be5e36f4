// "People to call", one press away, and there without the network once the page is loaded.

import { ask } from "./api.js";
import { make, withLinks } from "./elements.js";
import { THEIRS } from "./language.js";
import { WORDS } from "./wording.js";

const dialog = document.getElementById("people-dialog");
const list = document.getElementById("people-list");
let known = null;

async function load() {
  if (known) return;
  try {
    known = (await ask("GET", "/api/contacts")).people;
  } catch {
    known = null;
  }
}

function draw() {
  list.replaceChildren(
    known
      ? make("ul", { class: "people", ...THEIRS }, known.map((person) => make("li", {}, ...withLinks(person))))
      : make("p", { class: "safety" }, WORDS.peopleFailed),
  );
}

async function open() {
  if (known) draw();
  else list.replaceChildren(make("p", {}, WORDS.loading));
  dialog.showModal();
  if (known) return;
  await load();
  draw();
}

/** Wire the button, and fetch the list before it is needed. */
export function setUpPeople() {
  document.getElementById("people").addEventListener("click", open);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  load();
}
