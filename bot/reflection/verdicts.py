"""Read whether a therapist says that a theme fits: yes, not quite, or no."""

from __future__ import annotations

import re
from enum import StrEnum


class Verdict(StrEnum):
    """What the therapist said of a theme that was offered."""

    YES = "yes"
    NOT_QUITE = "not_quite"
    NO = "no"


_HEDGED = r"""
    not\s+(?:quite|exactly|entirely|really\s+sure|sure|fully|completely|wholly)
  | part(?:ly|ially|s) | sort\s+of | kind\s+of | sorta | kinda | more\s+or\s+less
  | yes\s+and\s+no | ye(?:s|ah)\W+but | maybe | perhaps | possibly | half | somewhat
  | a\s+(?:bit|little) | some\s+of | almost | nearly | close
"""
_NO = r"""
    no | nope | nah | not\s+(?:really|at\s+all|that|it|this|true|right)
  | that'?s\s+(?:not|wrong) | it\s+(?:doesn'?t|does\s+not) | doesn'?t | wrong
  | i\s+(?:don'?t|do\s+not|disagree) | disagree | that\s+doesn'?t | hell\s+no | never | rubbish
  | nonsense
"""
_YES = r"""
    y | yes | yeah | yep | yup | ja | ya | aye | right | true | exactly | correct | fits
  | (?:that|it)\s+(?:fits|does) | that'?s\s+(?:it|right|true|exactly|me|spot) | spot\s+on
  | absolutely | definitely | indeed | agreed? | very\s+much | totally | sure | ok(?:ay)?
  | i\s+(?:agree|do) | so\s+true | sadly\s+yes | unfortunately
"""
_LEAD_IN = r"^\W*(?:(?:well|um+|hmm*|oh|i\s+think|i\s+guess)\W+)*"

# How an answer opens decides it: "yes, above all the dread", "no, it's more that ...". The
# hedged openings stand first, since "yes and no" opens with a yes.
_OPENINGS = tuple(
    (verdict, re.compile(rf"{_LEAD_IN}(?:{words})\b", re.IGNORECASE | re.VERBOSE))
    for verdict, words in (
        (Verdict.NOT_QUITE, _HEDGED),
        (Verdict.NO, _NO),
        (Verdict.YES, _YES),
    )
)


# A yes that is denied or hedged right after: "absolutely not", "yes, partly".
_DENIED = re.compile(r"\b(?:not|no|doesn't|does\s+not|isn't|never)\b", re.IGNORECASE)
_TAKEN_BACK = re.compile(r"\b(?:partly|partially|but|except|in\s+part|some\s+of)\b", re.IGNORECASE)
_WORDS_LOOKED_AT = 5

_PLAIN_YES = frozenset({"y", "yes", "yeah", "yep", "ja", "sure", "ok", "okay", "absolutely", "do"})
_BESIDE_YES = frozenset(
    "please delete it this that everything all go ahead i am definitely the whole thing".split()
)


def read_verdict(text: str) -> Verdict | None:
    """Give the verdict that `text` opens with, or None when it cannot be told."""
    text = text.replace("’", "'")
    for verdict, opening in _OPENINGS:
        if opening.match(text):
            return _weighed(text) if verdict is Verdict.YES else verdict
    return None


def _weighed(text: str) -> Verdict:
    opening = " ".join(text.split()[:_WORDS_LOOKED_AT])
    if _TAKEN_BACK.search(opening):
        return Verdict.NOT_QUITE
    return Verdict.NO if _DENIED.search(opening) else Verdict.YES


def is_plain_yes(text: str) -> bool:
    """Say whether `text` is a yes and nothing else: what cannot be undone needs no less."""
    words = re.findall(r"[a-z']+", text.lower().replace("’", "'"))
    if "?" in text or not _PLAIN_YES.intersection(words):
        return False
    return _PLAIN_YES.union(_BESIDE_YES).issuperset(words)
