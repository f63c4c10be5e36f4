"""Rasa reads our project, and trains, loads and runs one, in this environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.importers.importer import TrainingDataImporter

from bot.reflection.stages import Question
from bot.run.training import quiet_rasa
from bot.settings import ROOT

CONFIG = """
recipe: default.v1
language: en
assistant_id: tiny
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: LogisticRegressionClassifier
policies:
  - name: RulePolicy
"""
DOMAIN = """
version: "3.1"
intents: [greet, order, help]
slots:
  dish:
    type: text
    influence_conversation: false
    mappings:
      - {type: from_text, conditions: [{active_loop: order_form, requested_slot: dish}]}
forms:
  order_form: {ignored_intents: [help], required_slots: [dish]}
responses:
  utter_greet: [{text: Good evening.}]
  utter_help: [{text: We have soup.}]
  utter_ask_dish: [{text: "Which dish?"}]
  utter_done: [{text: "One {dish}."}]
"""
NLU = """
version: "3.1"
nlu:
- {intent: greet, examples: "- hello\\n- good evening\\n- hi there\\n"}
- {intent: order, examples: "- I would like to order\\n- order food\\n- can I order\\n"}
- {intent: help, examples: "- help me\\n- what do you have\\n- which dishes are there\\n"}
"""
RULES = """
version: "3.1"
rules:
- {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}
- rule: order
  steps: [{intent: order}, {action: order_form}, {active_loop: order_form}]
- rule: help while ordering
  condition: [{active_loop: order_form}]
  steps: [{intent: help}, {action: utter_help}, {action: order_form}, {active_loop: order_form}]
- rule: done
  condition: [{active_loop: order_form}]
  steps:
  - action: order_form
  - active_loop: null
  - slot_was_set: [{requested_slot: null}]
  - action: utter_done
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of a project of three intents, a form and four rules."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "data").mkdir()
    files = {"config": CONFIG, "domain": DOMAIN, "data/nlu": NLU, "data/rules": RULES}
    for name, content in files.items():
        (folder / f"{name}.yml").write_text(content, encoding="utf-8")
    trained = subprocess.run(
        [sys.executable, "-m", "rasa", "train", "--fixed-model-name", "tiny"],
        cwd=folder,
        env=quiet_rasa(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert trained.returncode == 0, trained.stdout + trained.stderr
    return folder / "models" / "tiny.tar.gz"


@pytest.fixture(scope="module")
def tiny_agent(tiny: Path) -> Agent:
    return Agent.load(str(tiny))


async def said(agent: Agent, conversation: str, text: str) -> list[str]:
    message = UserMessage(text, CollectingOutputChannel(), conversation)
    return [reply["text"] for reply in await agent.handle_message(message) or []]


async def test_a_small_project_is_trained_loaded_and_talks(tiny_agent: Agent) -> None:
    assert await said(tiny_agent, "a", "good evening") == ["Good evening."]
    assert await said(tiny_agent, "a", "can I order") == ["Which dish?"]
    assert await said(tiny_agent, "a", "what do you have") == ["We have soup.", "Which dish?"]
    assert await said(tiny_agent, "a", "goulash") == ["One goulash."]


async def test_conversations_do_not_know_of_one_another(tiny_agent: Agent) -> None:
    await said(tiny_agent, "b", "can I order")
    assert await said(tiny_agent, "c", "good evening") == ["Good evening."]
    tracker = await tiny_agent.tracker_store.retrieve("b")
    assert tracker.active_loop_name == "order_form"


async def test_events_are_those_that_rasa_documents(tiny_agent: Agent) -> None:
    await said(tiny_agent, "d", "can I order")
    await said(tiny_agent, "d", "goulash")
    events = list((await tiny_agent.tracker_store.retrieve("d")).events)
    assert SlotSet("dish", "goulash") in events
    assert [e.name for e in events if isinstance(e, ActiveLoop)] == ["order_form", None]


def test_our_config_and_domain_are_read_as_they_are_written() -> None:
    importer = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")]
    )
    domain = importer.get_domain()
    assert domain.required_slots_for_form("reflection_form") == [q.value for q in Question]
    assert importer.get_config()["assistant_id"] == "ballast"
    rules = {step.block_name for step in importer.get_stories().story_steps}
    assert {"ask before deleting", "skip a question", "the last question is answered"} <= rules


def test_no_slot_of_a_question_steers_the_dialogue_by_its_value() -> None:
    domain = Domain.load(str(ROOT / "domain.yml"))
    steering = {slot.name for slot in domain.slots if slot.influence_conversation}
    assert steering == {"is_closed"}


def test_a_conversation_never_expires_and_carries_nothing_over() -> None:
    session = Domain.load(str(ROOT / "domain.yml")).session_config
    assert session.session_expiration_time == 0
    assert session.carry_over_slots is False
