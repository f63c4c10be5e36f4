// The language of the page's own sentences, and of what is not its own.

export const language = document.documentElement.lang;

// What the server and the assistant say is English, whatever the page's own sentences are.
const isEnglish = language.split("-")[0] === "en";
export const THEIRS = isEnglish ? {} : { lang: "en", dir: "ltr" };
export const OURS = isEnglish ? {} : { lang: language, dir: document.documentElement.dir };

const asked = new URLSearchParams(location.search).get("language");

/** Give the address of another page of ours in the language that this one was asked for in. */
export function inLanguage(path) {
  return asked ? `${path}${path.includes("?") ? "&" : "?"}language=${encodeURIComponent(asked)}` : path;
}
