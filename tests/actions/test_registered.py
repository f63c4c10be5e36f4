"""What the domain lists is what the action server runs, and the other way round."""

from __future__ import annotations

import yaml
from rasa_sdk.executor import ActionExecutor

from bot.reflection.stages import Question
from bot.settings import ROOT
from tests.actions.conftest import MADE_UP

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


def test_every_action_of_the_domain_is_registered_and_none_besides(
    executor: ActionExecutor,
) -> None:
    registered = {name for name in executor.actions if not name.startswith(MADE_UP)}
    assert registered == set(DOMAIN["actions"])
    assert len(DOMAIN["actions"]) == len(set(DOMAIN["actions"]))


def test_every_question_is_a_slot_of_the_form_in_its_order() -> None:
    asked = DOMAIN["forms"]["reflection_form"]["required_slots"]
    assert asked == [question.value for question in Question]
    assert set(asked) <= set(DOMAIN["slots"])


def test_every_question_is_filled_only_while_it_is_asked() -> None:
    for question in Question:
        (mapping,) = DOMAIN["slots"][question.value]["mappings"]
        assert mapping == {
            "type": "from_text",
            "conditions": [{"active_loop": "reflection_form", "requested_slot": question.value}],
        }


def test_every_rule_names_actions_and_forms_that_exist() -> None:
    known = {*DOMAIN["actions"], *DOMAIN["forms"]}
    for path in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            named = {step["action"] for step in rule["steps"] if "action" in step}
            assert named <= known, rule["rule"]


def test_all_actions_are_asynchronous_so_that_none_holds_up_the_others(
    executor: ActionExecutor,
) -> None:
    for name, action in executor.actions.items():
        assert action.__func__.__code__.co_flags & 0x80, name  # CO_COROUTINE
