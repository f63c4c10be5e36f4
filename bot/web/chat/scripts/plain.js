// Pasted text as plain text: what cannot be seen goes, what can be read stays.

const ENDS = /\r\n?|[\u2028\u2029\v\f]/g;
const SPACES = /[\u00a0\u2007\u202f]/g;
// Not the joiners: they change how words and pictures read in many scripts.
const UNSEEN = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]/g;
// As word processors write them: a sign and a tab.
const BULLET = /^[ \t]*(?:[·•▪◦‣∙●○■§\uf0b7\uf0a7][ \t]*|o\t)(?=\S)/gm;

/** Give `text` with simple line ends, spaces and bullets, and without unseen characters. */
export function plainText(text) {
  return text.replace(ENDS, "\n").replace(SPACES, " ").replace(UNSEEN, "").replace(BULLET, "- ");
}

/** Put `text` in place of what is selected in `box`, so that it can be undone. */
export function insertText(box, text) {
  box.focus({ preventScroll: true });
  // Old, and the only way that a browser's own undo knows of.
  if (document.execCommand("insertText", false, text)) return;
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
