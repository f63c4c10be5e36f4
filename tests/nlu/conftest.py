"""The real model in Rasa's own agent, and an action server that can be broken."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

with warnings.catch_warnings():
    # Rasa of 2023 and what it stands on say on import that they are old (docs/decisions/0001).
    import sanic.app  # noqa: F401 - sets a filter of its own

    warnings.simplefilter("ignore")
    from rasa.core.agent import Agent
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.utils.endpoints import EndpointConfig

    from bot.nlu import channel

from bot.run.model import check_model
from bot.settings import ROOT, Settings
from bot.trained import model_file
from tests.conftest import free_port
from tests.nlu.action_server import ActionServer
from tests.nlu.rasa_server import RasaServer, start_rasa, stop_rasa
from tests.sealing import with_master_key

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Rasa warn about itself; every other warning stays an error."""
    for item in items:
        if HERE in item.path.parents:
            for category in ("DeprecationWarning", "PendingDeprecationWarning"):
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{category}"))
            item.add_marker(pytest.mark.filterwarnings("ignore::FutureWarning:rasa"))
            item.add_marker(pytest.mark.filterwarnings("ignore::UserWarning:rasa"))


@pytest.fixture(scope="session")
async def action_server() -> AsyncIterator[ActionServer]:
    """Our actions behind HTTP, in this process."""
    async with ActionServer() as server:
        yield server


@pytest.fixture
def actions(action_server: ActionServer) -> ActionServer:
    """The action server, whole again for each test."""
    action_server.mend()
    return action_server


@pytest.fixture(scope="session")
async def agent(action_server: ActionServer) -> Agent:
    """The trained model as Rasa runs it, with conversations in memory."""
    models = Settings().models
    check_model(models)
    return Agent.load(
        str(model_file(models)), action_endpoint=EndpointConfig(action_server.address)
    )


@pytest.fixture(scope="session")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


Parse = Callable[[str], Awaitable[dict[str, Any]]]


@pytest.fixture
def parse(agent: Agent) -> Parse:
    return agent.parse_message


class Talk:
    """One conversation with the agent, taken turn by turn as the channel takes it."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.conversation = uuid4().hex
        self._turns = 0

    async def say(self, text: str, context: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Give what the bot says to `text`."""
        self._turns += 1
        body = {"text": text, "context": context}
        return await channel.answer(self.agent, self.conversation, f"turn-{self._turns}", body)

    async def tracker(self) -> DialogueStateTracker:
        tracker = await self.agent.tracker_store.retrieve(self.conversation)
        assert tracker is not None
        return tracker

    async def slot(self, name: str) -> Any:
        return (await self.tracker()).get_slot(name)

    async def asked(self) -> str | None:
        """Give the slot that the form asks for."""
        return (await self.tracker()).get_slot("requested_slot")


@pytest.fixture
async def talk(agent: Agent, actions: ActionServer) -> Talk:
    """A reflection that has just been opened."""
    begun = Talk(agent)
    await begun.say("/start_reflection", {})
    return begun


Pair = tuple[RasaServer, ActionServer]


@pytest.fixture(scope="session")
async def server_and_actions(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Pair]:
    settings = with_master_key(var=tmp_path_factory.mktemp("rasa"), port=free_port())
    check_model(settings.models)
    port = int(settings.actions_url.rpartition(":")[2])
    async with ActionServer(port) as actions, ClientSession() as http:
        server = await start_rasa(settings, http)
        yield server, actions
        await stop_rasa(server)


@pytest.fixture
def its_actions(server_and_actions: Pair) -> ActionServer:
    """The action server of the Rasa in a process of its own, whole again for each test."""
    server_and_actions[1].mend()
    return server_and_actions[1]


@pytest.fixture
def rasa(server_and_actions: Pair, its_actions: ActionServer) -> RasaServer:
    return server_and_actions[0]


@pytest.fixture
async def evening(rasa: RasaServer) -> str:
    """A conversation that has asked for a number."""
    name = uuid4().hex
    rasa.keyring.create(name)
    assert (await rasa.turn(name, "start", "/start_reflection"))[0] == 200
    return name
