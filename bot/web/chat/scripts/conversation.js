// One reflection, from the moment it is opened until it is left.

import { askedAgain, drawAgain, takeUp } from "./again.js";
import { ask, reflectionPath } from "./api.js";
import * as composer from "./composer.js";
import { drawLog } from "./drawing.js";
import { make } from "./elements.js";
import { closeSummary, loadSummary, openSummary, outdateSummary } from "./ending.js";
import { areShown } from "./findings.js";
import { follow, isAtEnd, pointToNewer } from "./following.js";
import { ourPage } from "./language.js";
import { hush, readOutFor } from "./live_region.js";
import { openOutbox } from "./outbox.js";
import { endingSoon, isUseDue } from "./session.js";
import { openLine } from "./socket.js";
import { drawStages } from "./stages.js";
import { keepTurns } from "./turns.js";
import { draftOf, forget, keepDraft, keeping, onElsewhere, openUnsent } from "./unsent.js";
import { drawWays, onWay } from "./ways.js";
import { sayDay, WORDS } from "./wording.js";

const LONGEST_ANSWERING_MS = 15_000; // then a sentence says that words are kept
const FIRST_ASKING_MS = 8000; // then an answer is asked for, should the line have lost it
const LONGEST_ASKING_MS = 60_000;
const ASLEEP_MS = 30_000; // between two ticks: this computer slept, and its lines are dead
const GOODBYE_MS = 900; // a deleted reflection may still be followed by "start_again"

const log = document.getElementById("log");
const status = document.getElementById("status");
const title = document.getElementById("room-title");
const keepingHint = document.getElementById("keeping-hint");

/**
 * Open the reflection `id`; gives what closes it again.
 *
 * `leave(sentence)` goes back to the list, `startAnother(path)` starts a new reflection.
 */
export function openConversation(id, { leave, startAnother }) {
  const turns = keepTurns();
  const outbox = openOutbox(id);
  const readOut = readOutFor();
  let reflection = null;
  let lineState = "connecting";
  let refusal = "";
  let waiting = "";
  let waitingSince = 0;
  let later = null;
  let isEnding = false;
  let ending = "";
  let isClosedHere = false;
  let goodbye = 0;

  const wasPutBack = new Map(); // by id, the words of what was refused
  let heard = 0; // how many frames
  let deafSince = 0; // the line is open and has not told the history yet
  let askAt = 0;
  let askWait = FIRST_ASKING_MS;

  function merge(turn) {
    const isNews = turns.take(turn);
    outbox.drop(turn.id);
    if (wasPutBack.has(turn.id)) takeBack(turn.id);
    if (isNews) [askWait, askAt] = [FIRST_ASKING_MS, 0];
    return isNews;
  }

  const hearing = {
    history(event) {
      const isFirst = reflection === null;
      reflection = event.reflection;
      event.turns.forEach(merge);
      refusal = "";
      if (isFirst) drawFirst();
      else drawAndFollow();
      readOut(turns.inOrder(), reflection);
      deafSince = 0;
      outbox.sendAgain(line);
      doLater();
    },
    kept(event) {
      merge(event.turn);
      outbox.drop(event.id);
      drawAndFollow();
      readOut(turns.inOrder(), reflection);
      if (event.turn.state !== "kept") refresh();
    },
    turn(event) {
      merge(event.turn);
      if (event.turn.state !== "kept") waiting = "";
      if (event.reflection) reflection = event.reflection;
      // Judged anew in another open page.
      if (reflection.state === "closed") outdateSummary();
      drawAndFollow();
      readOut(turns.inOrder(), reflection);
      if (reflection.state === "deleted") sayGoodbye();
      // A verdict or a choice of steps also changes the earlier turn it is about.
      else if (event.turn.state !== "kept" && areShown(turns.inOrder())) refresh();
      doLater();
    },
    waiting(event) {
      waiting = event.text;
      draw();
    },
    refused(event) {
      const message = outbox.takeOut(event.id);
      if (message && !message.choice) putBack(message);
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

  function putBack(message) {
    wasPutBack.set(message.id, message.text);
    composer.setDraft([message.text, composer.draft()].filter(Boolean).join("\n\n"));
    keepDraft(id, composer.draft());
  }

  // Sent twice, refused once, and kept all the same: it must not be written a second time.
  function takeBack(messageId) {
    const text = wasPutBack.get(messageId);
    wasPutBack.delete(messageId);
    if (!composer.draft().startsWith(text)) return;
    composer.setDraft(composer.draft().slice(text.length).trimStart());
    keepDraft(id, composer.draft());
    refusal = "";
  }

  function sayGoodbye() {
    if (isEnding) return;
    isEnding = true;
    forget(id);
    goodbye = setTimeout(() => leave(WORDS.wasDeleted), GOODBYE_MS);
  }

  /** Read it again: some effects reach turns that are drawn already. Says if the line had not told one. */
  async function refresh() {
    const heardBefore = heard;
    try {
      const found = await ask("GET", reflectionPath(id));
      if (isClosedHere || isEnding) return false;
      if (heard === heardBefore) reflection = found.reflection;
      const news = found.turns.filter(merge);
      drawAndFollow();
      readOut(turns.inOrder(), reflection);
      return news.length > 0;
    } catch {
      return true; // The line tells when something is wrong, once it is looked at.
    }
  }

  async function send(text, choice, isDrafted) {
    refusal = "";
    later = null;
    const added = outbox.add(text, choice, isDrafted);
    draw();
    follow({ toEnd: true });
    await added;
    outbox.sendOn(line);
  }

  // Another page changed a draft or a message, or what lay on the device has been found.
  function showElsewhere(key) {
    if (key && !key.startsWith(`${id}:`)) return;
    if (composer.draft() !== draftOf(id)) composer.setDraft(draftOf(id));
    for (const turn of turns.inOrder()) outbox.drop(turn.id);
    draw();
  }

  function answer(text, choice) {
    send(text, choice);
    leaveButton();
  }

  // The button is gone: the focus goes where the next thing is done.
  function leaveButton() {
    if (composer.mayFocusComposer()) composer.focusComposer();
    else log.focus({ preventScroll: true });
  }

  const isWaitingFor = () => outbox.all().length > 0 || turns.last()?.state === "kept";

  /** Send `words` that steer, once the message before them is answered, and do what comes `after`. */
  function steer(words, choice, after = () => {}) {
    if (!isWaitingFor()) {
      send(words, choice);
      return after();
    }
    later = () => steer(words, choice, after);
    waiting = WORDS.oneMoment;
    draw();
  }

  function doLater() {
    if (!later || isWaitingFor()) return;
    waiting = "";
    later();
  }

  function change(turn) {
    steer(turn.change.label, turn.change.id, () => takeUp(turn));
  }

  async function judge(theme, verdict) {
    const { asks, choices } = turns.last();
    const isAsked = asks?.question === `verdict_${theme}`;
    const choice = isAsked && choices.find(({ label }) => label.toLowerCase().replace(" ", "_") === verdict);
    if (choice) return steer(choice.label, choice.id);
    try {
      const found = await ask("PUT", reflectionPath(id, `/themes/${theme}`), { verdict });
      if (isClosedHere || isEnding) return;
      refusal = "";
      found.turns.forEach(merge);
      outdateSummary();
    } catch (fault) {
      refusal = fault.message;
    }
    draw();
  }

  function draw() {
    const all = turns.inOrder();
    const last = all.at(-1);
    const isWaiting = last?.state === "kept";
    if (!isWaiting) waitingSince = 0;
    else waitingSince ||= Date.now();
    const state = reflection?.state;
    const hasQuestion = Boolean(all.findLast((turn) => turn.state !== "kept")?.asks);
    const hasChanged = drawLog(log, {
      turns: all,
      pending: outbox.all(),
      isLive: !outbox.all().length && !isWaiting && state !== "closed" && state !== "deleted",
      hasScale: state === "open",
      isThinking: isWaiting && lineState === "open" && !waiting,
      isSlow: lineState !== "open",
      // One at a time: the words of another would be taken for this one's.
      canChange: hasQuestion && !askedAgain(all) && (state === "open" || state === "paused"),
      canJudge: state !== "stopped" && state !== "deleted",
      answer,
      change,
      judge,
    });
    drawStages(reflection);
    drawWays({ isShown: state === "open" && hasQuestion, isShort: reflection?.path === "short" }, leaveButton);
    drawAgain(hasQuestion && state === "open" ? askedAgain(all) : undefined, () => steer("skip"));
    composer.showComposer(state !== "closed" || composer.draft() !== "");
    drawStatus();
    drawKeeping();
    if (state === "closed") openSummary(reflection, { leave, startAnother });
    return hasChanged;
  }

  function drawStatus() {
    if (lineState === "signed_out") {
      const link = make("a", { href: ourPage("/sign-in") }, WORDS.signInAgain);
      status.replaceChildren(`${refusal || WORDS.signedOut} `, link);
      return;
    }
    const text = refusal || (lineState === "waiting" ? WORDS.waitingForNetwork[keeping()] : waiting || ending);
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("refusal", Boolean(refusal));
  }

  // Under the box rather than in the live status: it must not be read out at each letter.
  function drawKeeping() {
    const text = [composer.draft() && WORDS.writing, WORDS.lastsAsLong[keeping()]].filter(Boolean).join(" · ");
    if (keepingHint.textContent !== text) keepingHint.textContent = text;
  }

  function drawFirst() {
    const isClosed = reflection.state === "closed";
    title.textContent = WORDS.roomTitle(sayDay(reflection.started_at));
    log.hidden = isClosed;
    draw();
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
      heard += 1;
      hearing[event.type]?.(event);
      outbox.sendOn(line);
    },
    tell(state) {
      if (isEnding) return;
      if (state === "gone") {
        forget(id);
        return leave(WORDS.isGone);
      }
      lineState = state;
      deafSince = state === "open" ? performance.now() : 0;
      draw();
    },
  });

  let lastTick = Date.now();

  // A line can be dead, or have lost something, though nobody said so.
  async function lookAfter(slept) {
    const now = performance.now();
    if (slept || outbox.isStuck() || (deafSince && now - deafSince > FIRST_ASKING_MS)) return line.renew();
    outbox.sendOn(line);
    const isMissing = turns.hasGap() || turns.last()?.state === "kept";
    if (!isMissing) askAt = 0;
    else if (!askAt) askAt = now + (turns.hasGap() ? 0 : askWait);
    else if (now > askAt) {
      askWait = Math.min(askWait * 2, LONGEST_ASKING_MS);
      askAt = now + askWait;
      if ((await refresh()) && lineState === "open") line.renew();
    }
  }

  const watch = setInterval(() => {
    const now = Date.now();
    const slept = now - lastTick > ASLEEP_MS && !document.hidden;
    lastTick = now;
    if (lineState === "open") lookAfter(slept);
    if (lineState === "open" && ending !== (ending = endingSoon())) drawStatus();
    if (waitingSince && !waiting && Date.now() - waitingSince > LONGEST_ANSWERING_MS) {
      waiting = WORDS.waitingForBot;
      draw();
    }
  }, 1000);

  function changed(text) {
    keepDraft(id, text);
    drawKeeping();
    if (isUseDue()) refresh();
  }

  log.replaceChildren();
  log.classList.remove("lively");
  log.hidden = false;
  closeSummary();
  onWay(steer);
  composer.onWriting({ send: (text) => send(text, undefined, true), changed });
  const typed = composer.typedBefore();
  if (typed) composer.tellChanged();
  else composer.setDraft(draftOf(id));
  const stopListening = onElsewhere(showElsewhere);
  openUnsent();
  status.textContent = WORDS.loading;

  return function close() {
    isClosedHere = true;
    clearTimeout(goodbye);
    clearInterval(watch);
    line.close();
    hush();
    drawWays({ isShown: false }, () => {});
    drawAgain();
    stopListening();
    drawStages(null);
    closeSummary();
    composer.onWriting({ send() {}, changed() {} });
  };
}
