"""Read whether a therapist says that a theme fits: yes, not quite, or no."""

from __future__ import annotations

import re
from enum import StrEnum


class Verdict(StrEnum):
    """What the therapist said of a theme that was offered."""

    YES = "yes"
    NOT_QUITE = "not_quite"
    NO = "no"


# How an answer opens decides it: "yes, above all the dread", "no it's more that ...". The
# hedged openings stand first, since "yes and no" opens with a yes.
_OPENINGS: tuple[tuple[Verdict, re.Pattern[str]], ...] = tuple(
    (verdict, re.compile(rf"^\W*(?:(?:well|um+|hmm*|oh|i\s+think|i\s+guess)\W+)*(?:{words})\b", re.I))
    for verdict, words in (
        (
            Verdict.NOT_QUITE,
            r"not\s+(?:quite|exactly|entirely|really\s+sure|sure|fully|completely|wholly)|part(?:ly|ially|s)"
            r"|sort\s+of|kind\s+of|sorta|kinda|more\s+or\s+less|yes\s+and\s+no|maybe|perhaps|possibly"
            r"|half|a\s+(?:bit|little)|some\s+of|somewhat|almost|nearly|yes\W+but|yeah\W+but|close",
        ),
        (
            Verdict.NO,
            r"no|nope|nah|not\s+(?:really|at\s+all|that|it|this|true|right)|that'?s\s+(?:not|wrong)"
            r"|it\s+(?:doesn'?t|does\s+not)|doesn'?t|wrong|i\s+(?:don'?t|do\s+not|disagree)|disagree",
        ),
        (
            Verdict.YES,
            r"y|yes|yeah|yep|yup|ja|ya|aye|right|true|exactly|correct|fits|that\s+fits|it\s+(?:fits|does)"
            r"|that'?s\s+(?:it|right|true|exactly|me|spot)|spot\s+on|absolutely|definitely|indeed|agreed?"
            r"|very\s+much|totally|sure|ok(?:ay)?|i\s+(?:agree|do)|so\s+true|sadly\s+yes|unfortunately",
        ),
    )
)


def read_verdict(text: str) -> Verdict | None:
    """Give the verdict that `text` opens with, or None when it cannot be told."""
    text = text.replace("’", "'")
    return next((verdict for verdict, opening in _OPENINGS if opening.match(text)), None)
