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
# Shortened links: "bit.ly/3xYz".
SHORTENED = re.compile(
    r"(?<![\w@.-])[\w-]{1,63}\.(?:ly|me|gl|co|be|tv|to|io|gg|link|site|xyz)/[\w/?=&%.-]{2,200}"
)
# An address that is spelt out: joan (at) kidsplace (dot) org, or with "at" and "dot".
SPELT_EMAIL = re.compile(
    r"(?i)\b[\w.+-]{1,64}(?: ?(?:\(at\)|\[at\]) ?[\w-]{1,63}"
    r"(?: ?(?:\(dot\)|\[dot\]|\bdot\b|\.) ?[a-z]{2,12}){1,3}|"
    r" at [\w-]{1,63}(?: dot [a-z]{2,12}){1,3})\b"
)
# "insta: kaylz_2014", "her tiktok is lexi.xo": what follows is no plain word.
NAMED_HANDLE = re.compile(
    r"(?i)\b(?:insta(?:gram)?|ig|tiktok|snap(?:chat)?|twitter|facebook|fb|discord|roblox|xbox|psn|skype|"
    r"telegram|gamertag|username|handle|user)(?: (?:name|handle|account|is|was|as)){0,2}[: ]{1,2}"
    r"(?P<handle>(?=[\w.-]{0,29}[\d_.][\w-])[a-z][\w.-]{2,30})"
)
# No word of any language holds one.
UNDERSCORED = re.compile(r"(?<![\w@./\ufffc-])[A-Za-z\d.]{1,30}_[\w.]{1,2000}(?![@/])")
# Slack writes a member as <@U012AB3CD>.
HANDLE = re.compile(r"<@[A-Z0-9]{5,20}(?:\|[^>\s]{1,80})?>|(?<![\w@.])@[A-Za-z_][\w.]{1,63}")
IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)")
TRAILING = ".,;:!?…"


def find_online(text: str) -> Iterator[Identifier]:
    """Give e-mail addresses, links, handles and IP addresses."""
    for pattern, kind in (
        (EMAIL, IdentifierKind.EMAIL),
        (SPELT_EMAIL, IdentifierKind.EMAIL),
        (UNDERSCORED, IdentifierKind.HANDLE),
        (NAMED_HANDLE, IdentifierKind.HANDLE),
        (URL, IdentifierKind.URL),
        (SHORTENED, IdentifierKind.URL),
        (BARE, IdentifierKind.URL),
        (HANDLE, IdentifierKind.HANDLE),
        (IP, IdentifierKind.OTHER),
    ):
        for found in pattern.finditer(text):
            group = "handle" if pattern is NAMED_HANDLE else 0
            start, shown = found.start(group), found[group].rstrip(TRAILING)
            yield Identifier(start, start + len(shown), kind)
