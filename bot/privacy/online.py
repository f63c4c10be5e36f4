"""Find e-mail addresses, links and handles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind

# Every repeat is bounded: a text of one endless word must not cost quadratic time.
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[A-Za-z]{2,24}\b")
URL = re.compile(r"(?:\bhttps?://|\bwww\.)[^\s<>\"'()\[\]\ufffc]{1,2000}", re.IGNORECASE)
# Bare domains only with an ending that no sentence runs into ("the room.She").
BARE = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,4}"
    r"(?:com|org|net|edu|gov|info|app|co\.za|org\.za|ac\.za|gov\.za|co\.uk|org\.uk|nhs\.uk|ac\.uk|"
    r"gov\.uk|com\.au|edu\.au|org\.au|gov\.au|co\.nz|govt\.nz)\b(?:/[^\s<>\"'()\[\]\ufffc]{0,2000})?"
)
# Slack writes a member as <@U012AB3CD>.
HANDLE = re.compile(r"<@[A-Z0-9]{5,20}(?:\|[^>\s]{1,80})?>|(?<![\w@.])@[A-Za-z_][\w.]{1,63}")
IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)")
TRAILING = ".,;:!?…"


def find_online(text: str) -> Iterator[Identifier]:
    """Give e-mail addresses, links, handles and IP addresses."""
    for pattern, kind in (
        (EMAIL, IdentifierKind.EMAIL),
        (URL, IdentifierKind.URL),
        (BARE, IdentifierKind.URL),
        (HANDLE, IdentifierKind.HANDLE),
        (IP, IdentifierKind.OTHER),
    ):
        for found in pattern.finditer(text):
            shown = found[0].rstrip(TRAILING)
            yield Identifier(found.start(), found.start() + len(shown), kind)
