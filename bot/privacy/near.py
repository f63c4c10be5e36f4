"""What stands beside a word: the evidence that a word is somebody's name.

Each function answers one question about one word of a text; the rules in `names.py` and
`initials.py` weigh the answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from bot.privacy.wordlists import Names, Signs, names, signs
from bot.privacy.words import Word, split_words

# "The Mother And Her Son": title case leaves only short words small.
LONGEST_SMALL_WORD = 3
# With fewer words after the first, "Mary Stone left" would look like a title.
FEWEST_WORDS = 2
# Verbs whose past looks like their base form: "Hope hit", but "frank talk".
PASTS_TOO = frozenset("hit cut let put shut hurt wet read bit burst spread quit".split())
# "Hope went silent" tells of a person, "hope went" of none.
PALE = frozenset("pale white red mad mute limp still rigid stiff blank".split())
AFTER_THESE_A_VERB = frozenset({"to", "just", "please", "i", "we", "you", "not"})
# "Will has", "Will didn't": no two of these follow each other.
NO_MODAL = frozenset(
    "has had did does didn't doesn't hasn't hadn't wouldn't couldn't won't".split()
)
# "has not been", "is not so": helpers in a row.
MOST_HELPERS = 3
# "what eilidh said", and "its ngaio from" with its apostrophe lost.
NO_DETERMINER = frozenset({"what", "which", "whose", "its", "mine"})
# "Wren did it," "Will did that".
DONE = frozenset("it that this nothing so".split())
# How far a word is searched for what it speaks of.
WORDS_BESIDE = 10
# "Hope is 9", "Grace, who is only 4".
HAS_AGE = re.compile(
    r"(?:['’]s|,? who['’]?s|,? (?:who )?(?:is|was|turned|turns))(?: \w{3,6})? \d{1,2}\b(?![%:.]\d)"
)
# "Sunny's not his real name", "Angel's a boy"
IS_A_NAME = re.compile(
    r"['’]s (?:(?:not |just |only |really )?(?:his|her|their|my) (?:real |proper |full |given |"
    r"nick)?name|(?:just |only )?an? (?:good |sweet |bad |lovely |little )?(?:boy|girl|lad|"
    r"lass|child|"
    r"kid|baby|toddler|teenager|twin|man|woman)\b)"
)
AGED = re.compile(r"(?:,? \(?|: ?)\d{1,2}\b(?=[,.;)]| ?y| years| and)")


# "Hope, 9, hid", "Hope (9)"; a number with no sign before it may count anything: "ward 7,".
AGED_APART = re.compile(r"(?:, \(?| \()\d{1,2}\b(?=[,.;)]| ?y| years| and)")
# Told apart, in brackets or between commas: "Mark (dad)".
APART = re.compile(
    r" ?\((?:(?:the|his|her|my) )?(?P<kin>[A-Za-z-]{2,14})\b|"
    r", (?:his|her|the|my|their|a) (?:[a-z]+ )?(?P<whose>[a-z-]{2,14})[,.;)]"
)


@dataclass(frozen=True)
class Reading:
    """A text with its words and the lists they are compared with."""

    text: str
    words: tuple[Word, ...]
    names: Names
    signs: Signs
    # Which unlisted words were found to be slips of the pen; costly to find out.
    slips: dict[str, bool] = field(default_factory=dict, repr=False)

    def gap(self, at: int) -> str:
        """Give what stands between word `at` and the one before it."""
        return self.text[self.end_with_tail(at - 1) : self.words[at].start] if at > 0 else ""

    def before(self, at: int, across: str = " ") -> str:
        """Give the key of the word before, or "" where more than `across` lies between."""
        if at == 0 or self.gap(at).strip(across):
            return ""
        same = self.words[at].sentence == self.words[at - 1].sentence
        return self.words[at - 1].key if same else ""

    def after(self, at: int, across: str = " ") -> str:
        """Give the word after, its contraction joined on, under the same condition."""
        follows = at + 1
        if follows >= len(self.words) or self.words[at].tail or self.gap(follows).strip(across):
            return ""
        word = self.words[follows]
        return word.key if word.sentence == self.words[at].sentence else ""

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every word of the text, as it is compared."""
        return frozenset(word.key for word in self.words)

    @cached_property
    def plain_sentences(self) -> frozenset[int]:
        """Sentences in which a capital tells something: neither shouted nor in title case."""
        counts: dict[int, list[int]] = {}
        for word in self.words:
            if word.starts or len(word.text) < 2 or word.key not in self.names.english:
                continue
            # Words, words with a capital, and longer words without: title case has none.
            tally = counts.setdefault(word.sentence, [0, 0, 0, 0])
            tally[0] += 1
            tally[1] += word.is_capital
            tally[2] += len(word.text) > LONGEST_SMALL_WORD and not word.is_capital
            tally[3] += word.is_shouted
        styled = {
            each
            for each, (words, capitals, small, shouted) in counts.items()
            if (words > FEWEST_WORDS and 2 * capitals > words and not small)
            or (words >= FEWEST_WORDS and shouted == words)
        }
        return frozenset(word.sentence for word in self.words) - styled

    @cached_property
    def has_figure(self) -> bool:
        """Whether a figure of a film, a book or a game stands in the text."""
        figures = self.names.figures
        return any(
            phrase == tuple(each.key for each in self.words[at : at + len(phrase)])
            for at, word in enumerate(self.words)
            for phrase in figures.get(word.key, ())
        )

    def keys_beside(self, at: int) -> frozenset[str]:
        """Give the keys of the words around, as far as the same sentence reaches."""
        around = self.words[max(0, at - WORDS_BESIDE) : at + WORDS_BESIDE + 1]
        return frozenset(each.key for each in around if each.sentence == self.words[at].sentence)

    def is_english(self, key: str) -> bool:
        """Whether a word, or every part of a compound, is a frequent English word."""
        lists = self.names
        if key in lists.english or key in lists.never or key in lists.roles or "n't" in key:
            return True
        if key.endswith("s") and (key[:-1] in lists.never or key[:-1] in lists.roles):
            return True
        parts = key.split("-")
        return len(parts) > 1 and all(len(part) < 3 or self.is_english(part) for part in parts)

    def end_with_tail(self, at: int) -> int:
        """Give where a word ends, its "'s" or "'ll" included."""
        word = self.words[at]
        return word.end + (len(word.tail) + 1 if word.tail else 0)


def read_text(text: str) -> Reading:
    """Give a text as the rules for names read it."""
    return Reading(text, split_words(text), names(), signs())


def has_title(near: Reading, at: int) -> bool:
    """Whether "Mr", "Mrs" and the like stand before: whatever follows is a name."""
    if at > 0 and near.words[at - 1].tail:  # "the mevrou's things"
        return False
    return near.before(at, " .") in near.signs.titles


def is_addressed(near: Reading, at: int) -> bool:
    """Whether "Aunty", "Gogo", "Dr", "Sister" and the like stand before."""
    return near.before(at, " .") in near.signs.addresses


def acts_as_person(near: Reading, at: int, *, is_word: bool) -> bool:
    """Whether what follows is what a person does, is or owns.

    An English word that may be a name needs more: "Grace was" proves nothing, "Grace was
    crying" does.
    """
    given, word = near.signs, near.words[at]
    follows = near.after(at)
    if word.tail == "s":
        owns = near.gap(at + 1) == " " if at + 1 < len(near.words) else False
        owned = owns and near.words[at + 1].key in given.possessed
        is_called = HAS_AGE.match(near.text, word.end) or IS_A_NAME.match(near.text, word.end)
        return owned or bool(is_called)
    if follows == "and" and _is_somebody(near, at + 2, is_word=is_word):
        return True
    if follows == "dob":
        return True
    if _is_common_use(near, at):
        return False
    if AGED_APART.match(near.text, word.end) or _is_told_apart(near, at):
        return True
    if HAS_AGE.match(near.text, word.end) or near.after(at, " ,") in {"who", "whose"}:
        return True
    if follows == "did" and near.after(at + 1) in DONE:
        return True
    if follows in given.acts:
        return not is_word or _acts_like_nothing_else(near, at)
    if follows in given.helpers:
        return _helps_person(near, at, is_word=is_word)
    if follows in given.is_words:
        return not is_word or _is_in_state(near, at + 1)
    return is_word and _is_past(near, follows) and word.key not in given.modals


def _is_told_apart(near: Reading, at: int) -> bool:
    """Whether a relation follows the name apart: "Mark (dad)", "Rose, her aunt, waits"."""
    found = APART.match(near.text, near.words[at].end)
    return found is not None and (found["kin"] or found["whose"]).lower() in near.signs.kin


def _is_common_use(near: Reading, at: int) -> bool:
    """Whether what follows shows a month, or "will" and "may" as verbs."""
    given, key, follows = near.signs, near.words[at].key, near.after(at)
    if key in given.modals and follows in given.acts:
        return _is_base_form(given, follows)
    if key in given.modals and follows and follows not in given.is_words | NO_MODAL:
        return True
    if key not in near.names.months_or_names or follows in given.acts | given.helpers:
        return False
    if follows in given.is_words:
        return near.after(at + 1) not in given.states
    return near.after(at, " ,") not in {"who", "whose"}


def _acts_like_nothing_else(near: Reading, at: int) -> bool:
    """Whether a word and its verb are neither a saying nor two nouns: "frank talk"."""
    given, follows = near.signs, near.after(at)
    if _is_base_form(given, follows) and follows not in PASTS_TOO:
        return False
    return not is_in_saying(near, at)


def is_in_saying(near: Reading, at: int) -> bool:
    """Whether a word that may be a name belongs to a saying, or is a verb: "to Trust the"."""
    follows = near.after(at)
    if near.before(at) in AFTER_THESE_A_VERB and follows in near.signs.determiners:
        return True
    if follows == "went" and near.after(at + 1) in near.signs.states | PALE:
        return False
    said = f"{near.words[at].key} {follows}"
    return said in near.signs.idioms or f"{said} {near.after(at + 1)}" in near.signs.idioms


def _is_past(near: Reading, verb: str) -> bool:
    """Whether people rather than things did this: "Blessing soiled", not "Hope faded"."""
    is_verb = verb.endswith("ed") and verb in near.names.english
    return is_verb and verb not in near.signs.things_do


def _is_somebody(near: Reading, at: int, *, is_word: bool) -> bool:
    """Whether the word after "and" is a person: "Hope and her mum", "River and Sage"."""
    if at >= len(near.words):
        return False
    word, lists = near.words[at], near.names
    if word.key in {"his", "her", "their", "i", "me"} or word.key in near.signs.kin:
        return True
    if not word.is_capital:  # "renwick n tansy have been moved"
        return not is_word and (word.key in lists.familiar or word.key in near.signs.names_first)
    return word.key in lists.word_names or word.key in lists.listed


def _helps_person(near: Reading, at: int, *, is_word: bool) -> bool:
    """Whether a name's helper leads to what people do: "would not speak", "has nightmares"."""
    given, last = near.signs, at + 1
    while last - at < MOST_HELPERS and near.after(last) in given.helpers | {"been"}:
        last += 1
    verb = near.after(last)
    if not is_word:
        return bool(verb)
    return verb in given.acts or (
        near.words[last].key in {"has", "had", "been"} and verb in given.has_words | given.states
    )


def _is_in_state(near: Reading, at: int) -> bool:
    """Whether what "is" leads to is told of people: "is quiet", "is not in school"."""
    given = near.signs
    last, state = at, near.after(at)
    while last - at < MOST_HELPERS and state in given.weak_states:
        last += 1
        state = near.after(last)
    leads_nowhere = state in given.weak_states
    if leads_nowhere:
        return False
    return state in given.states or state in given.has_words or _is_past(near, state)


def is_of_kin(near: Reading, at: int) -> bool:
    """Whether a word that tells a relation stands before: "her son", "little", "client"."""
    return near.before(at, " ,(") in near.signs.kin and not near.words[at - 1].tail


def has_determiner(near: Reading, at: int) -> bool:
    """Whether "his", "the" and the like stand right before, as they do before plain nouns."""
    return near.before(at) in near.signs.determiners


def may_be_determined(near: Reading, at: int) -> bool:
    """Whether what stands before is a determiner of a known name's: "what eilidh said" has none."""
    return near.before(at) in near.signs.determiners - NO_DETERMINER


def is_surely_spoken_of(near: Reading, at: int) -> bool:
    """Whether the place of an unlisted word is one that hardly anything but a name takes."""
    given, word = near.signs, near.words[at]
    if is_of_kin(near, at) or near.before(at) in given.told:
        return True
    return acts_as_person(near, at, is_word=not word.starts) or bool(
        AGED.match(near.text, word.end)
    )


def is_spoken_of(near: Reading, at: int) -> bool:
    """Whether a listed name in lower case is used as a name: "her son thabo", "told thabo"."""
    given, word = near.signs, near.words[at]
    if word.starts or near.before(at, " ,(") in given.kin or near.before(at) in given.before:
        return True
    if "," in near.gap(at) or "(" in near.gap(at):
        return True
    return word.tail == "s" or acts_as_person(near, at, is_word=True)


def _is_base_form(given: Signs, verb: str) -> bool:
    return f"{verb}s" in given.acts or (
        verb.endswith(("s", "sh", "ch", "x", "o")) and f"{verb}es" in given.acts
    )
