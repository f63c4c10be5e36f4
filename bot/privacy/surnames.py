"""Surnames that are English words, standing alone: "Stone rang", "I think Potter is behind it".

A capital in the middle of a sentence and a person's place, or at its start and a person's deed,
tell them from the words that they are.
"""

from __future__ import annotations

from bot.privacy.near import Reading, acts_as_person, has_determiner, is_of_kin

# After these stand places, times and things as well.
LEADS_ANYWHERE = frozenset(
    "to of at for from on by in near under over before after since until via per".split()
)

# Capitals that bodies and offices get, or that begin a sentence after an initial's full stop.
NOBODY = frozenset(
    "she he they it we you who that this there her his everyone everybody nobody someone "
    "somebody people "
    "post mail news lunch word therapy supervision treatment medication assessment care contact "
    "night day morning evening weekend christmas money rain snow play art music drama nature "
    "police school court security reception staff admin management legal housing health "
    "education welfare "
    "intake god jesus lord bot internet hospital clinic church government council team office "
    "home society "
    "duty state parliament probation immigration border customs work then what when where how "
    "why but and "
    "so if as not no yes one two three both all most some any each another other".split()
)


def is_surname_alone(near: Reading, at: int) -> bool:
    """Whether an English word with a capital is somebody, for nobody else could stand there."""
    word, given, lists = near.words[at], near.signs, near.names
    # The lists are long: joining them for each word would cost more than all the rules.
    if any(word.key in some for some in (lists.never, lists.roles, NOBODY)):
        return False
    if has_determiner(near, at):
        return False
    if len(word.text) < 2 or word.is_shouted or _has_capital_beside(near, at):
        return False
    follows = near.after(at)
    if word.starts:
        return word.key in lists.surname_words and (
            follows in given.speech | given.person_verbs or _is_told_apart(near, at)
        )
    if follows in given.speech | given.person_verbs and not _is_base(near, follows):
        return True
    if near.before(at) in given.addressed and follows in given.after_addressed:
        return True
    if (
        is_of_kin(near, at)
        and near.before(at)
        and (follows in given.acts or follows in given.is_words)
    ):
        return True
    leads = near.before(at) in given.before - LEADS_ANYWHERE or near.before(at) in given.told
    return word.key in lists.surname_words and (leads or acts_as_person(near, at, is_word=True))


def did_something(near: Reading, at: int) -> bool:
    """Whether a deed in the past follows, "Lovemore smashed", or something is owned."""
    follows = near.after(at)
    is_past = follows.endswith("ed") and follows in near.names.english
    return (is_past and follows not in near.signs.things_do) or near.words[at].is_possessive


def _is_told_apart(near: Reading, at: int) -> bool:
    return acts_as_person(near, at, is_word=True) and near.text[near.words[at].end :][:2] in {
        ", ",
        " (",
    }


def _has_capital_beside(near: Reading, at: int) -> bool:
    """Whether the word is a part of a longer title, as in "Social Services"."""
    beside = [at + 1] if near.words[at].tail == "" else []
    beside += [at - 1] if not near.words[at].starts else []
    return any(
        0 <= each < len(near.words)
        and near.words[each].is_capital
        and near.words[each].key != "i"
        and not near.words[each].starts
        and near.gap(max(each, at)) in {" ", "-"}
        for each in beside
    )


def _is_base(near: Reading, verb: str) -> bool:
    return f"{verb}s" in near.signs.acts
