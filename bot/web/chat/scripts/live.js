// Keep a page of the console up to date: what is marked `data-live` is fetched anew and drawn again.
//
// The line says only that something changed; the page asks for itself, as whoever has it open.

import { drawn } from "./drawn.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const PARTS = /<!--live:([\w-]+)-->([\s\S]*?)<!--\/live:\1-->/g;
// Several changes at once are one.
const TOGETHER_MS = 150;

const status = document.getElementById("live-status");
const GONE = "This is not here any more. It may have been withdrawn.";
const WAITS = "Something new was written. It appears here once you have sent or cleared what you are writing.";
const CHANGED = "This page changed just now.";

let wait = FIRST_WAIT_MS;
let timer = 0;
let hasHeard = false;

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const line = new WebSocket(`${scheme}://${location.host}/news`);
  line.onopen = () => {
    // What happened while there was no line was not told.
    if (hasHeard) soon();
    hasHeard = true;
  };
  line.onmessage = () => {
    wait = FIRST_WAIT_MS;
    soon();
  };
  line.onclose = () => {
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, TOGETHER_MS);
}

async function refresh() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.status === 404 || answer.status === 401) return leave();
    if (!answer.ok) return;
    const page = await answer.text();
    const said = [...page.matchAll(PARTS)].map(([, name, html]) => redraw(name, html));
    if (said.includes(WAITS)) say(WAITS);
    else if (said.includes(CHANGED)) say(CHANGED);
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault; // no network: the line comes back and asks again
  }
}

/** Draw one part again, unless it is the same or somebody is writing in it. */
function redraw(name, html) {
  const part = document.querySelector(`[data-live="${name}"]`);
  if (!part) return "";
  const fresh = drawn(html);
  if (sameWords(fresh, part)) return "";
  if (isWrittenIn(part)) return WAITS;
  const open = new Set([...part.querySelectorAll("details[open]")].map(keyOf));
  for (const each of fresh.querySelectorAll("details")) if (open.has(keyOf(each))) each.open = true;
  part.replaceChildren(...fresh.childNodes);
  return CHANGED;
}

// A form's own id differs each time it is drawn and says nothing.
const sameWords = (one, other) => wordsOf(one) === wordsOf(other);
const wordsOf = (element) => element.textContent.replace(/\s+/g, " ").trim();
const keyOf = (details) => details.closest("[id]")?.id + details.querySelector("summary")?.textContent;

function isWrittenIn(part) {
  if (part.contains(document.activeElement) && document.activeElement.matches("textarea, input, select")) return true;
  return [...part.querySelectorAll("textarea")].some(({ value, defaultValue }) => value !== defaultValue);
}

function leave() {
  document.querySelector("main").replaceChildren();
  say(GONE);
}

function say(sentence) {
  status.textContent = "";
  status.textContent = sentence;
}

if (status && document.querySelector("[data-live]")) connect();
