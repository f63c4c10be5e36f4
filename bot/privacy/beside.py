"""What stands around a word, as features that weights can be learned for.

The same features are read when the weights are learned (`setup/names/learn.py`) and when a
message is masked (`judge.py`). Nothing here decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from bot.privacy.near import Reading
from bot.privacy.wordlists import names, signs

# How many words and signs are read on each side.
REACH = 3
# Spoken while somebody thinks, so never read: "with uh pat today".
FILLERS = frozenset("um uh er erm uhm umm".split())
# What stands in a text for an identifier that was found before.
FOUND = "\ufffc"
EDGE = "|"
SENTENCE_ENDS = frozenset(".!?…\n\r")
# Words of the closed classes; every other class is a list of `name_signs.yml`.
CLASSES: tuple[tuple[str, frozenset[str]], ...] = (
    ("subject", frozenset("i he she we they it you u theyd hed shed theyre hes shes im".split())),
    ("object", frozenset("me him us them myself himself herself themselves".split())),
    ("owner", frozenset("her his my our your their its whose".split())),
    ("article", frozenset("a an the this that these those some any no every each".split())),
    ("amount", frozenset("much more most less all both such too very so quite enough".split())),
    (
        "place",
        frozenset(
            "in on at from into onto over under near through across inside outside off out up down "
            "around along away back".split()
        ),
    ),
    (
        "towards",
        frozenset("with about for by without against between behind beside abt w re than".split()),
    ),
    ("of", frozenset({"of"})),
    ("to", frozenset({"to"})),
    ("as", frozenset({"as", "like"})),
    (
        "joins",
        frozenset(
            "and but then or when while because cos bcos if that though although whether until "
            "till since after before once where".split()
        ),
    ),
    ("asks", frozenset("what who why how which".split())),
    ("time", frozenset("today yesterday again now later tonight tomorrow yet already".split())),
)


@cache
def kind_of(word: str) -> str:
    """Give the class of a word or sign beside: "kin", "speech", "towards", "past"."""
    if not word[0].isalpha():
        return word
    for kind, some in CLASSES:
        if word in some:
            return kind
    given, lists = signs(), names()
    own = {
        "helper": given.helpers,
        "is": given.is_words,
        "kin": given.kin | lists.roles,
        "speech": given.speech | given.person_verbs,
        "acts": given.acts,
        "state": given.states,
        "owned": given.possessed,
    }
    for kind, some in own.items():
        if word in some:
            return kind
    if word not in lists.english:
        return "unknown"
    for ending, kind in (("ed", "past"), ("ing", "ing"), ("ly", "ly"), ("s", "s")):
        if word.endswith(ending):
            return kind
    return "word"


def features(near: Reading, at: int, identity: str) -> list[str]:
    """Give what stands around word `at`; `identity` is the word itself, or "" for an unknown."""
    before, after = list(signs_before(near, at)), list(signs_after(near, at))
    one, two, three = before
    first, second, third = after
    k1, k2 = kind_of(one), kind_of(two)
    n1, n2 = kind_of(first), kind_of(second)
    case = _case(near, at)
    found = [
        f"case={case}",
        f"p={one}",
        f"n={first}",
        f"pk={k1}",
        f"nk={n1}",
        f"p2={two}",
        f"n2={second}",
        f"pk2={k2}",
        f"nk2={n2}",
        f"pn={k1}_{n1}",
        f"pwn={one}_{n1}",
        f"pnw={k1}_{first}",
        f"nn={first}_{second}",
        f"nkk={n1}_{n2}",
        f"nwk={first}_{n2}",
        f"pp={two}_{one}",
        f"ppk={k2}_{k1}",
        f"ppw={k2}_{one}",
        f"pnn={k1}_{n1}_{n2}",
        f"ppn={k2}_{k1}_{n1}",
        f"ppnn={k2}_{k1}_{n1}_{n2}",
        f"p3={kind_of(three)}_{k2}_{k1}",
        f"n3={n1}_{n2}_{kind_of(third)}",
        f"ck={case}_{n1}",
        f"cp={case}_{k1}",
    ]
    if identity:
        found += [
            f"w={identity}",
            f"wpk={identity}_{k1}",
            f"wnk={identity}_{n1}",
            f"wp={identity}_{one}",
            f"wn={identity}_{first}",
        ]
    else:
        found += [f"u={case}", f"upk={k1}", f"unk={n1}", f"upn={k1}_{n1}"]
    return found


def _case(near: Reading, at: int) -> str:
    """Give what the first letter tells: nothing in shouting, or of months and regions."""
    word, lists = near.words[at], near.names
    if word.is_shouted:
        return "A"
    if word.key in lists.never or word.key in lists.regions_or_names:
        return "P"
    return ("C" if word.is_capital else "s") + "^" * word.starts


def signs_before(near: Reading, at: int) -> Iterator[str]:
    """Give the words and signs before, nearest first; the text's start is an edge."""
    left = REACH
    while left:
        if at == 0:
            yield from [_sign(near.text[: near.words[0].start]) or EDGE] + [EDGE] * (left - 1)
            return
        sign = _sign(near.gap(at)) if at else ""
        if sign:
            yield sign
            left -= 1
        at -= 1
        if left and near.words[at].key not in FILLERS:
            last = near.words[at]
            yield f"'{last.tail}" if last.tail else last.key
            left -= 1


def signs_after(near: Reading, at: int) -> Iterator[str]:
    """Give the words and signs after, nearest first; a contraction is one of them."""
    left = REACH
    if near.words[at].tail:
        yield f"'{near.words[at].tail}"
        left -= 1
    while left:
        at += 1
        if at >= len(near.words):
            ending = near.text[near.end_with_tail(len(near.words) - 1) :]
            yield from [_sign(ending) or EDGE] + [EDGE] * (left - 1)
            return
        sign = _sign(near.gap(at))
        if sign:
            yield sign
            left -= 1
        if left and near.words[at].key not in FILLERS:
            yield near.words[at].key
            left -= 1


def _sign(gap: str) -> str:
    """Give the sign that says most of a gap: one found before, a sentence's end, a comma."""
    gap = gap[:8]
    if FOUND in gap:
        return FOUND
    signs_here = gap.strip(" ")
    if not signs_here:
        return ""
    if SENTENCE_ENDS & set(signs_here):
        return "."
    if signs_here[0].isdigit():
        return "0"
    return signs_here[0] if signs_here[0] in ",:;()\"'+&-" else "*"
