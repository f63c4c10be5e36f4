"""Figures of films and toys, and authors, whose names are other people's too.

"She wanted to be Elsa" tells of no client and "Elsa cried" does: the words beside decide. Those
whose names are nobody else's, Batman or Winnicott, are simply never masked (`not_names.yml`).
"""

from __future__ import annotations

from bot.privacy.near import Reading, acts_as_person, has_title, is_addressed, is_of_kin

ARTICLES = frozenset({"a", "an", "the", "every", "some"})
# "As Perry says", "what Stern calls".
BEFORE_AUTHOR = frozenset({"as", "what", "reread", "read", "per", "cf", "like"})
AFTER_AUTHOR = frozenset({"says", "said", "writes", "wrote", "calls", "called", "would", "puts"})


def is_figure(near: Reading, at: int) -> bool:
    """Whether the name is that of a figure: others stand in the text, or play does beside it."""
    word, lists = near.words[at], near.names
    if word.key not in lists.figures_or_names or is_of_kin(near, at) or has_title(near, at):
        return False
    before, follows = near.before(at), near.after(at)
    if not word.is_capital:  # "feelin like elsa in the ice castle"
        return before in {"like", "as"} or before in lists.play_words
    if before in ARTICLES or before in lists.play_words or _is_beside_figure(near, at):
        return True
    if follows in lists.play_words and follows not in {"be", "being"}:
        return True
    # "I watched a film with Anna", "Anna wants to be Spider-Man": she is no figure.
    if near.has_figure and _is_one_of_three(near, word.key):
        return True
    if before in near.signs.told or acts_as_person(near, at, is_word=True):
        return False
    return before == "as" or near.has_figure or bool(near.keys_beside(at) & lists.film_words)


def _is_beside_figure(near: Reading, at: int) -> bool:
    """Whether "and" joins the name to another figure's: "Mario and Luigi"."""
    others = (each for each in (at - 2, at + 2) if 0 <= each < len(near.words))
    return any(
        near.words[(at + each) // 2].key == "and"
        and near.words[each].is_capital
        and near.words[each].key in near.names.figures_or_names
        for each in others
    )


def _is_one_of_three(near: Reading, key: str) -> bool:
    """Whether two more figures stand in the text: "Elsa stays. Anna cries. Olaf melts."."""
    others = near.names.figures_or_names & near.keys - {key}
    return bool(others)


def is_author(near: Reading, at: int) -> bool:
    """Whether the name is that of an author of the field, for the sentence speaks of reading."""
    word, lists = near.words[at], near.names
    if word.key not in lists.authors_or_names or is_of_kin(near, at):
        return False
    if has_title(near, at) or is_addressed(near, at):
        return False
    if near.before(at) in BEFORE_AUTHOR and near.after(at) in AFTER_AUTHOR:
        return True
    if _is_beside_author(near, at) or _would_have(near, at):
        return True
    if word.key in lists.familiar:
        return False
    if near.before(at) in {"says", "writes"}:
        return True
    if at > 0 and near.words[at - 1].key in lists.listed and near.words[at - 1].is_capital:
        return False
    return bool(near.keys_beside(at) & lists.reading_words)


def _is_beside_author(near: Reading, at: int) -> bool:
    """Whether another author stands in the same row: "Klein, Fonagy and Perry"."""
    for step in (-2, -1, 1, 2):
        other = at + step
        if (
            not 0 <= other < len(near.words)
            or near.words[other].sentence != near.words[at].sentence
        ):
            continue
        between = near.text[
            min(near.words[at].end, near.words[other].end) : max(
                near.words[at].start, near.words[other].start
            )
        ]
        is_row = between in {", ", " and ", ", and ", " or ", " & "}
        if is_row and near.words[other].is_capital and near.words[other].key in near.names.authors:
            return True
    return False


def _would_have(near: Reading, at: int) -> bool:
    """Whether somebody is asked from a book: "Klein would have adored", "Would Rogers have"."""
    if near.after(at) == "would" and near.after(at + 1) in {"have", "say", "call"}:
        return near.words[at].starts or near.before(at) in BEFORE_AUTHOR
    asks = near.before(at) in {"would", "did"} and near.words[at - 1].starts
    return asks and near.after(at) in {"have", "ever", "mean"}
