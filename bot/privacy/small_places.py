"""Find places and houses typed in small letters, as hurried notes have them.

Without a capital a word is a place where English does not know it and "in" or "from" leads to it,
or where what follows tells: "shivaji nagar", "the dashmesh gurdwara", "at harbor house".
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.near import Reading
from bot.privacy.unlisted import LOOKS_LIKE_A_NAME, looks_like_a_name
from bot.privacy.wordlists import PlaceLists

# Shorter words in small letters are rather abbreviations than places.
SHORTEST = 3
# A long word that is no slip of the pen needs to look like a name less.
LONG, LIKE_LITTLE = 7, -6.0
LEADS = frozenset("at from to in near outside attends attending".split())
# What may stand before the unknown part of a place: "la loche", "villa el salvador".
ARTICLES = frozenset("la le les el los las il al san santa santo sant villa belle te ta ga".split())
MOST_ARTICLES = 2
# What follows a place as its part: "shivaji nagar", "mamelodi east".
PARTS = frozenset(
    "nagar vihar colony puram pur east west north south heights township extension ext".split()
)
# Languages that say first what it is, with words that English lacks: "te whare marama".
KIND_FIRST = frozenset(
    "scoil gaelscoil naionra laerskool hoerskool kleuterskool ysgol escuela colegio ecole lycee "
    "centar centrum dom kura whare gurdwara masjid mandir parroquia iglesia kirche".split()
)
LINKS = frozenset("o na an van de der die du la el do da te kaupapa".split())
MOST_WORDS = 4
# Named by what is done there; only two plain words before them are a name: "cedar hollow
# counseling".
PRACTICES = frozenset(
    "counseling counselling psychology pediatrics paediatrics therapies public tech".split()
)
# What a house of faith or shelter is called by, whose own name stands before it.
HOUSES = frozenset(
    "gurdwara mosque temple synagogue assembly presbyterian methodist baptist lutheran tabernacle "
    "ministries refuge shelter hostel house lodge".split()
)
# "at open house", "at mums house": no names of houses.
NO_HOUSE = frozenset(
    "open full safe whole half dolls doll play white green big our council group first second next "
    "last same new old empty haunted share shared foster ice tree farm town night homeless youth "
    "womens women's family crisis emergency cat dog animal local general annual school morning "
    "birth quiet little small".split()
)


def find_places_in_small_letters(near: Reading, lists: PlaceLists) -> Iterator[Identifier]:
    """Give the places and houses that stand in small letters."""
    for at, word in enumerate(near.words):
        if word.is_capital:
            continue
        if word.key in KIND_FIRST:
            yield from _named_behind(near, at)
        if word.key in HOUSES:
            yield from _named_before(near, at, lists)
        if word.key in HOUSES | PRACTICES:
            yield from _named_by_two(near, at, lists)
        if near.before(at) in near.signs.before_unknown_place:
            yield from _unlisted(near, at)
        if word.key in lists.towns and near.before(at) in LEADS and near.after(at) in PARTS:
            yield _place(near, at, at + 1)


def _unlisted(near: Reading, at: int) -> Iterator[Identifier]:
    """Give a word that no list knows after "in" and the like, with what belongs to it."""
    first = at
    for _ in range(MOST_ARTICLES):
        at += near.words[at].key in ARTICLES and bool(near.after(at))
    word = near.words[at]
    is_place = len(word.key) > SHORTEST and _is_unknown(near, word.key)
    if is_place and not word.is_capital:
        yield _place(near, first, at + 1 if near.after(at) in PARTS else at)


def _is_unknown(near: Reading, key: str) -> bool:
    return looks_like_a_name(near, key, LIKE_LITTLE if len(key) >= LONG else LOOKS_LIKE_A_NAME)


def _named_behind(near: Reading, at: int) -> Iterator[Identifier]:
    """Give what a word as "scoil" begins: the words behind it that English lacks."""
    last = at
    while last + 1 < len(near.words) and last - at < MOST_WORDS and near.gap(last + 1) == " ":
        key = near.words[last + 1].key
        if key not in LINKS and (near.is_english(key) or key in near.names.roles):
            break
        last += 1
    while near.words[last].key in LINKS:
        last -= 1
    if last > at:
        first = at - 1 if at and near.words[at - 1].key == "te" else at
        yield _place(near, first, last)


def _named_before(near: Reading, at: int, lists: PlaceLists) -> Iterator[Identifier]:
    """Give a house by its own name: an unknown word, or a plain one straight after "at"."""
    name = near.words[at - 1] if at and near.gap(at) == " " else None
    if name is None or name.tail or name.is_capital:
        return
    is_long = len(name.key) > SHORTEST and name.key.isalpha()
    if is_long and looks_like_a_name(near, name.key, LIKE_LITTLE):
        yield _place(near, at - 1, at)
        return
    is_plain = _is_plain(near, name.key, lists) or name.key.endswith(("s", "ing", "ed"))
    if near.before(at - 1) in {"at", "from"} and not is_plain:
        yield _place(near, at - 1, at)


def _named_by_two(near: Reading, at: int, lists: PlaceLists) -> Iterator[Identifier]:
    """Give a house by two words straight after "at" or "from": "living waters assembly"."""
    name = near.words[max(0, at - 2) : at]
    if len(name) < 2 or near.gap(at) != " " or any(word.tail or word.is_capital for word in name):
        return
    is_plain = any(_is_plain(near, word.key, lists) for word in name)
    if near.gap(at - 1) == " " and near.before(at - 2) in {"at", "from"} and not is_plain:
        yield _place(near, at - 2, at)


def _is_plain(near: Reading, key: str, lists: PlaceLists) -> bool:
    plain = (NO_HOUSE, lists.generic, near.names.roles, near.signs.kin, near.signs.determiners)
    return any(key in some for some in plain) or key in LEADS


def _place(near: Reading, first: int, last: int) -> Identifier:
    return Identifier(near.words[first].start, near.words[last].end, IdentifierKind.PLACE)
