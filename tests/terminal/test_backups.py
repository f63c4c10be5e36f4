"""A backup is whole or refused, holds no key, and brings back nothing that was erased."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.app import open_desk
from bot.conversation.accounts import account_of, make_link, sign_in
from bot.conversation.consents import is_given, set_consent
from bot.conversation.desk import Desk
from bot.conversation.forgetting import forget_all
from bot.conversation.holds import holds, place_hold
from bot.conversation.receipts import receipts_of
from bot.conversation.reflections import (
    delete_reflection,
    list_reflections,
    read_turns,
)
from bot.conversation.review.queue import QueueWish, read_queue
from bot.privacy.sealing.envelope import Place
from bot.privacy.sealing.problems import KeyGone
from bot.run.problems import CannotRun
from bot.settings import Settings
from bot.storage import audit
from bot.storage.access import NotFound
from bot.storage.backups import DATABASE, MANIFEST, RASA, BadBackup
from bot.storage.states import Purpose
from bot.terminal import backups
from tests.bots import ScriptedBot
from tests.gateway import People, make_people, say, share_summary, start
from tests.sealing import with_master_key

CANARY = "wagtailquartz"
QUIET = Console(quiet=True)


@dataclass(frozen=True)
class Told:
    """An installation with a backup, and two reflections: one is erased after the backup."""

    settings: Settings
    backup: Path
    people: People
    erased: str
    kept: str


def _yes(count: int) -> bool:
    return True


def _no_matter(settings: Settings) -> Any:
    return open_desk(settings, lambda _: ScriptedBot())


@pytest.fixture
async def told(tmp_path: Path) -> Told:
    settings = with_master_key(var=tmp_path / "var", models=tmp_path)
    with closing(sqlite3.connect(settings.var / RASA)) as rasa:
        rasa.execute("CREATE TABLE sealed_events (data BLOB)")
    async with _no_matter(settings) as (desk, _):
        people = await make_people(desk)
        erased = await start(desk, people.therapist)
        kept = await start(desk, people.therapist)
        for reflection in (erased, kept):
            await say(desk, people.therapist, reflection, f"She said {CANARY}.")
            await share_summary(desk, people.therapist, reflection)
        await set_consent(desk, people.therapist, Purpose.CORRECTIONS, given=True)
        # While the database is open, as beside a gateway that runs.
        await backups.back_up(settings, tmp_path / "backup", QUIET)
    return Told(settings, tmp_path / "backup", people, erased, kept)


async def _erase(told: Told) -> None:
    async with _no_matter(told.settings) as (desk, _):
        await delete_reflection(desk, told.people.therapist, told.erased)
        assert await forget_all(desk)


async def _restore(told: Told) -> Any:
    return await asyncio.to_thread(backups.restore, told.settings, told.backup, QUIET, _yes)


def _opened(desk: Desk, database: Path) -> str:
    """Every sealed value in a database that a key of today opens."""
    found = []
    with closing(sqlite3.connect(database)) as raw:
        for table, owner in (("turns", "reflection_id"), ("messages", "reflection_id")):
            rows = raw.execute(f"SELECT id, {owner}, sealed FROM {table}")  # noqa: S608
            for row, reflection, sealed in rows.fetchall():
                try:
                    plain = desk.keyring.open(sealed, Place(table, "sealed", row, reflection))
                except KeyGone:
                    continue
                found.append(f"{reflection} {plain.decode()}")
    return "\n".join(found)


async def test_a_backup_holds_the_databases_and_no_key(told: Told) -> None:
    names = {file.name for file in told.backup.iterdir()}
    assert names == {DATABASE, RASA, MANIFEST}
    keys = [*told.settings.keys_folder.glob("*.key"), told.settings.master_key_path]
    assert len(keys) == 4
    for file in told.backup.iterdir():
        assert file.stat().st_mode & 0o077 == 0
        content = file.read_bytes()
        assert CANARY.encode() not in content
        assert not [key for key in keys if key.read_bytes().strip() in content]
    manifest = await asyncio.to_thread(backups.verify, told.settings, told.backup, QUIET)
    assert set(manifest.files) == {DATABASE, RASA}


async def test_what_is_erased_after_a_backup_cannot_be_read_in_it(told: Told) -> None:
    async with _no_matter(told.settings) as (desk, _):
        before = _opened(desk, told.backup / DATABASE)
    assert f"{told.erased} " in before
    await _erase(told)
    async with _no_matter(told.settings) as (desk, _):
        after = _opened(desk, told.backup / DATABASE)
    assert told.erased not in after
    # The search itself finds what is not erased.
    assert f"{told.kept} " in after
    assert CANARY in after


async def test_restored_what_was_erased_since_is_swept_and_seen_by_nobody(told: Told) -> None:
    await _erase(told)
    found = await _restore(told)
    assert found.swept == 1
    async with _no_matter(told.settings) as (desk, _):
        therapist = told.people.therapist
        assert [one["id"] for one in await list_reflections(desk, therapist)] == [told.kept]
        with pytest.raises(NotFound):
            await read_turns(desk, therapist, told.erased)
        turns = (await read_turns(desk, therapist, told.kept))["turns"]
        assert CANARY in turns[-1]["text"]
        # Its rows are gone; only the bot is still to be told, by a gateway.
        assert told.erased not in _opened(desk, told.settings.var / DATABASE)
        with closing(sqlite3.connect(told.settings.var / DATABASE)) as raw:
            left = "SELECT count(*) FROM turns WHERE reflection_id = ?"
            assert raw.execute(left, (told.erased,)).fetchone() == (0,)
        assert await forget_all(desk)
        (receipt,) = await receipts_of(desk, therapist)
        assert receipt["because"] == "swept"
        held = {line["store"]: line["held"] for line in receipt["stores"]}
        assert (held["key"], held["turns"]) == (0, 2)
        async with desk.sessions() as session:
            assert (await audit.verify(session)).fault is None


async def test_after_a_restore_nothing_is_shared_consented_to_or_signed_in(told: Told) -> None:
    async with _no_matter(told.settings) as (desk, _):
        _, token = await sign_in(desk, await make_link(desk, told.people.therapist))
        await backups.back_up(told.settings, told.backup.with_name("second"), QUIET)
        assert await account_of(desk, token)
        assert len((await read_queue(desk, told.people.supervisor, QueueWish())).lines) == 2
    second = Told(**{**vars(told), "backup": told.backup.with_name("second")})
    assert (await _restore(second)).ended >= 4
    async with _no_matter(told.settings) as (desk, _):
        assert await account_of(desk, token) is None
        assert not (await read_queue(desk, told.people.supervisor, QueueWish())).lines
        assert not await is_given(desk, told.people.therapist, Purpose.CORRECTIONS)


async def test_a_hold_that_was_placed_after_the_backup_still_stands(told: Told) -> None:
    async with _no_matter(told.settings) as (desk, _):
        await place_hold(desk, told.kept, "file 12")
    await _restore(told)
    async with _no_matter(told.settings) as (desk, _):
        assert [held for held, _, _ in await holds(desk)] == [told.kept]


async def test_a_saved_head_tells_that_an_older_audit_was_put_back(told: Told) -> None:
    await _erase(told)
    async with _no_matter(told.settings) as (desk, _), desk.sessions() as session:
        saved = await audit.head_of(session)
    await _restore(told)
    async with _no_matter(told.settings) as (desk, _), desk.sessions() as session:
        assert (await audit.verify(session)).fault is None
        assert (await audit.verify(session, saved)).fault


async def test_without_a_yes_nothing_is_swept_or_replaced(told: Told) -> None:
    await _erase(told)
    before = (told.settings.var / DATABASE).read_bytes()
    with pytest.raises(CannotRun):
        await asyncio.to_thread(
            backups.restore, told.settings, told.backup, QUIET, lambda count: False
        )
    assert (told.settings.var / DATABASE).read_bytes() == before
    assert not list(told.settings.var.glob("*.restoring*"))


async def test_a_running_ballast_is_not_restored_over(told: Told) -> None:
    async with _no_matter(told.settings):
        with pytest.raises(CannotRun, match="running"):
            await _restore(told)


@pytest.mark.parametrize("name", [DATABASE, RASA])
@pytest.mark.parametrize("how", ["cut", "changed", "missing"])
async def test_a_damaged_backup_is_refused_and_nothing_is_changed(
    told: Told, name: str, how: str
) -> None:
    file = told.backup / name
    content = bytearray(file.read_bytes())
    if how == "cut":
        file.write_bytes(content[:-1])
    elif how == "missing":
        file.unlink()
    else:
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    before = (told.settings.var / DATABASE).read_bytes()
    with pytest.raises(BadBackup, match=name):
        await _restore(told)
    assert (told.settings.var / DATABASE).read_bytes() == before


@pytest.mark.parametrize("change", [{"revision": "9999"}, {"audit_number": 1}, {"code": ""}])
async def test_a_changed_manifest_is_refused(told: Told, change: dict[str, Any]) -> None:
    file = told.backup / MANIFEST
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(BadBackup, match="changed"):
        await _restore(told)


async def test_a_backup_without_its_manifest_was_never_finished(told: Told) -> None:
    (told.backup / MANIFEST).unlink()
    with pytest.raises(BadBackup, match="no whole backup"):
        await _restore(told)


async def test_a_backup_of_a_newer_ballast_is_refused(told: Told) -> None:
    newer = told.backup.with_name("newer")
    with closing(sqlite3.connect(told.settings.var / DATABASE)) as raw, raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    async with _no_matter(told.settings) as (desk, _):
        newer.mkdir()
        (newer / DATABASE).write_bytes((told.backup / DATABASE).read_bytes())
        manifest = backups.backups.describe(newer, "now", "9999", 0, "")
        signed = manifest.signed(desk.keyring.sub_key("backup"))
        backups.backups.write_manifest(newer, signed)
    with pytest.raises(BadBackup, match="newer"):
        await asyncio.to_thread(backups.restore, told.settings, newer, QUIET, _yes)


async def test_a_backup_is_not_made_over_another(told: Told) -> None:
    with pytest.raises(BadBackup, match="not empty"):
        await backups.back_up(told.settings, told.backup, QUIET)


async def test_a_backup_is_of_one_moment_while_others_write(told: Told, tmp_path: Path) -> None:
    async with _no_matter(told.settings) as (desk, _):
        writing = asyncio.create_task(_write_on(desk, told))
        try:
            for number in range(3):
                await backups.back_up(told.settings, tmp_path / f"busy{number}", QUIET)
        finally:
            writing.cancel()
    for number in range(3):
        folder = tmp_path / f"busy{number}"
        manifest = await asyncio.to_thread(backups.verify, told.settings, folder, QUIET)
        with closing(sqlite3.connect(folder / DATABASE)) as raw:
            assert raw.execute("SELECT count(*) FROM audit").fetchone() == (manifest.audit_number,)


async def _write_on(desk: Desk, told: Told) -> None:
    while True:
        await say(desk, told.people.therapist, told.kept, "And more.")
