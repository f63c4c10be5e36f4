// The sentences of the pages on signing in, in the language of the page.

import { language } from "./language.js";
import { WORDS } from "./wording.js";

const { SIGN_IN_WORDS: own } = await import(`./sign_in_words.${language}.js`);

export const SIGN_IN_WORDS = { ...WORDS, ...own };
