"""Records travel to the gateway as JSON and arrive as what they were."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from pydantic import ValidationError

from bot.conversation import records
from bot.conversation.records import Record, from_json, to_json
from bot.reflection.stages import STAGE_OF, Path, Question
from bot.reflection.verdicts import Verdict
from bot.themes.findings import Evidence, Finding, Theme

FINDING = Finding(Theme.PARENT_TRAUMA, "bereavement", 0.75, (Evidence(3, 9, "“grief”"),))
SAMPLES: list[Record] = [
    records.Asked(Question.FEEL, STAGE_OF[Question.FEEL]),
    records.Answered(Question.PLAN),
    records.Scored(Question.AROUSAL_BEFORE, 6.5),
    records.Heard((FINDING,)),
    records.Heard(()),
    records.Judged(Theme.COUNTERTRANSFERENCE, Verdict.NOT_QUITE),
    records.OwnTheme(Theme.REDUCED_INVESTMENT),
    records.Offered(("one", "two")),
    records.Chose("refused"),
    records.Chose("picked", ("one",)),
    records.TookPath(Path.SHORT),
    records.Paused(),
    records.Closed("share"),
    records.StartAgain(),
    records.Failed("0123abcd"),
]


@pytest.mark.parametrize("record", SAMPLES, ids=lambda record: record.record)
def test_a_record_survives_json(record: Record) -> None:
    assert from_json(json.loads(json.dumps([to_json(record)]))) == [record]


def test_every_kind_of_record_is_tried_here() -> None:
    kinds = get_args(get_args(Record)[0])
    assert {type(record) for record in SAMPLES} == set(kinds)


def test_several_records_keep_their_order() -> None:
    raw = json.loads(json.dumps([to_json(record) for record in SAMPLES]))
    assert from_json(raw) == SAMPLES


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"record": "unheard_of"},
        {"question": "feel"},
        {"record": "asked", "question": "weather", "stage": "feel"},
        {"record": "scored", "question": "ready", "value": "high"},
        {"record": "closed", "ending": "publish"},
        {"record": "judged", "theme": "parent_trauma", "verdict": "perhaps"},
        {"record": "heard", "findings": [{"theme": "weather"}]},
    ],
)
def test_anything_that_is_no_record_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        from_json([raw])
