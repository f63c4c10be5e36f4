"""What is heard in a message before anybody else sees it: danger, then identifiers.

Safety looks at the words as written, in memory only; what is kept and handed on is the
masked text. The rules of safety need no model and no other service; where there is a
trained detector it adds to them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from bot.privacy.identifiers import Identifier
from bot.privacy.mask import Masked, find_all, put_placeholders
from bot.privacy.people import People
from bot.safety.concerns import Concern, find_concerns
from bot.safety.detector import ConcernDetector, add_learned
from bot.safety.signs import Signs

# Control characters and lone surrogates: databases and JSON choke on them, nobody types
# them. One character for one, so that offsets stay true.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Heard:
    """A message as written, in memory only, with the concerns and identifiers found in it."""

    given: str = field(repr=False)
    identifiers: tuple[Identifier, ...] = field(repr=False)
    concerns: tuple[Concern, ...]

    @property
    def masked_kinds(self) -> dict[str, int]:
        """How many identifiers of each kind are masked."""
        return dict(Counter(found.kind.value for found in self.identifiers))

    def masked(self, people: People) -> Masked:
        """Give the message as it may be kept, with the stand-ins of its reflection's `people`."""
        return put_placeholders(self.given, self.identifiers, people)


def hear(text: str, signs: Signs, detector: ConcernDetector | None = None) -> Heard:
    """Find concerns and identifiers in `text`."""
    text = writable(text)
    concerns = find_concerns(text, signs)
    if detector:
        concerns = add_learned(concerns, detector.find(text))
    return Heard(given=text, identifiers=find_all(text), concerns=concerns)


def writable(text: str) -> str:
    """Give `text` with a space for each character that cannot be stored."""
    return _UNWRITABLE.sub(" ", text)
