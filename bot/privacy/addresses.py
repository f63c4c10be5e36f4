"""Find addresses: streets, corners, flats, stands, farms, boxes and postcodes, each as a whole.

A core ("18 Mill Lane", "Flat 4", "PO Box 77", "corner of Steenbok and Main") is found by one of
the shapes in `address_shapes.py`; whatever belongs to it on either side is then joined to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy import address_shapes as shapes
from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.near import Reading
from bot.privacy.unlisted import MAY_BE_A_NAME, looks_like_a_name
from bot.privacy.wordlists import place_lists
from bot.privacy.words import key_of

# "Unit 12, 4 Banksia Parade, off Jan Smuts Drive, Lansdowne, 7780" is a core and four parts.
MOST_PARTS = 6
HAS_DIGIT = re.compile(r"\d")


def find_addresses(near: Reading) -> Iterator[Identifier]:
    """Give addresses with all their parts, post boxes and postcodes, parts that touch as one."""
    last: Identifier | None = None
    for each in sorted(_parts(near), key=lambda part: part.start):
        if last is not None and near.text[last.end : each.start].strip(" ,") == "":
            last = Identifier(last.start, max(last.end, each.end), last.kind)
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last


def _parts(near: Reading) -> Iterator[Identifier]:
    text = near.text
    for pattern in _shapes_to_try(near):
        for found in pattern.finditer(text):
            groups = found.groupdict()
            places = (groups.get("place"), groups.get("town"))
            if not all(_is_a_places_name(near, place or "") for place in places):
                continue
            named = groups.get("names") or ""
            # "the whole Playmobil farm"
            if any(key_of(each) in near.names.things for each in named.split()):
                continue
            if not shapes.NO_STREET.search(named):
                start = _begin(text, found.start())
                yield _address(text, start, _end(near, found.end()))
    if not shapes.NAMED_WORDS.isdisjoint(near.keys):
        yield from _streets_in_small_letters(near)
    for found in shapes.SMALL_NUMBERED.finditer(text):
        if _is_a_streets_name(near, found["name"]):
            yield _address(text, _begin(text, found.start()), _end(near, found.end()))
    if HAS_DIGIT.search(text):
        yield from _by_their_numbers(near)


def _by_their_numbers(near: Reading) -> Iterator[Identifier]:
    for found in shapes.NUMBER_BEHIND.finditer(near.text):
        if looks_like_a_name(near, key_of(found["name"])):
            yield _address(near.text, found.start("name"), found.end())
    for pattern in shapes.POSTCODES:
        for found in pattern.finditer(near.text):
            start, end = found.span(found.lastgroup or 0)
            yield _address(near.text, start, end)


def _shapes_to_try(near: Reading) -> Iterator[re.Pattern[str]]:
    """Give the shapes whose digits or words the text holds: most texts hold none."""
    if HAS_DIGIT.search(near.text):
        yield from shapes.NUMBERED
    if not shapes.NAMED_WORDS.isdisjoint(near.keys):
        yield from shapes.NAMED


def _streets_in_small_letters(near: Reading) -> Iterator[Identifier]:
    for found in shapes.SMALL_STREET.finditer(near.text):
        if _is_a_streets_name(near, found["name"]):
            yield _address(near.text, found.start("name"), _end(near, found.end()))


def _begin(text: str, start: int) -> int:
    """Give where the units before a core begin: "Flat 4, " and "House 12, Block C, "."""
    for _ in range(MOST_PARTS):
        before = shapes.UNIT_BEFORE.search(text, max(0, start - shapes.LONGEST_UNIT), start)
        if before is None:
            return start
        start = before.start()
    return start


def _end(near: Reading, end: int) -> int:
    """Give where the last part behind a core ends: ", Flat 4", ", Mowbray, 7700", " VIC 3175"."""
    for _ in range(MOST_PARTS):
        part = shapes.CODE_BEHIND.match(near.text, end) or shapes.UNIT_BEHIND.match(near.text, end)
        if part is None:
            part = shapes.NAME_BEHIND.match(near.text, end)
            if part is None or not _is_a_places_name(near, part["name"]):
                part = shapes.SMALL_BEHIND.match(near.text, end)
                if part is None or not _is_a_streets_name(near, part["name"]):
                    return end
        end = part.end()
    return end


def _is_a_places_name(near: Reading, name: str) -> bool:
    """Whether capitals after a comma go on with the address: "Lansdowne", not "Mum"."""
    if any(map(str.isdigit, name)):
        return True
    keys = [key_of(part) for part in name.replace(".", " ").split() if part[0].isupper()]
    regions = near.names.region_words
    return not any(
        key in near.names.roles
        or key in shapes.NO_PLACE
        or (key in near.names.never and key not in regions)
        for key in keys
    )


def _is_a_streets_name(near: Reading, name: str) -> bool:
    """Whether small letters before "street" name one: "voortrekker", not "main" or "dirt"."""
    key = key_of(name.rsplit(maxsplit=1)[-1])
    if key in near.names.loanwords or key in near.names.never or key in near.names.roles:
        return False
    is_name = key in near.names.listed or key in near.names.mostly or key in place_lists().towns
    return is_name or looks_like_a_name(near, key, MAY_BE_A_NAME)


def _address(text: str, start: int, end: int) -> Identifier:
    shown = text[start:end].rstrip(" .,;")
    return Identifier(start, start + len(shown), IdentifierKind.ADDRESS)
