"""Contacts age: what is too old, unchecked or missing is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.safety.checked import CHECKED_FOR, checked
from bot.safety.contacts import Contact, Contacts, load_contacts

DAY = date(2026, 3, 2)


@pytest.fixture
def contacts() -> Contacts:
    """Contacts about which there is nothing to do on `DAY`."""
    called = tuple(replace(one, checked=True) for one in load_contacts("za").crisis_line)
    on_call = (Contact("Ruth Abrahams", "021 555 0100"),)
    loaded = replace(load_contacts("za"), crisis_line=called, on_call=on_call)
    return replace(loaded, last_checked=DAY.isoformat())


def test_after_a_year_they_have_to_be_checked_again(contacts: Contacts) -> None:
    assert checked(contacts, DAY + CHECKED_FOR).is_all_well
    late = checked(contacts, DAY + CHECKED_FOR + timedelta(days=1))
    assert late.is_too_long_ago
    assert not late.is_all_well


def test_a_date_nobody_can_read_is_too_long_ago(contacts: Contacts) -> None:
    found = checked(replace(contacts, last_checked="last spring"), DAY)
    assert (found.on, found.is_too_long_ago) == (None, True)


def test_numbers_nobody_rang_are_counted(contacts: Contacts) -> None:
    doubtful = Contact("Help desk", "021 555 0101", checked=False)
    found = checked(replace(contacts, employee_help=(doubtful, doubtful)), DAY)
    assert (found.unchecked, found.is_all_well) == (2, False)


def test_that_nobody_is_on_call_is_told(contacts: Contacts) -> None:
    found = checked(replace(contacts, on_call=()), DAY)
    assert (found.has_on_call, found.is_all_well) == (False, False)
