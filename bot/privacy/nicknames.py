"""Find what people go by: her boyfriend "Snake", they call him Tiger, his name is Olwen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.near import Reading
from bot.privacy.words import key_of

NICKNAME = re.compile(r"\b(?P<kin>[a-z]{2,12}) [\"“‘'](?P<nick>[A-Z][\w-]{1,24})[\"”’']")
# "They call him Tiger", "known as Spike", "my name is olwen".
NAMED = re.compile(
    r"\b(?:known as|goes by|nicknamed|(?:calls?|called|named) (?:him|her|them|the baby)|"
    r"(?:they|everyone|everybody|people|kids|we|family|friends|all) calls? (?:him |"
    r"her )?(?:just |only )?|"
    r"(?:known )?only as|known (?:here )?as|nickname:?|aka|a\.k\.a\.|"
    r"(?:nick)?name(?:['’]s| is| was)|answers to) [\"“‘']?(?P<nick>[^\W\d_][\w-]{1,24})"
)


def find_nicknames(near: Reading) -> Iterator[Identifier]:
    """Give the words in quotation marks that somebody goes by: her boyfriend "Snake"."""
    for found in NICKNAME.finditer(near.text):
        if found["kin"] in near.signs.kin:
            yield Identifier(found.start("nick"), found.end("nick"), IdentifierKind.NAME)
    lists = near.names
    for found in NAMED.finditer(near.text):
        key = key_of(found["nick"])
        is_listed = key in lists.roles or key in lists.loanwords or key in lists.never_phrases
        if is_listed and (found["nick"].isupper() or key not in lists.english):
            continue
        is_name = key in lists.word_names or key in near.signs.names_first
        if found["nick"][0].isupper() or is_name or not near.is_english(key):
            yield Identifier(found.start("nick"), found.end("nick"), IdentifierKind.NAME)
