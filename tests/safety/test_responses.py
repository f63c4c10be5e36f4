"""What is said: for each kind, level and country, whole, and never what must not be said."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import yaml

from bot.library import LibraryError
from bot.safety.concerns import Concern
from bot.safety.contacts import CONTACTS, Contact, Contacts, load_contacts, people_to_call
from bot.safety.kinds import Kind, Level
from bot.safety.responses import (
    RESPONSES,
    ChoiceId,
    Response,
    asks_to_resume,
    load_responses,
    respond,
)

COUNTRIES = ["ZA", "AU", "GB", "US"]
PERSONAL = [Kind.SUICIDALITY_THERAPIST, Kind.THERAPIST_UNFIT]
STOPPING = [Level.IMMEDIATE, Level.CONCERN]
NEVER = [
    "has been informed", "have been informed", "has been told about", "i have told", "we have told",
    "i told", "i will tell", "i have reported", "has been reported", "i notified", "was notified",
    "part of the job", "comes with the job", "no need to report", "not necessary to report",
    "wait and see", "probably nothing", "overreact", "risk score", "on a scale", "rate the risk",
    "how likely", "what happened", "tell me more", "describe", "can you say more", "details",
    "how exactly", "you should have", "safety plan", "promise", "calm down", "i diagnose",
]  # fmt: skip


def _concern(kind: Kind, level: Level) -> Concern:
    return Concern(kind, level, 0, 1, "a_sign")


def _say(kind: Kind, level: Level, country: str = "ZA") -> Response:
    return respond([_concern(kind, level)], load_contacts(country))


@pytest.mark.parametrize(("kind", "level", "country"), [*product(Kind, Level, COUNTRIES)])
def test_a_response_is_whole_and_says_nothing_forbidden(
    kind: Kind, level: Level, country: str
) -> None:
    said = _say(kind, level, country)
    assert 1 <= len(said.messages) <= 4
    for message in said.messages:
        assert not re.search(r"[{}]|\s\s|: ?$|: \.", message)
        assert message[-1] in ".?!"
        assert not [words for words in NEVER if words in message.lower()]


@pytest.mark.parametrize(("kind", "level"), [*product(Kind, STOPPING)])
def test_danger_stops_and_says_so_first(kind: Kind, level: Level) -> None:
    said = _say(kind, level)
    assert said.stops
    assert "The reflection stops here for now" in said.messages[0]


@pytest.mark.parametrize("kind", Kind)
def test_a_check_is_one_gentle_message_and_goes_on(kind: Kind) -> None:
    said = _say(kind, Level.CHECK)
    assert not said.stops
    assert len(said.messages) == 1
    assert "we go on" in said.messages[0]
    assert [choice.id for choice in said.choices] == [ChoiceId.TALK_TO_PERSON]


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("kind", [Kind.CHILD_AT_RISK, Kind.ABUSE_DISCLOSURE])
def test_the_duty_to_report_is_said(kind: Kind, country: str) -> None:
    said = " ".join(_say(kind, Level.CONCERN, country).messages)
    contacts = load_contacts(country)
    assert contacts.duty in said
    assert contacts.child_protection[0].number in said
    assert "This chat is not a report" in said


def test_south_africa_names_its_law_and_form() -> None:
    duty = load_contacts("ZA").duty
    assert "Children's Act 38 of 2005, s110(1)" in duty
    assert "Form 22" in duty


@pytest.mark.parametrize(("kind", "level"), [*product(PERSONAL, STOPPING)])
def test_the_therapists_own_danger_does_not_lead_back_to_the_case(kind: Kind, level: Level) -> None:
    said = _say(kind, level)
    assert ChoiceId.TAKE_UP_AGAIN not in [choice.id for choice in said.choices]
    text = " ".join(said.messages)
    assert "doctor" in text
    assert load_contacts("ZA").crisis_line[0].number in text


def test_the_therapists_own_danger_is_answered_before_all_else() -> None:
    both = [
        _concern(Kind.CHILD_AT_RISK, Level.IMMEDIATE),
        _concern(Kind.SUICIDALITY_THERAPIST, Level.IMMEDIATE),
    ]
    messages = respond(both, load_contacts("GB")).messages
    own = _say(Kind.SUICIDALITY_THERAPIST, Level.IMMEDIATE, "GB").messages
    assert messages[: len(own)] == own
    assert len(messages) > len(own)


def test_a_check_is_not_said_beside_a_stop() -> None:
    both = [
        _concern(Kind.THREAT_TO_THERAPIST, Level.CONCERN),
        _concern(Kind.SUICIDALITY_PARENT, Level.CHECK),
    ]
    alone = _say(Kind.THREAT_TO_THERAPIST, Level.CONCERN)
    assert respond(both, load_contacts("ZA")) == alone


def test_no_concern_says_nothing() -> None:
    assert respond([], load_contacts("ZA")) == Response((), (), stops=False)


def test_local_contacts_are_shown_when_given() -> None:
    lead = Contact("Supervisor on call", "012 000 0000")
    contacts: Contacts = replace(load_contacts("ZA"), on_call=(lead,), employee_help=(lead,))
    for kind in Kind:
        said = respond([_concern(kind, Level.CONCERN)], contacts)
        assert any("Supervisor on call 012 000 0000." in message for message in said.messages)


@pytest.mark.parametrize("country", COUNTRIES)
def test_people_to_call_begin_with_the_emergency(country: str) -> None:
    contacts = load_contacts(country)
    lines = people_to_call(contacts)
    assert contacts.emergency[0].number in lines[0]
    assert any(contacts.crisis_line[0].number in line for line in lines)


def test_a_number_nobody_checked_says_so() -> None:
    assert "not yet checked" in Contact("A line", "1", checked=False).line()


def test_contacts_say_when_they_were_last_checked_and_by_what_right() -> None:
    for path in CONTACTS.glob("*.yml"):
        contacts = load_contacts(path.stem)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", contacts.last_checked)
        assert contacts.country == path.stem.upper()
        assert "must" in contacts.note
        assert contacts.source


@pytest.mark.parametrize("country", ["", "Z", "../za", "za/..", "XX", "ZAF"])
def test_an_unknown_country_is_refused(country: str) -> None:
    with pytest.raises(LibraryError):
        load_contacts(country)


def test_a_country_without_an_emergency_number_is_refused(tmp_path: Path) -> None:
    content = yaml.safe_load((CONTACTS / "za.yml").read_text(encoding="utf-8"))
    content["emergency"] = []
    (tmp_path / "za.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(LibraryError, match="emergency"):
        load_contacts("ZA", tmp_path)


@pytest.mark.parametrize("said", [[], ["{nobody}"], ["a"] * 5])
def test_a_mistake_in_the_responses_is_refused(tmp_path: Path, said: list[str]) -> None:
    content = yaml.safe_load(RESPONSES.read_text(encoding="utf-8"))
    content["messages"]["child_at_risk"]["check"] = said
    changed = tmp_path / "responses.yml"
    changed.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(LibraryError, match="child_at_risk check"):
        load_responses(changed)


@pytest.mark.parametrize(
    "text",
    ["go on", "Continue", "Let\u2019s go on.", "I'm ready now, thank you", "ok, carry on please",
     "im ready", "yes please continue", "Resume!", "take it up again", "can we go on?"],
)  # fmt: skip
def test_a_wish_to_go_on_is_understood(text: str) -> None:
    assert asks_to_resume(text)


@pytest.mark.parametrize(
    "text",
    ["I can't go on", "I am not ready", "don't continue", "go on without me", "no", "",
     "I'm not ready to continue yet", "never go on", "how can I go on", "he wants to continue",
     "continue " * 40, "I don't want to carry on", "ready to give up", "please", "stop, go on"],
)  # fmt: skip
def test_anything_else_is_no_wish_to_go_on(text: str) -> None:
    assert not asks_to_resume(text)


def test_checks_of_several_kinds_are_one_question_and_the_therapist_is_asked_first() -> None:
    checks = [
        Concern(kind, Level.CHECK, 0, 5, "learned")
        for kind in (Kind.SUICIDALITY_PARENT, Kind.THERAPIST_UNFIT, Kind.CHILD_AT_RISK)
    ]
    own, others = respond(checks, load_contacts("za")).messages
    assert own == respond(checks[1:2], load_contacts("za")).messages[0]
    for kind in (Kind.SUICIDALITY_PARENT, Kind.CHILD_AT_RISK):
        assert load_responses().check_reasons[kind] in others
