// Talking to the browser about passkeys: JSON from the server in, JSON for the server out.

import { SIGN_IN_WORDS } from "./sign_in_wording.js";

const fromText = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** Say why passkeys cannot be used on this page, or null: they belong to the address that Ballast goes by. */
export function whyNoPasskeys() {
  if (location.origin !== document.body.dataset.address) return "elsewhere";
  return window.PublicKeyCredential ? null : "none";
}

/** Put into `hint` why there are none, with the way to where there are. */
export function explainNoPasskeys(hint, why) {
  hint.textContent = why === "none" ? SIGN_IN_WORDS.passkeyNone : `${SIGN_IN_WORDS.passkeyElsewhere} `;
  if (why === "none") return;
  const there = document.createElement("a");
  there.href = document.body.dataset.address + location.pathname + location.hash;
  there.textContent = document.body.dataset.address;
  hint.append(there);
}

/** Let the person use a passkey; gives what the server checks. Throws an `Error` with a sentence. */
export async function usePasskey(options) {
  const publicKey = { ...options, challenge: fromText(options.challenge), allowCredentials: [] };
  const { id, rawId, type, response } = await asked(navigator.credentials.get({ publicKey }));
  return {
    id,
    rawId: toText(rawId),
    type,
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: response.userHandle ? toText(response.userHandle) : null,
    },
  };
}

/** Let the person make a passkey; gives what the server checks. Throws an `Error` with a sentence. */
export async function makePasskey(options) {
  const publicKey = {
    ...options,
    challenge: fromText(options.challenge),
    user: { ...options.user, id: fromText(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map((one) => ({ ...one, id: fromText(one.id) })),
  };
  const { id, rawId, type, response } = await asked(navigator.credentials.create({ publicKey }));
  return {
    id,
    rawId: toText(rawId),
    type,
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
    },
  };
}

async function asked(promise) {
  try {
    const credential = await promise;
    if (credential) return credential;
  } catch (fault) {
    if (fault.name === "InvalidStateError") throw new Error(SIGN_IN_WORDS.passkeyThere);
    // Browsers tell a refusal, a timeout and a device without a passkey alike, on purpose.
  }
  throw new Error(SIGN_IN_WORDS.passkeyStopped);
}
