// One reflection, from the moment it is opened until it is left.

import { ask, reflectionPath } from "./api.js";
import * as composer from "./composer.js";
import { drawLog } from "./drawing.js";
import { make } from "./elements.js";
import { closeSummary, loadSummary, openSummary } from "./ending.js";
import { areShown } from "./findings.js";
import { follow, isAtEnd, pointToNewer } from "./following.js";
import { openOutbox } from "./outbox.js";
import { openLine } from "./socket.js";
import { drawStages } from "./stages.js";
import { keepTurns } from "./turns.js";
import { draftOf, forget, keepDraft } from "./unsent.js";
import { sayDay, WORDS } from "./wording.js";

const LONGEST_ANSWERING_MS = 15_000; // then a sentence says that words are kept
const GOODBYE_MS = 900; // a deleted reflection may still be followed by "start_again"

const log = document.getElementById("log");
const status = document.getElementById("status");
const title = document.getElementById("room-title");
const pause = document.getElementById("pause");

/**
 * Open the reflection `id`; gives what closes it again.
 *
 * `leave(sentence)` goes back to the list, `startAnother(path)` starts a new reflection.
 */
export function openConversation(id, { leave, startAnother }) {
  const turns = keepTurns();
  const outbox = openOutbox(id);
  let reflection = null;
  let lineState = "connecting";
  let refusal = "";
  let waiting = "";
  let waitingSince = 0;
  let isEnding = false;
  let isClosedHere = false;
  let goodbye = 0;

  function merge(turn) {
    turns.take(turn);
    outbox.drop(turn.id);
  }

  const hearing = {
    history(event) {
      const isFirst = reflection === null;
      reflection = event.reflection;
      event.turns.forEach(merge);
      refusal = "";
      if (isFirst) drawFirst();
      else drawAndFollow();
      outbox.all().forEach((message) => outbox.transmit(message, line));
    },
    kept(event) {
      merge(event.turn);
      outbox.drop(event.id);
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
      else if (event.turn.state !== "kept" && areShown(turns.inOrder())) refresh();
    },
    waiting(event) {
      waiting = event.text;
      draw();
    },
    refused(event) {
      const message = outbox.takeOut(event.id);
      if (message && !message.choice) putBack(message.text);
      refusal = event.text;
      if (event.reason === "signed_out") {
        line.close();
        lineState = "signed_out";
      }
      draw();
      if (event.reason === "not_offered") refresh();
    },
    deleted() {
      sayGoodbye();
    },
    start_again() {
      // Of several open pages only the one in which it was asked for starts another.
      if (outbox.wasWrittenHere(turns.last()?.id)) startAnother("full");
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

  function send(text, choice) {
    refusal = "";
    outbox.transmit(outbox.add(text, choice), line);
    draw();
    follow({ toEnd: true });
  }

  function answer(text, choice) {
    send(text, choice);
    // The button is gone: the focus goes where the next thing is done.
    if (composer.mayFocusComposer()) composer.focusComposer();
    else log.focus({ preventScroll: true });
  }

  function draw() {
    const all = turns.inOrder();
    const last = all.at(-1);
    const isWaiting = last?.state === "kept";
    if (!isWaiting) waitingSince = 0;
    else waitingSince ||= Date.now();
    const state = reflection?.state;
    const hasChanged = drawLog(log, {
      turns: all,
      pending: outbox.all(),
      isLive: !outbox.all().length && !isWaiting && state !== "closed" && state !== "deleted",
      hasScale: state === "open",
      isThinking: isWaiting && lineState === "open" && !waiting,
      isSlow: lineState !== "open",
      answer,
    });
    drawStages(reflection);
    if (state !== "open" && document.activeElement === pause) log.focus({ preventScroll: true });
    pause.hidden = state !== "open";
    composer.showComposer(state !== "closed" || composer.draft() !== "");
    drawStatus();
    if (state === "closed") openSummary(reflection, { leave, startAnother });
    return hasChanged;
  }

  function drawStatus() {
    if (lineState === "signed_out") {
      const link = make("a", { href: `/sign-in${location.search}` }, WORDS.signInAgain);
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
    log.setAttribute("aria-live", turns.inOrder().some((turn) => turn.said.length) ? "off" : "polite");
    log.hidden = isClosed;
    draw();
    setTimeout(() => log.setAttribute("aria-live", "polite"), 300);
    requestAnimationFrame(() => log.classList.add("lively"));
    (window.requestIdleCallback ?? setTimeout)(loadSummary);
    if (isClosed) return window.scrollTo(0, 0);
    follow({ atOnce: true });
    if (composer.mayFocusComposer()) composer.focusComposer();
    else title.focus({ preventScroll: true });
  }

  function drawAndFollow() {
    const wasAtEnd = isAtEnd();
    if (!draw()) return;
    if (wasAtEnd) follow();
    else pointToNewer();
  }

  const line = openLine(id, {
    after: turns.lastSettled,
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
    if (lineState === "open" && outbox.isStuck()) line.renew();
    if (waitingSince && !waiting && Date.now() - waitingSince > LONGEST_ANSWERING_MS) {
      waiting = WORDS.waitingForBot;
      draw();
    }
  }, 1000);

  log.replaceChildren();
  log.classList.remove("lively");
  log.hidden = false;
  closeSummary();
  pause.onclick = () => send("pause");
  composer.onWriting({ send, changed: (text) => keepDraft(id, text) });
  composer.setDraft(draftOf(id));
  status.textContent = WORDS.loading;

  return function close() {
    isClosedHere = true;
    clearTimeout(goodbye);
    clearInterval(watch);
    line.close();
    pause.hidden = true;
    drawStages(null);
    closeSummary();
    composer.onWriting({ send() {}, changed() {} });
  };
}
