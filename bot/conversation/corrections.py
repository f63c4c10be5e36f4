"""Verdicts that come back as candidate examples, for a person to accept into `data/nlu/`.

Only of authors who consented to that separately, only masked text, and no more of it than the
sentences in which a theme was heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.conversation.desk import Desk
from bot.encoder.sentences import sentences
from bot.reflection.verdicts import Verdict
from bot.storage.access import judged_turns_of_consenting_authors
from bot.storage.models import FoundTheme, Turn

_HEAD = """\
version: "3.1"

# Candidates: what therapists said of the themes heard in their words, with their consent, masked.
# Nothing here is learnt from until a person has read a sentence, made sure that nobody can be
# recognised in it, put right its `themes`, taken `refused` and `unsure` out, and moved it into
# data/nlu/themes/.
nlu:"""
_INTENT = """
- intent: tell
  examples:
"""


@dataclass(frozen=True)
class Candidate:
    """A sentence with the themes its author confirmed, refused, or was unsure of."""

    text: str
    themes: tuple[str, ...]
    refused: tuple[str, ...]
    unsure: tuple[str, ...]

    def as_yaml(self, batch: str) -> str:
        """Give the example as it stands in a file of `data/nlu/`."""
        lines = [
            "  - text: |",
            f"      {' '.join(self.text.split())}",
            "    metadata:",
            f"      themes: [{', '.join(self.themes)}]",
        ]
        for name, keys in (("refused", self.refused), ("unsure", self.unsure)):
            if keys:
                lines.append(f"      {name}: [{', '.join(keys)}]")
        return "\n".join([*lines, f'      batch: "{batch}"']) + "\n"


async def corrections(desk: Desk) -> list[Candidate]:
    """Give the candidates of all authors who consent now."""
    async with desk.sessions() as session:
        turns = await judged_turns_of_consenting_authors(session)
    return [candidate for turn in turns for candidate in _candidates(turn)]


def as_file(candidates: Iterable[Candidate], made: date) -> str:
    """Give the content of a file in the format of `data/nlu/`."""
    batch = f"{made:%Y-%m-%d}-corrections"
    examples = "".join(candidate.as_yaml(batch) for candidate in candidates)
    return _HEAD + (_INTENT + examples if examples else " []\n")


def _candidates(turn: Turn) -> Iterator[Candidate]:
    judged = [finding for finding in turn.findings if finding.verdict]
    for sentence in sentences(turn.text):
        heard = [f for f in judged if _is_heard_in(f, sentence.start, sentence.end)]
        if heard:
            yield Candidate(
                sentence.text,
                *(
                    tuple(sorted(_key(f) for f in heard if f.verdict is verdict))
                    for verdict in (Verdict.YES, Verdict.NO, Verdict.NOT_QUITE)
                ),
            )


def _is_heard_in(finding: FoundTheme, start: int, end: int) -> bool:
    return any(words["start"] < end and start < words["end"] for words in finding.evidence)


def _key(finding: FoundTheme) -> str:
    return f"{finding.theme}/{finding.subtheme}" if finding.subtheme else finding.theme.value
