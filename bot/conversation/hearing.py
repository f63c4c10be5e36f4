"""What is heard in a message before anybody else sees it: danger, then identifiers.

Safety looks at the words as written, in memory only; what is kept and handed on is the
masked text. No model and no other service is needed here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from bot.privacy.mask import Masked, mask
from bot.safety.concerns import Concern, find_concerns
from bot.safety.signs import Signs

# Control characters and lone surrogates: databases and JSON choke on them, nobody types
# them. One character for one, so that offsets stay true.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Message:
    """A message as it may be kept: the masked text and the concerns it raised."""

    masked: Masked
    concerns: tuple[Concern, ...]

    @property
    def text(self) -> str:
        """The text to keep."""
        return self.masked.text

    @property
    def masked_kinds(self) -> dict[str, int]:
        """How many identifiers of each kind were masked."""
        return dict(Counter(found.kind.value for found in self.masked.identifiers))


def hear(text: str, signs: Signs) -> Message:
    """Find concerns and identifiers in `text`."""
    text = writable(text)
    return Message(masked=mask(text), concerns=find_concerns(text, signs))


def writable(text: str) -> str:
    """Give `text` with a space for each character that cannot be stored."""
    return _UNWRITABLE.sub(" ", text)
