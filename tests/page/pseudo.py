"""Languages made out of English for the tests: accented, longer, in brackets; also right to left.

What is seen on a page in one of them without brackets was not in a file of sentences.
"""

from __future__ import annotations

import re

from playwright.async_api import BrowserContext, Route

LEFT_TO_RIGHT, RIGHT_TO_LEFT = "qps", "qpr"

# A third longer than English is common; short words grow more.
_WIDEN = """
const LETTERS = { a: "á", e: "é", i: "í", o: "ó", u: "ú", y: "ý", c: "ç", n: "ñ", s: "š", A: "Á", E: "É",
  I: "Í", O: "Ó", U: "Ú", Y: "Ý", C: "Ç", N: "Ñ", S: "Š" };
const said = (text) => {
  const accented = [...text].map((letter) => LETTERS[letter] ?? letter).join("");
  return `⟦${accented}${" ~~~".repeat(Math.ceil(text.length / 10))}⟧`;
};
function widen(value) {
  if (typeof value === "string") return said(value);
  if (typeof value === "function") return (...given) => said(value(...given));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, widen(inner)]));
}
"""  # noqa: E501 - JavaScript
_FILE = re.compile(r"/static/((?:sign_in_)?words)\.(qps|qpr)\.js")


async def speak_pseudo(context: BrowserContext, language: str) -> None:
    """Have every page of ours that is opened in this context in one of the languages above."""

    async def give_words(route: Route) -> None:
        found = _FILE.search(route.request.url)
        assert found
        name = "WORDS" if found[1] == "words" else "SIGN_IN_WORDS"
        body = (
            f'import {{ {name} as english }} from "./{found[1]}.en.js";\n{_WIDEN}'
            f"export const {name} = widen(english);\n"
        )
        await route.fulfill(body=body, content_type="text/javascript")

    direction = "rtl" if language == RIGHT_TO_LEFT else "ltr"
    await context.route(_FILE, give_words)
    # Before any module runs. (A page given by a route has no address space of its own, and
    # Chromium lets such a one open no socket to this machine.)
    await context.add_init_script(
        f"""document.addEventListener("readystatechange", () =>
        Object.assign(document.documentElement, {{ lang: "{language}", dir: "{direction}" }}), {{ once: true }})"""  # noqa: E501 - JavaScript
    )


# The words of the page that stand outside brackets and are not the server's or one's own.
UNTRANSLATED = """() => {
  const apart = "[lang=en], .mine .words, .told, blockquote[dir=auto], mark, script, style, textarea, a[href^=http], header.bar > span, #sign-ins strong";
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
  const rest = (text) => {
    text = text.replace(/^(other )?(supervisor|therapist)$/, ""); // people's names
    let before;
    do {
      before = text;
      text = text.replace(/⟦[^⟦⟧]*⟧/g, " ");
    } while (text !== before);
    return text.replace(/\\d{1,2}:\\d\\d(\\s?[AP]M)?/gi, " ").replace(/\\b\\d{1,2} \\p{L}+ \\d{4}|\\p{L}+ \\d{1,2}, \\d{4}/gu, " ");
  };
  const found = [];
  const look = (text, element) => {
    if (/\\p{L}{2,}/u.test(rest(text ?? ""))) found.push(`${element.tagName}.${element.className}#${element.id}: ${text}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (isShown(element) && !element.closest(apart)) look(walker.currentNode.data, element);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    if (!isShown(element) || element.closest(apart)) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) look(element.getAttribute(name), element);
  }
  look(document.title, document.documentElement);
  return found;
}"""  # noqa: E501 - JavaScript

# What is cut off by its own box, or stands beside the screen.
CUT = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) found.push("the page");
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.closest(".visually-hidden, .skip, svg") || getComputedStyle(element).clipPath !== "none") continue;
    const { left, right, width } = element.getBoundingClientRect();
    const scrolls = element.parentElement.closest("#stages ol");
    const name = `${element.tagName}.${element.className}#${element.id}: ${element.textContent.slice(0, 40)}`;
    if (width && !scrolls && (left < -1 || right > innerWidth + 1)) found.push(`${name} beside the screen`);
    const { overflowX } = getComputedStyle(element);
    if (element.matches("textarea, ol, select, .brand") || overflowX === "auto" || overflowX === "scroll") continue;
    if (element.clientWidth && element.scrollWidth > element.clientWidth + 1) found.push(`${name} wider than its box`);
  }
  return found;
}"""  # noqa: E501 - JavaScript
