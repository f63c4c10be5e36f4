// The page in a frame on another page: what the two tell each other, and what differs there.
//
// The server confirmed the origin of the page around (`data-parent`); nothing is told to another
// one, and nothing is believed from elsewhere. Without it the frame works, and talks to nobody.

import { ask, Refusal } from "./api.js";
import { WORDS } from "./wording.js";

const around = document.body.dataset.parent;
const isSignIn = document.body.classList.contains("door");
const status = document.getElementById("status");
// These pages may be shown in a frame; every other one opens in a tab of its own.
const FRAMED = ["/", "/sign-in"];

const tell = (type) => around && parent !== window && parent.postMessage({ type }, around);

/**
 * Go on to the chat, signed in. Throws a `Refusal` where the browser kept no sign-in: of another
 * site without https, or where all cookies of other sites are blocked. Going on would only ask again.
 */
export async function goOn() {
  try {
    await ask("GET", "/api/me");
  } catch (refusal) {
    throw refusal.status === 401 ? new Refusal(401, WORDS.notKeptHere) : refusal;
  }
  location.replace(`/${location.search}${location.hash.startsWith("#/") ? location.hash : ""}`);
}

/** Come in by the token that the page around was given; its reader may be somebody else than before. */
async function handOver(token) {
  try {
    const { is_new: isNew } = await ask("POST", "/api/sign-in/hand-over", { token });
    if (isSignIn) await goOn();
    else if (isNew) location.reload();
  } catch (refusal) {
    status.textContent = refusal.message;
  }
}

addEventListener("message", ({ source, origin, data }) => {
  if (!around || source !== parent || origin !== around) return;
  if (data?.type === "ballast:token" && typeof data.token === "string") handOver(data.token);
  if (data?.type === "ballast:hide") document.getElementById("hide")?.click();
});

// Escape closes what is open here first, then the frame; twice covers, as everywhere.
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.repeat || event.isComposing || event.defaultPrevented) return;
  if (!document.querySelector("dialog[open]")) tell("ballast:close");
});

addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.origin !== location.origin || link.hasAttribute("download")) return;
    if (link.getAttribute("href").startsWith("#")) return;
    if (FRAMED.includes(link.pathname) && link.target !== "_blank") link.search = location.search;
    else link.target = "_blank";
  },
  true,
);

// Whoever signed in in a tab of its own comes back signed in, where the two are of one site.
document.getElementById("own-tab")?.addEventListener("click", () => {
  addEventListener("focus", () => location.replace(`/${location.search}`), { once: true });
});

tell("ballast:ready");
