"""By what a shared reflection is found in the queue, without its words.

A facet is a word of ours: a theme, a kind of concern, danger, a question. It is taken from
what the share shows and from nothing else. The database holds a code in its place, made with a
key and for one supervisor (docs/decisions/0014): whoever reads the tables sees neither the
facets nor which of two supervisors' shares have one in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.conversation.codes import code_of
from bot.conversation.desk import Desk
from bot.conversation.shared_view import SharedView
from bot.safety.kinds import Kind
from bot.themes.findings import Theme
from bot.themes.taxonomy import ThemeWords

# Every share has this one: without it nobody looked yet.
SHARED = "shared"
QUESTION, DISAGREEMENT = "question", "disagreement"
# Any concern at all, and one that stops a reflection.
CONCERN, DANGER = "concern", "danger"
_CODE_DIGITS = 32


def theme_facet(theme: str, subtheme: str | None = None) -> str:
    """Give the facet of a theme, or of a subtheme of it."""
    return f"theme:{theme}/{subtheme}" if subtheme else f"theme:{theme}"


def kind_facet(kind: Kind) -> str:
    """Give the facet of a kind of concern."""
    return f"{CONCERN}:{kind}"


def all_facets(taxonomy: Mapping[Theme, ThemeWords]) -> Iterator[str]:
    """Give every facet there is."""
    yield from (SHARED, QUESTION, DISAGREEMENT, CONCERN, DANGER)
    yield from map(kind_facet, Kind)
    for theme, words in taxonomy.items():
        yield theme_facet(theme)
        yield from (theme_facet(theme, subtheme) for subtheme in words.subthemes)


def facets_of(view: SharedView) -> frozenset[str]:
    """Give the facets of what a share shows."""
    found = {SHARED}
    for finding in (finding for theme in view.themes for finding in theme["findings"]):
        found.add(theme_facet(finding["theme"]))
        found.add(theme_facet(finding["theme"], finding["subtheme"]))
        if finding["verdict"] in ("not_quite", "no"):
            found.add(DISAGREEMENT)
    if view.summary and view.summary.supervision_question:
        found.add(QUESTION)
    for concern in view.concerns:
        found |= {CONCERN, kind_facet(Kind(concern["kind"]))}
        if concern["stops"]:
            found.add(DANGER)
    return frozenset(found)


def codes_for(desk: Desk, supervisor_id: str) -> dict[str, str]:
    """Give the code of every facet, as it stands in this supervisor's rows."""
    return keyed(desk, supervisor_id, all_facets(desk.taxonomy))


def keyed(desk: Desk, supervisor_id: str, words: Iterable[str]) -> dict[str, str]:
    """Give the codes of words of ours, which differ from one supervisor to the next."""
    key = desk.keyring.sub_key("facets")
    return {word: code_of(key, supervisor_id, word, digits=_CODE_DIGITS) for word in words}
