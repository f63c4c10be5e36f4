// Asking the server, with every failure as a sentence.

import { noteUse } from "./session.js";
import { WORDS } from "./wording.js";

export class Refusal extends Error {
  /** `status` is 0 when the server could not be reached; the message is for the person. */
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** Ask the server; gives the JSON it answers with, or null. Throws a `Refusal`. */
export async function ask(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
  } catch {
    throw new Refusal(0, WORDS.offline);
  }
  if (response.ok) noteUse();
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, answer?.text ?? WORDS.fault);
  return answer;
}

export const reflectionPath = (id, rest = "") => `/api/reflections/${encodeURIComponent(id)}${rest}`;
