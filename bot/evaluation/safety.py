"""How well danger is heard, and how calm the assistant stays at what only sounds like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from rich.progress import track

from bot.encoder.features import Encode
from bot.evaluation.data import Batch, DangerText, SafeText
from bot.evaluation.measures import part
from bot.safety.concerns import Concern
from bot.safety.detector import ConcernDetector, Told
from bot.safety.kinds import Kind

Hear = Callable[[str], Sequence[Concern]]


def danger(hear: Hear, texts: Sequence[DangerText]) -> dict[str, Any]:
    """Give how often danger is found: at all, as a right kind, and stopping where it should."""
    found = [(text, list(hear(text.text))) for text in track(texts, "Danger", transient=True)]
    right = [(text, [c for c in heard if c.kind in text.kinds]) for text, heard in found]
    plain = [(text, heard) for text, heard in right if text.how == "plain"]
    other = [(text, heard) for text, heard in right if text.how != "plain"]
    return {
        "plain_found": part(sum(bool(h) for _, h in plain), len(plain)),
        "plain_stops": part(sum(any(c.level.stops for c in h) for _, h in plain), len(plain)),
        "indirect_found": part(sum(bool(h) for _, h in other), len(other)),
        "anything_found": part(sum(bool(h) for _, h in found), len(found)),
        "kinds": {
            kind.value: part(
                sum(bool(h) for t, h in right if t.kinds[0] is kind),
                sum(t.kinds[0] is kind for t, _ in right),
            )
            for kind in Kind
        },
        "how": {
            how: part(
                sum(bool(h) for t, h in right if t.how == how), sum(t.how == how for t, _ in right)
            )
            for how in sorted({text.how for text in texts})
        },
    }


def safe(hear: Hear, texts: Sequence[SafeText]) -> dict[str, Any]:
    """Give how often a safe text stops the reflection, and how often it is checked."""
    found = [(text, list(hear(text.text))) for text in track(texts, "Safe texts", transient=True)]
    stopped = [(text, any(c.level.stops for c in heard)) for text, heard in found]
    return {
        "stopped": part(sum(s for _, s in stopped), len(stopped)),
        "checked": part(sum(bool(h) for _, h in found), len(found)),
        "stopped_by": {
            how: part(
                sum(s for t, s in stopped if t.how == how), sum(t.how == how for t, _ in stopped)
            )
            for how in sorted({text.how for text in texts})
        },
    }


def learned_layer(
    examples: Sequence[tuple[Told, Batch]],
    daily: Sequence[Told],
    steering: Sequence[Told],
    batches: Sequence[str],
    encode: Encode,
) -> Mapping[str, Any]:
    """Give what the learned layer finds alone, each batch by a detector that never saw it.

    `daily` is work without danger; a tenth of it is left out each time as well.
    """
    found, kinds, alarms, daily_alarms = [], [], [], []
    tenths = np.arange(len(daily)) % len(batches)
    for at, name in enumerate(track(batches, "Leaving batches of danger out")):
        learnt = [told for told, batch in examples if batch.name != name]
        usual = [told for told, tenth in zip(daily, tenths, strict=True) if tenth != at]
        detector = ConcernDetector.fit(learnt, usual, steering, encode)
        for told in (told for told, batch in examples if batch.name == name):
            heard = {concern.kind for concern in detector.find(told.text)}
            if told.kind is None:
                alarms.append(bool(heard))
            else:
                found.append(bool(heard))
                kinds.append(told.kind in heard)
        left = [told for told, tenth in zip(daily, tenths, strict=True) if tenth == at]
        daily_alarms += [bool(detector.find(told.text)) for told in left]
    return {
        "found": part(sum(found), len(found)),
        "right_kind": part(sum(kinds), len(kinds)),
        "checked_near_misses": part(sum(alarms), len(alarms)),
        "checked_daily_work": part(sum(daily_alarms), len(daily_alarms)),
    }
