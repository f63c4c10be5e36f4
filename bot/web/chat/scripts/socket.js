// The line to the server: opened, opened again with growing pauses, and closed.

import { ask, reflectionPath } from "./api.js";
import { noteUse } from "./session.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const LONGEST_OPENING_MS = 10_000; // then the other end is silent

/**
 * Open the line of one reflection.
 *
 * `after()` gives the number of the last turn that needs no telling again; `hear(event)`
 * gets what comes in; `tell(state)` is told "open", "waiting", "signed_out" or "gone".
 */
export function openLine(reflectionId, { after, hear, tell }) {
  let socket = null;
  let timer = 0;
  let wait = FIRST_WAIT_MS;
  let isOver = false;

  function connect() {
    clearTimeout(timer);
    if (isOver || (socket && socket.readyState <= WebSocket.OPEN)) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const path = reflectionPath(reflectionId, `/socket?after=${after()}`);
    const mine = new WebSocket(`${scheme}://${location.host}${path}`);
    let wasOpen = false;
    socket = mine;
    const isSilent = setTimeout(() => mine.close(), LONGEST_OPENING_MS);
    mine.onopen = () => {
      clearTimeout(isSilent);
      wasOpen = true;
      tell("open");
    };
    mine.onmessage = (message) => {
      // Not at opening: a server that takes a line and drops it is not to be rung at full speed.
      wait = FIRST_WAIT_MS;
      if (socket === mine && !isOver) hear(JSON.parse(message.data));
    };
    mine.onclose = () => {
      clearTimeout(isSilent);
      if (isOver || socket !== mine) return;
      socket = null;
      tell("waiting");
      timer = setTimeout(connect, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      if (!wasOpen) askWhy();
    };
  }

  // A browser does not say why a socket was refused; a plain request does.
  async function askWhy() {
    try {
      await ask("GET", reflectionPath(reflectionId));
    } catch (refusal) {
      if (refusal.status === 401) end("signed_out");
      else if (refusal.status === 404) end("gone");
    }
  }

  function end(state) {
    if (isOver) return;
    close();
    tell(state);
  }

  function soon() {
    if (document.visibilityState === "hidden" || navigator.onLine === false) return;
    wait = FIRST_WAIT_MS;
    connect();
  }

  // What was opened over another network is dead, whatever it says of itself.
  const renewSoon = () => socket?.readyState === WebSocket.OPEN && renew();

  function send(frame) {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(frame));
    noteUse();
    return true;
  }

  /** Give up a line that seems dead though nobody said so, and open another one. */
  function renew() {
    const old = socket;
    socket = null;
    old?.close();
    tell("waiting");
    wait = FIRST_WAIT_MS;
    connect();
  }

  function close() {
    isOver = true;
    clearTimeout(timer);
    removeEventListener("online", soon);
    removeEventListener("offline", renewSoon);
    document.removeEventListener("visibilitychange", soon);
    socket?.close();
  }

  addEventListener("online", soon);
  addEventListener("offline", renewSoon);
  document.addEventListener("visibilitychange", soon);
  connect();
  return { send, renew, close };
}
