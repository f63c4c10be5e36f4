"""Choose the steps to offer for the themes that a therapist confirmed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.moderation.steps import Step, Support

MOST_STEPS = 3

_SUPPORT_RANK = {Support.DIRECT: 0, Support.ADAPTED: 1, Support.INFERRED: 2}


@dataclass(frozen=True)
class Confirmed:
    """A theme to find steps for, with the subthemes that were heard (none is fine)."""

    theme: str
    subthemes: frozenset[str] = frozenset()


def offer_steps(
    library: Iterable[Step],
    confirmed: Sequence[Confirmed],
    offered_before: Collection[str],
    most: int = MOST_STEPS,
) -> list[Step]:
    """Give two or three steps for the confirmed themes, best first; fewer when few are left.

    One step for each theme in turn, so that no theme is left out. Within a theme those for
    a subtheme that was heard come first, then the better supported; steps that this
    therapist was offered before are left out altogether.
    """
    library = list(library)
    queues = [_ranked(library, one, offered_before) for one in confirmed]
    chosen: list[Step] = []
    while any(queues) and len(chosen) < most:
        for queue in queues:
            if queue and len(chosen) < most:
                chosen.append(queue.pop(0))
    return chosen


def _ranked(library: Iterable[Step], one: Confirmed, offered_before: Collection[str]) -> list[Step]:
    fitting = [
        step
        for step in library
        if step.theme == one.theme
        and step.id not in offered_before
        and (not step.subthemes or not one.subthemes or one.subthemes & set(step.subthemes))
    ]
    return sorted(
        fitting,
        key=lambda step: (
            not one.subthemes & set(step.subthemes),
            _SUPPORT_RANK[step.support],
        ),
    )
