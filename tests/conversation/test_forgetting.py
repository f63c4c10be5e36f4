"""Erasing is stopped at every step; whoever goes on finishes it, with one whole receipt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_desk
from bot.conversation import forgetting, stores
from bot.conversation.bot import BotDown
from bot.conversation.corrections import count_candidates, mark_of, note_export
from bot.conversation.desk import Desk
from bot.conversation.forgetting import forget_all
from bot.conversation.receipts import receipts_of
from bot.conversation.reflections import delete_reflection, list_reflections, read_turns
from bot.conversation.stores import Elsewhere
from bot.privacy.sealing.copies import copy_keys
from bot.privacy.sealing.keyring import key_file
from bot.storage.access import NotFound
from bot.storage.audit import Event, entries
from bot.storage.stores import ROWS
from tests.bots import BrokenBot, ScriptedBot
from tests.gateway import FakeClock, People, make_people, say, start
from tests.sealing import everything, with_master_key

CANARY = "wagtailquartz"


@pytest.fixture
async def shared_desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of this test's own, with a copy of its keys."""
    settings = with_master_key(var=tmp_path, models=tmp_path, keys_copy=tmp_path / "copy")
    async with open_desk(settings, lambda _: ScriptedBot(), FakeClock()) as (opened, _):
        yield opened


@pytest.fixture
async def doomed(desk: Desk, people: People, tmp_path: Path) -> str:
    """A reflection that lies in every store."""
    reflection = await start(desk, people.therapist)
    for number in range(3):
        await say(desk, people.therapist, reflection, f"{CANARY} {number}")
    list(copy_keys(desk.settings.keys_folder, desk.settings.keys_copy))
    file = tmp_path / "candidates.yml"
    mark = mark_of(desk, reflection)
    file.write_text(
        f'nlu:\n- intent: tell\n  examples:\n  - text: |\n      {CANARY}\n      mark: "{mark}"\n'
    )
    await note_export(desk, file, 1)
    return reflection


class Killed(Exception):
    """The process ended here."""


def _dies(store: Elsewhere, *, having_forgotten: bool) -> Elsewhere:
    async def forget(desk: Desk, reflection_id: str) -> None:
        if having_forgotten:
            await store.forget(desk, reflection_id)
        raise Killed

    return replace(store, forget=forget)


OUTSIDE = (*stores.BEFORE_ROWS, *stores.AFTER_ROWS)


async def _erase(desk: Desk, people: People, reflection_id: str) -> None:
    await delete_reflection(desk, people.therapist, reflection_id)
    await forget_all(desk)


async def _finished(desk: Desk, people: People, reflection_id: str) -> dict[str, Any]:
    """Everything is gone, and there is one whole receipt."""
    assert await forget_all(desk)
    (receipt,) = await receipts_of(desk, people.therapist)
    assert receipt["reflection"] == reflection_id
    assert receipt["done_at"]
    lines = [(line["store"], bool(line["gone_at"])) for line in receipt["stores"]]
    assert lines == [(store.name, True) for store in stores.STORES]
    held = {line["store"]: line["held"] for line in receipt["stores"]}
    assert held | {"messages": 0} == {store.name: 0 for store in stores.STORES} | {
        "key": 1,
        "key_copy": 1,
        "turns": 4,
        "reflections": 1,
        "exports": 1,
        "conversation": 1,
    }
    async with desk.sessions() as session:
        assert CANARY not in await everything(session)
        told = [e.event async for e in entries(session) if e.reflection_id == reflection_id]
    assert told.count(Event.ERASE_ASKED) == told.count(Event.ERASED) == 1
    for folder in (desk.settings.keys_folder, desk.settings.keys_copy):
        assert not key_file(folder, reflection_id).exists()
    assert count_candidates(desk.settings.var / "candidates.yml", mark_of(desk, reflection_id)) == 0
    assert CANARY not in (desk.settings.var / "candidates.yml").read_text()
    return receipt


async def test_every_store_forgets_and_the_receipt_lists_each(
    desk: Desk, people: People, doomed: str
) -> None:
    await _erase(desk, people, doomed)
    receipt = await _finished(desk, people, doomed)
    assert CANARY not in str(receipt)
    # Again changes nothing.
    assert await forget_all(desk)
    assert await receipts_of(desk, people.therapist) == [receipt]
    assert await receipts_of(desk, people.other_therapist) == []


@pytest.mark.parametrize("having_forgotten", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("place", range(len(OUTSIDE)), ids=[store.name for store in OUTSIDE])
async def test_stopped_at_any_store_the_next_start_finishes(
    desk: Desk,
    people: People,
    doomed: str,
    monkeypatch: pytest.MonkeyPatch,
    place: int,
    having_forgotten: bool,  # noqa: FBT001
) -> None:
    with monkeypatch.context() as patched:
        changed = list(OUTSIDE)
        changed[place] = _dies(changed[place], having_forgotten=having_forgotten)
        first = len(stores.BEFORE_ROWS)
        patched.setattr(stores, "BEFORE_ROWS", tuple(changed[:first]))
        patched.setattr(stores, "AFTER_ROWS", tuple(changed[first:]))
        with pytest.raises(Killed):
            await _erase(desk, people, doomed)
        assert await list_reflections(desk, people.therapist) == []
        with pytest.raises(NotFound):
            await read_turns(desk, people.therapist, doomed)
        (receipt,) = await receipts_of(desk, people.therapist)
        assert receipt["done_at"] is None
    await _finished(desk, people, doomed)


@pytest.mark.parametrize("step", ["delete_rows", "drop_deleted_pages", "_write_receipt"])
async def test_stopped_between_stores_the_next_start_finishes(
    desk: Desk, people: People, doomed: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    async def dies(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(forgetting, step, dies)
        with pytest.raises(Killed):
            await _erase(desk, people, doomed)
    await _finished(desk, people, doomed)


async def test_stopped_in_the_middle_of_the_rows_none_of_them_is_gone_and_none_is_readable(
    desk: Desk, people: People, doomed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_: str) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        last = replace(ROWS[-1], of=dies)
        patched.setattr("bot.storage.erasing.ROWS", (*ROWS[:-1], last))
        with pytest.raises(Killed):
            await _erase(desk, people, doomed)
    with pytest.raises(NotFound):
        await read_turns(desk, people.therapist, doomed)
    await _finished(desk, people, doomed)


async def test_a_store_that_cannot_be_reached_holds_up_no_other(
    desk: Desk, people: People, doomed: str
) -> None:
    copy = desk.settings.keys_copy
    away = copy.rename(copy.with_name("unmounted"))
    without_rasa = replace(desk, bot=BrokenBot())
    without_rasa.bot.forget = _down
    await delete_reflection(without_rasa, people.therapist, doomed)
    assert not await forget_all(without_rasa)
    (receipt,) = await receipts_of(desk, people.therapist)
    gone = {line["store"] for line in receipt["stores"] if line["gone_at"]}
    assert {store.name for store in stores.STORES} - gone == {"key_copy", "conversation"}
    assert receipt["done_at"] is None
    away.rename(copy)
    await _finished(desk, people, doomed)


async def _down(conversation: str) -> None:
    raise BotDown


async def test_no_other_reflection_goes_with_it(desk: Desk, people: People, doomed: str) -> None:
    others = await make_people(desk)
    other = await start(desk, others.therapist)
    await say(desk, others.therapist, other, "The other one.")
    await _erase(desk, people, doomed)
    found = await read_turns(desk, others.therapist, other)
    assert found["turns"][-1]["text"] == "The other one."
