"""How much an unlisted word looks like a name, by its runs of letters.

No list holds every name. Runs of four letters that are frequent in the lists of names and rare
in English ("wetu", "aisha") tell most of the others. Nothing here looks at the sentence.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache

from bot.privacy.wordlists import names

RUN = 4
# What a run counts that one side has never seen.
UNSEEN = 0.5
# Longer words only repeat what their first letters told.
LONGEST = 40


def likeness(key: str) -> float:
    """Give how much likelier the letters are in a name than in an English word, as a log ratio.

    Above 2, nine unlisted names in ten are found, and one rare English word in twenty.
    """
    weights, unseen = _weights()
    return sum(weights.get(run, unseen) for run in _runs(key[:LONGEST]))


def _runs(key: str) -> Iterator[str]:
    framed = f"^{key}$"
    return (framed[at : at + RUN] for at in range(max(1, len(framed) - RUN + 1)))


@cache
def _weights() -> tuple[dict[str, float], float]:
    lists = names()
    in_names, in_words = _counted(lists.listed), _counted(lists.english)
    all_names, all_words = in_names.total(), in_words.total()
    unseen = math.log(all_words / all_names)
    return {
        run: math.log((in_names[run] + UNSEEN) / (in_words[run] + UNSEEN)) + unseen
        for run in in_names.keys() | in_words.keys()
    }, unseen


def _counted(entries: Iterable[str]) -> Counter[str]:
    return Counter(run for entry in entries for run in _runs(entry))
