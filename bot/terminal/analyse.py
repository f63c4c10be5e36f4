"""`ballast analyse`: what the assistant would hear in given texts, without a server.

Runs what a chat turn runs: danger in the words as written, masking, then the detector out
of the trained model on the masked text. Offsets are given back in the text as it came.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TextIO

from bot.conversation.hearing import hear
from bot.privacy.mask import Masked
from bot.privacy.people import People
from bot.run.model import check_model
from bot.run.problems import CannotRun
from bot.safety.detector import ConcernDetector
from bot.safety.signs import Signs, load_signs
from bot.settings import Settings
from bot.themes.detector import ThemeDetector
from bot.themes.findings import Finding
from bot.trained import NotTrained, read_learned


@dataclass(frozen=True)
class Ears:
    """Everything that listens to a message."""

    signs: Signs
    concerns: ConcernDetector
    themes: ThemeDetector

    @classmethod
    def of(cls, settings: Settings) -> Ears:
        """Read the signs, and the detectors out of the trained model. Raises `CannotRun`."""
        check_model(settings.models)
        try:
            return cls(
                load_signs(settings.library / "safety" / "signs"),
                read_learned(settings.models, "ConcernComponent", ConcernDetector),
                read_learned(settings.models, "ThemeComponent", ThemeDetector),
            )
        except NotTrained as fault:
            raise CannotRun(f"{fault} Run `make train`.") from None


def analyse_lines(settings: Settings, lines: Iterable[bytes], out: TextIO) -> bool:
    """Answer each line in its order; say whether all could be read."""
    ears = Ears.of(settings)
    all_read = True
    for line in lines:
        if not line.strip():
            continue
        answer = _answer(line, ears, settings.longest_message)
        all_read &= "error" not in answer
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()
    return all_read


def _answer(line: bytes, ears: Ears, longest: int) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": "This line is not JSON."}
    if not isinstance(asked, dict):
        return {"id": None, "error": "This line is not a JSON object."}
    text = asked.get("text")
    if not isinstance(text, str):
        return {"id": asked.get("id"), "error": "This line has no text."}
    if len(text) > longest:
        return {"id": asked.get("id"), "error": f"The text is longer than {longest} characters."}
    heard = hear(text, ears.signs, ears.concerns)
    masked = heard.masked(People(b""))
    findings = ears.themes.find(masked.text)
    return {
        "id": asked.get("id"),
        "masked": masked.text,
        "identifiers": [
            {"start": i.start, "end": i.end, "kind": i.kind.value} for i in heard.identifiers
        ],
        "findings": [_in_given_text(finding, masked, text) for finding in findings],
        "concerns": [
            {"kind": c.kind.value, "level": c.level.value, "start": c.start, "end": c.end}
            for c in heard.concerns
        ],
    }


def _in_given_text(finding: Finding, masked: Masked, text: str) -> dict[str, Any]:
    evidence = []
    for words in finding.evidence:
        start, end = masked.original_span(words.start, words.end)
        evidence.append({"start": start, "end": end, "text": text[start:end]})
    return finding.as_dict() | {"evidence": evidence}
