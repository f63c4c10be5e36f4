// What the script says on the page around it, in English.

export const WORDS = {
  opening: "Open Ballast",
  name: "Ballast",
  close: "Close",
  loading: "Loading …",
  notHere: "Ballast cannot be shown on this page.",
  ownTab: "Open Ballast in a tab of its own",
  // For whoever builds the page, in the browser's console.
  noColour: (value) => `Ballast: the colour "${value}" is not one; write it as #27635b.`,
  noContrast: (value) => `Ballast: neither white nor black text can be read well on the colour "${value}"; choose a darker or lighter one.`,
  noPosition: (value) => `Ballast: the position "${value}" is neither "start" nor "end".`,
  noLanguage: (value) => `Ballast: there is no language "${value}" here.`,
  noHandOver: "Ballast: the address for the hand-over has to be on this page's own site.",
  handOverFailed: "Ballast: the page gave no token for the hand-over.",
};
