// The element <ballast-chat>: a button, and Ballast's own page in a frame once it is pressed.
//
// It runs on somebody else's page: no framework, nothing that a strict policy would refuse, and
// all that is said between the two goes to one exact origin and is believed from one alone.

const TAG = "ballast-chat";
const script = document.currentScript;
const ballast = new URL(script.src).origin;
const SETTINGS = ["position", "colour", "language", "opening", "hand-over"];

const AFTER_LOAD_MS = 4000; // whoever is shown says hello at once
const LONGEST_MS = 15_000;
const TWICE_MS = 700; // a second Escape so soon hides what is in the frame as well
const ENOUGH_CONTRAST = 4.5;
const WHITE = [255, 255, 255];
const INK = [27, 25, 23];
const narrow = matchMedia("(max-width: 40rem), (max-height: 26rem)");

const STYLE = `
:host { all: initial; }
* { box-sizing: border-box; font: 1rem/1.4 system-ui, sans-serif; }
.launcher {
  position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem; z-index: 2147483000; max-inline-size: calc(100vw - 2rem);
  min-block-size: 48px; min-inline-size: 48px; padding: .6rem 1.3rem; border-radius: 999px; cursor: pointer;
  background: var(--colour, #27635b); color: var(--on-colour, #fff); border: 2px solid #fff; font-weight: 600;
  box-shadow: 0 0 0 1px #0006, 0 4px 16px #0004; overflow-wrap: anywhere;
}
.launcher:hover { text-decoration: underline; }
.start .launcher { inset-inline: 1rem auto; }
button:focus-visible, a:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #000; outline-offset: 0; }
dialog {
  position: fixed; inset: auto; inset-block-end: 5.5rem; inset-inline-end: 1rem; z-index: 2147483000; margin: 0; padding: 0;
  inline-size: min(27rem, 100vw - 2rem); block-size: min(44rem, 100vh - 7rem); max-inline-size: none; max-block-size: none;
  flex-direction: column; background: #f7f3ec; color: #2a2723; border: 1px solid #857b6c; border-radius: 14px;
  box-shadow: 0 10px 40px #0005; overflow: hidden;
}
dialog[open] { display: flex; }
.start dialog { inset-inline: 1rem auto; }
.bar { display: flex; align-items: center; justify-content: space-between; padding-inline: 1rem .3rem; }
.bar span { font-weight: 600; }
.close { min-block-size: 44px; min-inline-size: 44px; padding: .3rem .9rem; background: none; color: inherit; border: 0; border-radius: 999px; cursor: pointer; text-decoration: underline; }
.note { margin: 0; padding: 1rem; }
.note[hidden] { display: none; }
.note a { display: inline-block; min-block-size: 44px; padding-block: .6rem; color: inherit; }
iframe { flex: 1; inline-size: 100%; min-block-size: 0; border: 0; background: none; }
iframe[hidden] { display: none; }
@media (max-width: 40rem), (max-height: 26rem) {
  dialog, .start dialog { inset: 0; inline-size: 100vw; block-size: 100vh; block-size: 100dvh; border: 0; border-radius: 0; }
}
@media (prefers-color-scheme: dark) {
  dialog { background: #1b1917; color: #ece6dc; border-color: #8d8477; }
}
@media (prefers-reduced-motion: no-preference) {
  dialog[open] { animation: come .15s ease-out; }
  @keyframes come { from { opacity: 0; transform: translateY(.5rem); } }
}
@media (forced-colors: active) { .launcher, dialog { border: 2px solid ButtonText; } }
@media print { :host { display: none; } }
`;

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function lightness(rgb) {
  const [red, green, blue] = rgb.map((part) => (part <= 10.31 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Give how well two colours can be told apart, from 1 to 21, as WCAG counts it. */
function contrast(one, other) {
  const [dark, light] = [lightness(one), lightness(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

class BallastChat extends HTMLElement {
  static observedAttributes = SETTINGS;

  /** Set by the page around: gives, or promises, a token that signs its reader in. */
  handOver = null;

  #root = this.attachShadow({ mode: "open" });
  #launcher = make("button", { type: "button", class: "launcher", "aria-expanded": "false", "aria-haspopup": "dialog" });
  #dialog = make("dialog");
  #title = make("span");
  #close = make("button", { type: "button", class: "close" });
  #note = make("p", { class: "note", role: "status", hidden: "" });
  #around = make("div", {}, this.#launcher, this.#dialog);
  #frame = null;
  #isHeard = false;
  #timers = [];
  #closedAt = -Infinity;
  #words = LANGUAGES.en;
  #said = new Set();

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    this.#dialog.append(make("div", { class: "bar" }, this.#title, this.#close), this.#note);
    this.#root.append(this.#around);
    this.#launcher.addEventListener("click", () => (this.#dialog.open ? this.close() : this.open()));
    this.#close.addEventListener("click", () => this.close());
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#escape();
    });
    this.#root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && this.#dialog.open) this.#escape();
    });
  }

  connectedCallback() {
    addEventListener("message", this.#hear);
    document.addEventListener("keydown", this.#hideToo, true);
    this.#draw();
  }

  disconnectedCallback() {
    removeEventListener("message", this.#hear);
    document.removeEventListener("keydown", this.#hideToo, true);
    this.#timers.forEach(clearTimeout);
    this.#frame?.remove();
    this.#frame = null;
    this.#isHeard = false;
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#draw();
  }

  /** Show the chat; the frame is made at the first time. */
  open() {
    if (this.#dialog.open) return;
    if (!this.#frame) this.#begin();
    if (narrow.matches) this.#dialog.showModal();
    else this.#dialog.show();
    this.#launcher.setAttribute("aria-expanded", "true");
    (this.#frame.hidden ? this.#close : this.#frame).focus();
  }

  /** Show it no more. What is in the frame goes on, and nothing in it is lost. */
  close() {
    if (!this.#dialog.open) return;
    this.#dialog.close();
    this.#launcher.setAttribute("aria-expanded", "false");
    this.#launcher.focus();
  }

  #draw() {
    const { language, opening, position } = this.#settings();
    this.#words = LANGUAGES[language];
    this.#around.className = position;
    this.#around.lang = language;
    this.#launcher.textContent = opening || this.#words.opening;
    this.#title.textContent = this.#words.name;
    this.#close.textContent = this.#words.close;
    this.#dialog.setAttribute("aria-label", this.#words.name);
    this.#paint(this.getAttribute("colour"));
  }

  #settings() {
    let language = this.getAttribute("language") || "en";
    let position = this.getAttribute("position") || "end";
    if (!Object.hasOwn(LANGUAGES, language)) {
      this.#say("noLanguage", language);
      language = "en";
    }
    if (position !== "start" && position !== "end") {
      this.#say("noPosition", position);
      position = "end";
    }
    return { language, position, opening: this.getAttribute("opening")?.trim() };
  }

  #paint(value) {
    const style = this.#launcher.style;
    style.removeProperty("--colour");
    style.removeProperty("--on-colour");
    if (!value) return;
    const isColour = CSS.supports("color", value);
    style.color = isColour ? value : "";
    // As the browser understands it: solid, in red, green and blue.
    const rgb = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(getComputedStyle(this.#launcher).color)?.slice(1).map(Number);
    style.color = "";
    if (!isColour || !rgb) return this.#say("noColour", value);
    const text = [WHITE, INK].find((one) => contrast(rgb, one) >= ENOUGH_CONTRAST);
    if (!text) return this.#say("noContrast", value);
    style.setProperty("--colour", `rgb(${rgb})`);
    style.setProperty("--on-colour", `rgb(${text})`);
  }

  // Once each: a page that sets an attribute again and again is not told again and again.
  #say(which, value) {
    const words = this.#words[which];
    const sentence = value === undefined ? words : words(value);
    if (!this.#said.has(sentence)) console.warn(sentence);
    this.#said.add(sentence);
  }

  #begin() {
    const address = new URL("/", ballast);
    address.search = new URLSearchParams({ frame: "1", language: this.#settings().language, parent: location.origin });
    this.#frame = make("iframe", {
      title: this.#words.name,
      src: address.href,
      allow: `publickey-credentials-get ${ballast}; clipboard-write ${ballast}`,
    });
    this.#frame.addEventListener("load", () => this.#expectHello(AFTER_LOAD_MS));
    this.#expectHello(LONGEST_MS);
    this.#tell(this.#words.loading);
    this.#dialog.append(this.#frame);
  }

  // A browser does not tell a page that a frame was refused. Whoever is there says hello.
  #expectHello(wait) {
    this.#timers.push(setTimeout(() => !this.#isHeard && this.#sayNotHere(), wait));
  }

  #sayNotHere() {
    if (!this.#frame.hidden && this.#dialog.open) this.#close.focus();
    this.#frame.hidden = true;
    const link = make("a", { href: `${ballast}/`, target: "_blank", rel: "noopener" }, this.#words.ownTab);
    this.#tell(`${this.#words.notHere} `, link);
  }

  #tell(...said) {
    this.#note.replaceChildren(...said);
    this.#note.hidden = !said.length;
  }

  #hear = (event) => {
    if (event.origin !== ballast || !this.#frame || event.source !== this.#frame.contentWindow) return;
    const type = event.data?.type;
    if (type === "ballast:ready") this.#welcome();
    else if (type === "ballast:close") this.#escape();
  };

  async #welcome() {
    this.#isHeard = true;
    this.#frame.hidden = false;
    this.#tell();
    const token = await this.#token();
    if (token) this.#send({ type: "ballast:token", token });
  }

  async #token() {
    const place = this.getAttribute("hand-over");
    if (!this.handOver && !place) return null;
    try {
      const token = await (this.handOver ? this.handOver() : this.#fetched(place));
      if (typeof token === "string" && token.trim()) return token.trim();
    } catch {
      // Said below; how it failed may be nobody else's business.
    }
    this.#say("handOverFailed");
    return null;
  }

  async #fetched(place) {
    const address = new URL(place, document.baseURI);
    if (address.origin !== location.origin) {
      this.#say("noHandOver");
      return null;
    }
    const response = await fetch(address, { credentials: "same-origin", cache: "no-store" });
    return response.ok ? response.text() : null;
  }

  #send(message) {
    this.#frame?.contentWindow?.postMessage(message, ballast);
  }

  #escape() {
    this.#closedAt = performance.now();
    this.close();
  }

  #hideToo = (event) => {
    if (event.key !== "Escape" || event.repeat || this.#dialog.open) return;
    if (performance.now() - this.#closedAt < TWICE_MS) this.#send({ type: "ballast:hide" });
  };
}

if (!customElements.get(TAG)) customElements.define(TAG, BallastChat);

/** Put the element on the page, unless it was written there by hand. */
function add() {
  if (document.querySelector(TAG)) return;
  const element = document.createElement(TAG);
  for (const name of SETTINGS) {
    const value = script.getAttribute(`data-${name}`);
    if (value !== null) element.setAttribute(name, value);
  }
  document.body.append(element);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", add);
else add();
