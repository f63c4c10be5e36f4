// Every sentence that the page itself says. What the assistant says comes from the server.

export const WORDS = {
  brand: "Ballast",
  close: "Close",
  tryAgain: "Try again",
  cancel: "Cancel",

  // Signing in and out
  signInTitle: "Sign in",
  signIn: "Sign in",
  signingIn: "Signing you in …",
  yourSignIn: "Your sign-in",
  overTime: "Over time",
  signOut: "Sign out",
  signOutAsk:
    "Some words on this computer have not been sent or kept yet. Signing out removes them from here.",
  signOutAnyway: "Sign out and remove them",
  signedOut: "You are signed out. What was kept is still there.",
  signInAgain: "Sign in again",

  // The bar
  toList: "Back to your reflections",
  people: "People to call",
  peopleIntro: "If somebody is in danger now, that comes first. This page calls nobody for you.",
  peopleFailed:
    "The list could not be loaded just now. If somebody is in danger, please call your local emergency number.",
  pause: "Pause",
  hide: "Hide",
  hideHint: "Cover this page at once (or press Escape twice)",
  skipToWriting: "Skip to writing",

  // The cover
  coverTitle: "Notes",
  coverText: "No notes yet.",
  uncover: "Back",

  // The list
  listTitle: "Your reflections",
  hello: (name) => `Signed in as ${name}`,
  positionOf: (number, count) => `stage ${number} of ${count}`,
  start: "Start a reflection",
  startLead: "A hard moment with a parent, thought through one question at a time.",
  full: "Whole reflection",
  fullTime: "about 20 minutes",
  fullAbout: "From arriving to a plan, ten stages. Skip any of them.",
  short: "Short",
  shortTime: "about 5 minutes",
  shortAbout: "What happened, what came up in you, one possible step.",
  goOn: "Go on with",
  closed: "Closed",
  noneYet: "Nothing here yet. What you start stays private until you share it.",
  readSummary: "Read the summary",
  hasWords: "Holds words not sent yet",
  askedForMore: "Your supervisor asked for more",
  newComments: (count) => (count === 1 ? "A new comment from your supervisor" : `${count} new comments from your supervisor`),
  states: {
    open: "In progress",
    paused: "Paused",
    stopped: "Waiting: safety comes first",
    closed: "Closed",
  },
  fullPath: "Whole",
  shortPath: "Short",
  today: "Today",
  yesterday: "Yesterday",
  loading: "Loading …",
  wasDeleted:
    "The reflection was deleted. Nothing of it is kept. A receipt, without a word of yours, is under “What was erased” below.",
  isGone: "There is nothing here that you can open. It may have been deleted.",

  // What may be said yes to, apart from sharing
  consentTitle: "Only if you say so",
  consentLead: "Nothing changes here if you leave these empty, and your supervisor is not told.",
  consents: {
    corrections: {
      name: "Learn from my answers",
      about:
        "What I say of the themes (yes, not quite, no) may come back as training examples: the masked sentence and my answer, read by a person first.",
      withdrawn: "Taken back: none of your sentences will be exported from now on.",
    },
    team_trends: {
      name: "Count me in figures of my team",
      about:
        "My themes may be counted once a month together with those of others, from what I begin after saying yes. Numbers only, rounded, never words, and never of fewer than five people. Supervisors of the team see them, administrators do not.",
      withdrawn: "Taken back: you will not be counted, and the months that counted you are not shown any more.",
    },
  },
  consentGiven: "Noted. You can take it back here at any time.",
  consentUnknown: "Whether you said yes could not be read just now.",
  consentHistory: "What you said when",
  consentSpan: (name, given, withdrawn) => `${name}: yes on ${given}${withdrawn ? `, taken back on ${withdrawn}` : ""}`,
  // What was erased
  receipts: "What was erased",
  noReceipts: "Nothing was erased yet.",
  receiptOf: (when) => `The reflection begun ${when}`,
  receiptOfUnknown: "An earlier reflection",
  receiptDone: (when) => `Everything was gone ${when}.`,
  receiptGoesOn: "It cannot be read any more; the rest is still going.",
  receiptLine: (store, held, isGone) => `${store}: ${held}${isGone ? "" : ", still to go"}`,
  erasedBecause: {
    therapist: "you deleted it",
    retention: "it was kept for as long as the rule says",
    swept: "it had been erased before and came back with a backup, unreadable",
  },
  stores: {
    key: "its key",
    key_copy: "the copy of its key",
    team_trends: "figures of a team",
    follow_ups: "answers on how a plan went",
    plans: "plans",
    step_offers: "steps offered",
    findings: "themes heard",
    concerns: "safety notes",
    messages: "messages of the assistant",
    concern_reviews: "notes on what was done about safety",
    concern_watches: "places in lists of open safety notes",
    notifications: "messages that said to look at it",
    share_views: "times it was looked at",
    share_turns: "messages chosen to be shown",
    shares: "shares",
    holds: "holds that had ended",
    turns: "messages of yours",
    reflections: "the reflection",
    exports: "example sentences",
    conversation: "the conversation in Rasa",
  },

  // The conversation
  roomTitle: (when) => `Reflection of ${when}`,
  stages: "Stages of this reflection",
  stageOf: (number, count, name) => `${number} of ${count} · ${name}`,
  stageDone: "done",
  you: "You:",
  bot: "Ballast:",
  safety: "Safety first",
  safetyCheck: "One thing to check",
  notice: "Note:",
  sending: "Sending",
  unsent: "Not sent yet",
  kept: "Kept",
  thinking: "Ballast is reading …",
  newer: "New message below",
  choices: "Ways to answer",
  scale: "A number from 0 to 10",
  scaleLow: "0 settled",
  scaleHigh: "10 very stirred up",
  waitingForNetwork: "Waiting for the network. What you write stays on this computer until it is sent.",
  waitingForBot: "Your words are kept. The answer comes when the assistant is back.",

  // Writing
  composerLabel: "Your message",
  composerPlaceholder: "Write here, no names",
  send: "Send",
  hintDesktop: "Enter sends · Shift + Enter for a new line · “skip”, “back” and “why” always work",
  hintTouch: "“skip”, “back” and “why” always work",
  count: (used, limit) => `${used} of ${limit} characters`,
  tooLong: (over, limit) =>
    `${over} ${over === 1 ? "character" : "characters"} over the ${limit} that fit into one message. Please send it in two or more parts.`,

  // Themes heard
  heard: "Heard in these words:",
  named: "Named by you:",
  perhaps: (theme, subtheme) => (subtheme ? `${theme}, perhaps ${subtheme}` : theme),
  verdicts: {
    yes: "you said it fits",
    not_quite: "you said not quite",
    no: "you said it does not fit",
  },
  notJudged: "not judged yet",

  // Steps
  stepNumber: (number) => `Step ${number}`,
  why: "Why it may help",
  sayTo: {
    parent: "It might be said to the parent like this",
    self: "It might be said to yourself like this",
    supervisor: "It might be said to your supervisor like this",
  },
  principle: "Principle",
  source: "Source",
  andMore: (count) => ` and ${count} more`,
  newTab: "(opens in a new tab)",
  awaitingReview: "Awaiting clinical review",
  stepGone: "This step is no longer in the library.",
  responses: {
    picked: "You took this step",
    adapted: "You adapted this step",
    refused: "You left this step",
    to_supervision: "For supervision",
  },

  // The summary
  summaryTitle: (when) => `Summary of ${when}`,
  summaryLead: "In your own words, with names masked. It is yours: nobody else sees it unless you share it.",
  arousal: "How stirred up, 0 to 10",
  arousalSpan: (before, after) => `${before ?? "not said"} → ${after ?? "not said"}`,
  arousalRead: (before, after) => `before: ${before ?? "not said"}, after: ${after ?? "not said"}`,
  safetyNoted: "Safety",
  concerns: {
    child_at_risk: "a child at risk",
    suicidality_therapist: "your own safety",
    suicidality_child: "a child's suicidality",
    suicidality_parent: "a parent's suicidality",
    threat_to_therapist: "a threat to you",
    abuse_disclosure: "a disclosure or suspicion of abuse",
    therapist_unfit: "being too unwell to work",
  },
  levels: { immediate: "immediate", concern: "concern", check: "checked" },
  themes: "Themes",
  steps: "Steps",
  inYourWords: "In your words",
  plan: "Plan",
  supervisionQuestion: "Question for supervision",
  followUp: "How the last plan went",
  summaryResponses: {
    picked: "taken",
    adapted: "adapted",
    refused: "left",
    to_supervision: "for supervision",
  },
  noAnswer: "no answer",
  emptySummary: "There was not enough yet to sum up.",
  disclaimer:
    "Written with Ballast, a program. Themes are what it may have heard, not a judgement of anybody. Names were masked, but a rare story can still be recognised.",
  copy: "Copy",
  copied: "Copied.",
  copyFailed: "This browser did not allow copying. You can download it instead.",
  download: "Download",
  share: "Share",
  remove: "Delete",
  removeAsk: "Delete this reflection and its summary for good? This cannot be undone.",
  removeYes: "Yes, delete it",
  removeNo: "No, keep it",
  startNew: "Start a new one",
  showConversation: "Show the conversation",
  hideConversation: "Hide the conversation",

  // Sharing
  shareTitle: "Share this reflection",
  shareOffer: {
    summary: (name, until) => `Share the summary with ${name}, ${until}.`,
    whole: (name, until) => `Share the summary and what you wrote with ${name}, ${until}.`,
    turns: (name, until) => `Share the messages you tick, and no summary, with ${name}, ${until}.`,
  },
  shareLead: "You can withdraw it at any time, and you see each time they open it.",
  shareLeavesOut: "What seems to be about your own safety or health is left out unless you tick it.",
  shareNobody: "No supervisor is linked to your account, so there is nobody to share with. It stays with you.",
  shareWith: (name) => `Share with ${name}`,
  shareChooseWhom: "Choose with whom",
  shareSomebody: "the one you choose",
  shareWhom: "With whom",
  shareMore: "Choose what, until when, or add a sentence",
  shareWhat: "What they see",
  shareScopes: {
    summary: "The summary",
    whole: "The summary and what I wrote, in full",
    turns: "Only messages I choose",
  },
  shareMessages: "Your messages",
  shareAboutYou: "About you. Not shown unless you tick it.",
  shareLeftOut: "These messages are about you. The summary leaves them out unless you tick them.",
  shareUntil: "Until the end of",
  shareCourse: "Show how stirred up I was before and after, and how my last plan went",
  shareForever: "Until I withdraw it, with no end day",
  untilDay: (day) => `until ${day}`,
  untilWithdrawn: "until you withdraw it",
  shareNote: "A sentence for them, if you like",
  sharePreview: "See what they will see",
  sharePreviewTitle: "This is all they will see",
  shareShown: (name) => `What ${name} sees`,
  shareUnderstood: "Close",
  sharedNow: "Shared",
  sharedSince: (when) => `since ${when}`,
  notOpened: "Not opened yet.",
  opened: (times) => `Opened: ${times}.`,
  concernSeen: (concern, when, name) => `Safety, ${concern}: ${when ? `${name} said they have seen it, ${when}` : "not acknowledged yet"}.`,
  concernDone: (when, text) => `What was done (${when}): ${text}`,
  messageTo: { email: (name) => `to ${name}`, slack: () => "to the team's Slack, which names nobody," },
  messageOf: { shared: (to) => `The message ${to}`, reminder: (to) => `The reminder ${to}` },
  messageTaker: { email: "the mail server", slack: "Slack" },
  messageBecame: {
    waiting: (message) => `${message} is not delivered so far.`,
    handed_over: (message, taker, when) => `${message} was handed to ${taker}, ${when}. Whether it was read is not known.`,
    not_delivered: (message) => `${message} could not be delivered.`,
    not_sent: (message) => `${message} was not sent: there was nothing to tell any more, or nowhere to send it.`,
  },
  messageNone: "Ballast sent no message about this. If somebody has to know today, please tell them yourself.",
  showShared: "See what they see",
  withdraw: "Withdraw",
  withdrawn: "It is withdrawn: it cannot be opened any more. What was read before stays read.",
  shareHistory: "Earlier shares",
  shareEnded: {
    withdrawn: "withdrawn",
    replaced: "changed by a later share",
    date_passed: "its day passed",
    supervision_ended: "the supervision ended",
    account_disabled: "their account was closed",
    restored: "ended when a backup was put back",
    ended: "ended",
  },

  // Faults
  fault: "Something went wrong here. What was kept is still there; please try again.",
  offline: "The server cannot be reached just now. Please try again in a moment.",
};

/** Give the elements below `root` the words that their data-words attributes name. */
export function fillWords(root = document, words = WORDS) {
  for (const element of root.querySelectorAll("[data-words]")) {
    element.textContent = words[element.dataset.words];
  }
  for (const [name, attribute] of [
    ["wordsLabel", "aria-label"],
    ["wordsTitle", "title"],
    ["wordsPlaceholder", "placeholder"],
  ]) {
    const marked = `[data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]`;
    for (const element of root.querySelectorAll(marked)) {
      element.setAttribute(attribute, words[element.dataset[name]]);
    }
  }
}

/** Say when something was, in the reader's own time: "Today, 14:05" or "3 March 2026, 09:10". */
export function sayWhen(iso) {
  const then = new Date(iso);
  const time = then.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  const day = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((day(new Date()) - day(then)) / 86_400_000);
  if (days === 0) return `${WORDS.today}, ${time}`;
  if (days === 1) return `${WORDS.yesterday}, ${time}`;
  return `${sayDay(iso)}, ${time}`;
}

/** Say the day of something: "3 March 2026". */
export function sayDay(iso) {
  return new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}
