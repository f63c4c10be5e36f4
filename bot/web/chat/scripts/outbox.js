// The messages of one reflection that are on their way: one at a time, so that they keep their order.

import { dropMessage, freshId, keepMessage, messagesOf } from "./unsent.js";

const LONGEST_KEEPING_MS = 8000; // then the line is dead, though nobody said so
const OTHERS_MS = 4000; // then the page that wrote it is gone, and this one sends it

/** Open the outbox of a reflection, with what earlier and other pages left in it. */
export function openOutbox(reflectionId) {
  const written = new Set();
  const seenAt = new Map();
  let sent = null;

  const all = () => messagesOf(reflectionId);

  /** Put a message in; done when it lies on the device. `isDrafted` says that it stood in the draft. */
  async function add(text, choice, isDrafted) {
    const at = Math.max(Date.now(), (all().at(-1)?.at ?? 0) + 1);
    const message = { id: freshId(), text, choice, at };
    written.add(message.id);
    seenAt.set(message.id, -Infinity);
    await keepMessage(reflectionId, message, isDrafted);
  }

  function drop(id) {
    dropMessage(reflectionId, id);
    if (sent?.id === id) sent = null;
  }

  /** Take out the message that was refused; without a name it is the oldest. */
  function takeOut(id) {
    const message = all().find((one) => !id || one.id === id);
    if (message) drop(message.id);
    return message;
  }

  /** Hand the oldest to the line, unless it waits for what became of it. */
  function sendOn(line) {
    const [message] = all();
    if (!message || sent?.id === message.id) return;
    if (!seenAt.has(message.id)) seenAt.set(message.id, performance.now());
    const { id, text, choice } = message;
    const isMine = written.has(id) || performance.now() - seenAt.get(id) > OTHERS_MS;
    if (isMine && line.send({ type: "say", id, text, choice })) sent = { id, at: performance.now() };
  }

  /** Send on over a line that has just opened. */
  function sendAgain(line) {
    sent = null;
    for (const { id } of all()) seenAt.set(id, -Infinity);
    sendOn(line);
  }

  /** Say whether something was sent long ago and nothing was heard of it. */
  const isStuck = () => sent !== null && performance.now() - sent.at > LONGEST_KEEPING_MS;

  return { add, drop, takeOut, sendOn, sendAgain, isStuck, all, wasWrittenHere: (id) => written.has(id) };
}
