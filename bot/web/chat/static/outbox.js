// The messages of one reflection that are on their way.

import { dropMessage, freshId, keepMessage, messagesOf } from "./unsent.js";

const LONGEST_KEEPING_MS = 8000; // then the line is dead, though nobody said so

/** Open the outbox of a reflection, with what an earlier page left in it. */
export function openOutbox(reflectionId) {
  let messages = messagesOf(reflectionId);
  const written = new Set();
  const sentAt = new Map();

  function add(text, choice) {
    const message = { id: freshId(), text, choice, at: Date.now() };
    keepMessage(reflectionId, message);
    written.add(message.id);
    messages.push(message);
    return message;
  }

  function drop(id) {
    dropMessage(reflectionId, id);
    sentAt.delete(id);
    messages = messages.filter((message) => message.id !== id);
  }

  /** Take out the message that was refused; without a name it is the oldest. */
  function takeOut(id) {
    const message = messages.find((one) => one.id === id) ?? messages[0];
    if (message) drop(message.id);
    return message;
  }

  /** Hand a message to the line, which says whether it took it. */
  function transmit(message, line) {
    const { id, text, choice } = message;
    if (line.send({ type: "say", id, text, choice })) sentAt.set(id, Date.now());
  }

  /** Say whether something was sent long ago and nothing was heard of it. */
  function isStuck() {
    const isLate = [...sentAt.values()].some((at) => Date.now() - at > LONGEST_KEEPING_MS);
    if (isLate) sentAt.clear();
    return isLate;
  }

  return { add, drop, takeOut, transmit, isStuck, all: () => messages, wasWrittenHere: (id) => written.has(id) };
}
