"""No table can hold something of a reflection that erasing does not reach."""

from __future__ import annotations

from bot.conversation.stores import STORES
from bot.storage.models import Base
from bot.storage.stores import KEPT, ROWS

TABLES = Base.metadata.tables


def _refer_to_a_reflection() -> set[str]:
    """Tables that name a reflection, or refer to one that does, however far away."""
    found = {"reflections"}
    while True:
        more = {
            table.name
            for table in TABLES.values()
            if "reflection_id" in table.columns
            or {key.column.table.name for key in table.foreign_keys} & found
        }
        if more <= found:
            return found
        found |= more


def test_every_table_that_refers_to_a_reflection_forgets_or_says_why_not() -> None:
    covered = {rows.name for rows in ROWS} | set(KEPT)
    assert _refer_to_a_reflection() == covered
    assert {"turns", "messages", "follow_ups", "shares"} <= covered


def test_a_table_goes_before_those_that_it_refers_to() -> None:
    order = [rows.name for rows in ROWS]
    for name in order:
        for key in TABLES[name].foreign_keys:
            referred = key.column.table.name
            # All of a table goes at once, so what refers to its own kind is in nobody's way.
            if referred in order and referred != name:
                assert order.index(name) < order.index(referred), (name, referred)


def test_every_store_says_what_it_holds_and_has_a_name_of_its_own() -> None:
    assert all(len(store.holds.split()) > 1 for store in STORES)
    assert len({store.name for store in STORES}) == len(STORES)
    assert STORES[0].name == "key"
    assert all(len(reason.split()) > 3 for reason in KEPT.values())
