"""Verdicts that come back as candidate examples, for a person to accept into `data/nlu/`.

Only of authors who consented to that separately, only masked text, and no more of it than the
sentences in which a theme was heard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.conversation.codes import code_of
from bot.conversation.desk import Desk
from bot.encoder.sentences import sentences
from bot.privacy.sealing.files import replace
from bot.reflection.verdicts import Verdict
from bot.storage import audit
from bot.storage.access import judged_turns_of_consenting_authors
from bot.storage.keeping import Export
from bot.storage.models import FoundTheme, Turn

_MARK_DIGITS = 16
_HEAD = """\
version: "3.1"

# Candidates: what therapists said of the themes heard in their words, with their consent, masked.
# Nothing here is learnt from until a person has read a sentence, made sure that nobody can be
# recognised in it, put right its `themes`, taken `refused` and `unsure` out, and moved it into
# data/nlu/themes/. `mark` ties a sentence to its reflection, for those with the key alone: when
# that reflection is erased, its sentences are taken out of this file.
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
    mark: str

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
        return "\n".join([*lines, f'      batch: "{batch}"', _mark_line(self.mark)]) + "\n"


async def corrections(desk: Desk) -> list[Candidate]:
    """Give the candidates of all authors who consent now."""
    async with desk.sessions() as session:
        turns = await judged_turns_of_consenting_authors(session)
    return [
        candidate
        for turn in turns
        for candidate in _candidates(turn, mark_of(desk, turn.reflection_id))
    ]


async def note_export(desk: Desk, file: Path, count: int) -> None:
    """Remember that candidates lie in `file`, so that erasing reaches into it."""
    now = desk.clock()
    async with desk.sessions.begin() as session:
        await session.merge(Export(place=_address(file), made_at=now))
        details: dict[str, audit.Detail] = {"candidates": count}
        await audit.record(
            session, audit.Event.CORRECTIONS_EXPORTED, now, by=audit.COMMAND, details=details
        )


def _address(file: Path) -> str:
    return str(file.resolve())


def mark_of(desk: Desk, reflection_id: str) -> str:
    """Give by what candidates of a reflection are known in a file; says nothing without the key."""
    return code_of(desk.keyring.sub_key("exports"), reflection_id, digits=_MARK_DIGITS)


def count_candidates(file: Path, mark: str) -> int:
    """Count the candidates with `mark` in a file, which may be gone."""
    return sum(_has_mark(block, mark) for block in _blocks(_read(file)))


def drop_candidates(file: Path, mark: str) -> None:
    """Take the candidates with `mark` out of a file and leave the rest as it is."""
    blocks = _blocks(_read(file))
    kept = [block for block in blocks if not _has_mark(block, mark)]
    if len(kept) < len(blocks):
        text = "".join(kept)
        if len(kept) == 1:
            text = text.replace("nlu:" + _INTENT, "nlu: []\n")
        replace(file, text.encode())


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _blocks(text: str) -> list[str]:
    """Cut a file into what is before the examples, and each example."""
    return re.split(r"(?m)^(?=  - text:)", text)


def _has_mark(block: str, mark: str) -> bool:
    return _mark_line(mark) in block.splitlines()


def _mark_line(mark: str) -> str:
    return f'      mark: "{mark}"'


def as_file(candidates: Iterable[Candidate], made: date) -> str:
    """Give the content of a file in the format of `data/nlu/`."""
    batch = f"{made:%Y-%m-%d}-corrections"
    examples = "".join(candidate.as_yaml(batch) for candidate in candidates)
    return _HEAD + (_INTENT + examples if examples else " []\n")


def _candidates(turn: Turn, mark: str) -> Iterator[Candidate]:
    judged = [finding for finding in turn.findings if finding.verdict]
    for sentence in sentences(turn.text):
        heard = [f for f in judged if _is_heard_in(f, sentence.start, sentence.end)]
        if heard:
            yes, no, not_quite = (
                tuple(sorted(_key(f) for f in heard if f.verdict is verdict))
                for verdict in (Verdict.YES, Verdict.NO, Verdict.NOT_QUITE)
            )
            yield Candidate(sentence.text, yes, no, not_quite, mark)


def _is_heard_in(finding: FoundTheme, start: int, end: int) -> bool:
    return any(words["start"] < end and start < words["end"] for words in finding.evidence)


def _key(finding: FoundTheme) -> str:
    return f"{finding.theme}/{finding.subtheme}" if finding.subtheme else finding.theme.value
