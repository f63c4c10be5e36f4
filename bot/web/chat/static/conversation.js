// One reflection, from the moment it is opened until it is left.

import { ask, reflectionPath } from "./api.js";
import * as composer from "./composer.js";
import { drawLog } from "./drawing.js";
import { make, scrollTo } from "./elements.js";
import { areShown } from "./findings.js";
import { openLine } from "./socket.js";
import { drawStages } from "./stages.js";
import { closeSummary, openSummary } from "./summary.js";
import { dropMessage, draftOf, forget, freshId, keepDraft, keepMessage, messagesOf } from "./unsent.js";
import { sayDay, WORDS } from "./wording.js";

const LONGEST_KEEPING_MS = 8000; // then the line is dead, though nobody said so
const LONGEST_ANSWERING_MS = 15_000; // then a sentence says that words are kept
const GOODBYE_MS = 900; // a deleted reflection may still be followed by "start_again"
const NEAR_THE_END_PX = 180;

const log = document.getElementById("log");
const status = document.getElementById("status");
const newer = document.getElementById("newer");
const title = document.getElementById("room-title");
const pause = document.getElementById("pause");

const isNearEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR_THE_END_PX;

/**
 * Open the reflection `id`; gives what closes it again.
 *
 * `leave(sentence)` goes back to the list, `startAnother(path)` starts a new reflection.
 */
export function openConversation(id, { leave, startAnother }) {
  const turns = new Map();
  const sentHere = new Set();
  const sentAt = new Map();
  let pending = messagesOf(id);
  let reflection = null;
  let lineState = "connecting";
  let refusal = "";
  let waiting = "";
  let waitingSince = 0;
  let isEnding = false;

  const inOrder = () => [...turns.values()].sort((one, other) => one.turn - other.turn);

  // The last turn before the first that still waits: that one may have been answered while
  // the line was down, and must be told again.
  function lastSettled() {
    const all = inOrder();
    const open = all.findIndex((turn) => turn.state === "kept" || turn.state === "held");
    return (open < 0 ? all.at(-1)?.turn : all[open].turn - 1) ?? -1;
  }

  function merge(turn) {
    const known = turns.get(turn.turn);
    // "Kept" can be overtaken by its own answer.
    if (!(known && known.state !== "kept" && turn.state === "kept")) turns.set(turn.turn, turn);
    drop(turn.id);
  }

  function drop(messageId) {
    dropMessage(id, messageId);
    sentAt.delete(messageId);
    pending = pending.filter((message) => message.id !== messageId);
  }

  const hearing = {
    history(event) {
      const isFirst = reflection === null;
      reflection = event.reflection;
      event.turns.forEach(merge);
      refusal = "";
      if (isFirst) {
        drawFirst();
      } else {
        drawAndFollow();
      }
      pending.forEach(transmit);
    },
    kept(event) {
      merge(event.turn);
      drop(event.id);
      drawAndFollow();
      if (event.turn.state !== "kept") refresh();
    },
    turn(event) {
      merge(event.turn);
      if (event.turn.state !== "kept") waiting = "";
      if (event.reflection) reflection = event.reflection;
      drawAndFollow();
      if (reflection.state === "deleted") sayGoodbye();
      // A verdict or a choice of steps also changes the earlier turn it is about.
      else if (event.turn.state !== "kept" && areShown(inOrder())) refresh();
    },
    waiting(event) {
      waiting = event.text;
      draw();
    },
    refused(event) {
      const message = pending.find((one) => one.id === event.id) ?? pending[0];
      if (message) {
        drop(message.id);
        if (!message.choice) putBack(message.text);
      }
      refusal = event.text;
      if (event.reason === "signed_out") lineState = "signed_out";
      draw();
      if (event.reason === "not_offered") refresh();
    },
    deleted() {
      sayGoodbye();
    },
    start_again() {
      // Of several open pages only the one in which it was asked for starts another.
      const isMine = sentHere.has(inOrder().at(-1)?.id);
      if (isMine) startAnother("full");
    },
  };

  function putBack(text) {
    composer.setDraft([text, composer.draft()].filter(Boolean).join("\n\n"));
    keepDraft(id, composer.draft());
  }

  function sayGoodbye() {
    if (isEnding) return;
    isEnding = true;
    forget(id);
    goodbye = setTimeout(() => leave(WORDS.wasDeleted), GOODBYE_MS);
  }
  let goodbye = 0;

  // Some effects reach turns that are drawn already; nothing tells of those but reading again.
  async function refresh() {
    try {
      const found = await ask("GET", reflectionPath(id));
      if (isClosedHere || isEnding) return;
      reflection = found.reflection;
      found.turns.forEach(merge);
      draw();
    } catch {
      // The line tells when something is wrong; this was only to be fresher.
    }
  }
  let isClosedHere = false;

  function send(text, choice) {
    const message = { id: freshId(), text, choice, at: Date.now() };
    keepMessage(id, message);
    sentHere.add(message.id);
    pending.push(message);
    refusal = "";
    transmit(message);
    draw();
    follow();
  }

  function transmit({ id: messageId, text, choice }) {
    const isSent = line.send({ type: "say", id: messageId, text, choice });
    if (isSent) sentAt.set(messageId, Date.now());
  }

  function answer(text, choice) {
    send(text, choice);
    // The button is gone: the focus goes where the next thing is done.
    if (composer.mayFocusComposer()) composer.focusComposer();
    else log.focus({ preventScroll: true });
  }

  function draw() {
    const all = inOrder();
    const last = all.at(-1);
    const isWaiting = last?.state === "kept";
    if (!isWaiting) waitingSince = 0;
    else waitingSince ||= Date.now();
    const state = reflection?.state;
    drawLog(log, {
      turns: all,
      pending,
      isLive: !pending.length && !isWaiting && state !== "closed" && state !== "deleted",
      hasScale: state === "open",
      isThinking: isWaiting && lineState === "open" && !waiting,
      isSlow: lineState !== "open",
      answer,
    });
    drawStages(reflection);
    pause.hidden = state !== "open";
    composer.showComposer(state !== "closed" || composer.draft() !== "");
    drawStatus();
    if (state === "closed") openSummary(reflection, { leave, startAnother });
  }

  function drawStatus() {
    if (lineState === "signed_out") {
      const link = make("a", { href: "/sign-in" }, WORDS.signInAgain);
      status.replaceChildren(`${refusal || WORDS.signedOut} `, link);
      return;
    }
    const text = refusal || (lineState === "waiting" ? WORDS.waitingForNetwork : waiting);
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("refusal", Boolean(refusal));
  }

  function drawFirst() {
    const isClosed = reflection.state === "closed";
    title.textContent = WORDS.roomTitle(sayDay(reflection.started_at));
    // What was said before is there to be read, not to be read out at once.
    log.setAttribute("aria-live", [...turns.values()].some((turn) => turn.said.length) ? "off" : "polite");
    log.hidden = isClosed;
    draw();
    setTimeout(() => log.setAttribute("aria-live", "polite"), 300);
    requestAnimationFrame(() => log.classList.add("lively"));
    if (isClosed) return scrollBy({ top: -scrollY });
    scrollBy({ top: document.documentElement.scrollHeight });
    if (composer.mayFocusComposer()) composer.focusComposer();
    else title.focus({ preventScroll: true });
  }

  function drawAndFollow() {
    const wasNearEnd = isNearEnd();
    const before = log.innerText;
    draw();
    if (log.innerText === before) return;
    if (wasNearEnd) follow();
    else newer.hidden = isNearEnd();
  }

  // Down to the newest, but never past the beginning of what has to be read.
  function follow() {
    newer.hidden = true;
    const newest = log.querySelector(".turn:last-of-type");
    const room = innerHeight - document.querySelector(".bar").offsetHeight - document.getElementById("dock").offsetHeight;
    if (newest && !pending.length && newest.offsetHeight > room) scrollTo(newest, "start");
    else scrollTo(document.getElementById("dock"), "end");
  }

  function onScroll() {
    if (isNearEnd()) newer.hidden = true;
  }

  const line = openLine(id, {
    after: lastSettled,
    hear(event) {
      hearing[event.type]?.(event);
    },
    tell(state) {
      if (isEnding) return;
      if (state === "gone") {
        forget(id);
        return leave(WORDS.isGone);
      }
      lineState = state;
      draw();
    },
  });

  const watch = setInterval(() => {
    const now = Date.now();
    const isStuck = [...sentAt.values()].some((at) => now - at > LONGEST_KEEPING_MS);
    if (isStuck && lineState === "open") {
      sentAt.clear();
      line.renew();
    }
    if (waitingSince && !waiting && now - waitingSince > LONGEST_ANSWERING_MS) {
      waiting = WORDS.waitingForBot;
      draw();
    }
  }, 1000);

  log.replaceChildren();
  log.classList.remove("lively");
  log.hidden = false;
  closeSummary();
  newer.hidden = true;
  newer.onclick = follow;
  pause.onclick = () => send("pause");
  addEventListener("scroll", onScroll, { passive: true });
  composer.onWriting({ send, changed: (text) => keepDraft(id, text) });
  composer.setDraft(draftOf(id));
  status.textContent = WORDS.loading;

  return function close() {
    isClosedHere = true;
    clearTimeout(goodbye);
    clearInterval(watch);
    removeEventListener("scroll", onScroll);
    line.close();
    pause.hidden = true;
    drawStages(null);
    closeSummary();
    composer.onWriting({ send() {}, changed() {} });
  };
}
