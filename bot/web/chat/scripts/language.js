// The language of the page's own sentences, and of what is not its own.

export const language = document.documentElement.lang;

// What the server and the assistant say is English, whatever the page's own sentences are.
const isEnglish = language.split("-")[0] === "en";
export const THEIRS = isEnglish ? {} : { lang: "en", dir: "ltr" };
export const OURS = isEnglish ? {} : { lang: language, dir: document.documentElement.dir };

const asked = new URLSearchParams(location.search);

/** Give the address of another page of ours, asked for as this one was: in its language, and in its frame. */
export function ourPage(path) {
  const there = new URL(path, location.href);
  const mayBeFramed = ["/", "/sign-in"].includes(there.pathname);
  for (const name of mayBeFramed ? ["language", "frame", "parent"] : ["language"]) {
    if (asked.has(name)) there.searchParams.set(name, asked.get(name));
  }
  return there.pathname + there.search;
}
