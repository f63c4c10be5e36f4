"""The door into Rasa when something behind it fails: no half answer, and no word in a log."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import until
from tests.nlu.action_server import ActionServer, failed_record, repeating, status
from tests.nlu.rasa_server import RasaServer

REFUSE_WRITING = """
CREATE TRIGGER refuse BEFORE INSERT ON sealed_events BEGIN SELECT RAISE(ABORT, 'refused'); END
"""


@contextmanager
def broken(rasa: RasaServer, statement: str, mending: str) -> Iterator[None]:
    """Break Rasa's database for a while."""
    rasa.sql(statement)
    try:
        yield
    finally:
        rasa.sql(mending)


@pytest.mark.parametrize(
    "answer",
    [
        status(500),
        failed_record,
        repeating,
    ],
    ids=["status", "failed record", "500 of rasa-sdk"],
)
async def test_no_word_reaches_the_log_when_an_action_fails(
    rasa: RasaServer, evening: str, its_actions: ActionServer, answer: object
) -> None:
    written = f"The mother with the coat {evening} said it again."
    await rasa.turn(evening, "one", "4")
    its_actions.answers["validate_reflection_form"] = answer  # type: ignore[assignment]
    assert (await rasa.turn(evening, "two", written))[0] == 500
    its_actions.mend()
    assert (await rasa.turn(evening, "two", written))[0] == 200
    assert "turn.failed" in rasa.log
    assert f"the coat {evening}" not in rasa.log


async def test_no_word_reaches_the_log_when_the_client_hangs_up(
    rasa: RasaServer, evening: str, its_actions: ActionServer
) -> None:
    written = f"The mother with the coat {evening} said it again."
    await rasa.turn(evening, "one", "4")
    its_actions.release.clear()
    calls = len(its_actions.calls)
    hung_up = asyncio.create_task(rasa.turn(evening, "two", written))
    await until(lambda: asyncio.sleep(0, len(its_actions.calls) > calls))
    hung_up.cancel()
    await asyncio.gather(hung_up, return_exceptions=True)
    its_actions.release.set()
    # Asked again, the answer comes, whatever became of the first asking.
    code, body = await rasa.turn(evening, "two", written)
    assert (code, body["said"][-1]["records"][0]["question"]) == (200, "feel")
    assert sum(kind == "user" for kind, _ in rasa.stored(evening)) == 3
    assert f"the coat {evening}" not in rasa.log


async def test_a_turn_that_could_not_be_saved_is_an_error_and_can_be_tried_again(
    rasa: RasaServer, evening: str
) -> None:
    written = "The mother with the red coat said it again."
    await rasa.turn(evening, "one", "4")
    before = rasa.stored(evening)
    with broken(rasa, REFUSE_WRITING, "DROP TRIGGER refuse"):
        code, _ = await rasa.turn(evening, "two", written)
    assert rasa.stored(evening) == before
    assert code == 500
    code, body = await rasa.turn(evening, "two", written)
    assert (code, body["said"][-1]["records"][0]["question"]) == (200, "feel")


async def test_no_word_reaches_the_log_when_a_turn_cannot_be_saved(
    rasa: RasaServer, evening: str
) -> None:
    with broken(rasa, REFUSE_WRITING, "DROP TRIGGER refuse"):
        await rasa.turn(evening, "one", "It was the green umbrella.")
    assert "umbrella" not in rasa.log


async def test_a_conversation_that_cannot_be_read_is_an_error_and_not_a_new_one(
    rasa: RasaServer, evening: str
) -> None:
    await rasa.turn(evening, "one", "4")
    before = rasa.stored(evening)
    away, back = (
        f"ALTER TABLE {one} RENAME TO {other}"
        for one, other in (("sealed_events", "away"), ("away", "sealed_events"))
    )
    with broken(rasa, away, back):
        code, _ = await rasa.turn(evening, "two", "She came late again and said nothing to me.")
    assert rasa.stored(evening) == before
    assert code == 500


async def test_a_conversation_whose_key_is_destroyed_is_neither_read_nor_written(
    rasa: RasaServer, evening: str
) -> None:
    await rasa.turn(evening, "one", "4")
    before = rasa.sql("SELECT count(*) FROM sealed_events")
    rasa.keyring.destroy(evening)
    unknown = f"{evening}-without-a-key"
    for conversation in (evening, unknown):
        code, _ = await rasa.turn(conversation, "two", "It was the crimson umbrella.")
        assert code == 500
    assert rasa.sql("SELECT count(*) FROM sealed_events") == before
    assert "umbrella" not in rasa.log
