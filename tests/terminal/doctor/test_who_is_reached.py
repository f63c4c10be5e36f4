"""Who does not answer, or not as they should; and the whole command beside a real house."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.run.model import certify
from bot.settings import Settings
from bot.terminal.doctor import machine
from bot.terminal.doctor.finding import Finding, State
from bot.terminal.doctor.reach import check_reach
from tests.certificate import own_certificate
from tests.conftest import House, free_port
from tests.gateway import ScriptedBot, run_gateway
from tests.run.command import ballast
from tests.tls import tls_in_front


async def _reach(**settings: object) -> dict[str, Finding]:
    ports = {"port": free_port(), "rasa_secret": "one"} | settings
    return {found.part: found async for found in check_reach(Settings(**ports))}


async def test_nobody_is_there() -> None:
    found = await _reach()
    assert {name: f.state for name, f in found.items()} == dict.fromkeys(
        ("gateway", "rasa", "actions"), State.WRONG
    )
    assert "does not run" in found["gateway"].sentence


async def test_somebody_else_has_the_port() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        found = await _reach(port=other.getsockname()[1])
        assert "another program is there" in found["gateway"].sentence


async def test_the_gateway_and_the_actions_answer(tmp_path: Path) -> None:
    async with run_gateway(tmp_path, ScriptedBot()) as gateway:
        found = await _reach(port=gateway.server.port, actions_port=gateway.actions.port)
    assert found["gateway"].state is found["actions"].state is State.WELL


@pytest.mark.parametrize(
    ("health", "turn", "said"),
    [(503, 400, "without a model"), (200, 403, "does not know the gateway's secret")],
)
async def test_rasa_is_not_as_it_should_be(health: int, turn: int, said: str) -> None:
    app = web.Application()
    app.router.add_get("/webhooks/ballast/", _always(health))
    app.router.add_post("/webhooks/ballast/turn", _always(turn))
    async with TestServer(app) as rasa:
        found = await _reach(rasa_port=rasa.port)
    assert found["rasa"].state is State.WRONG
    assert said in found["rasa"].sentence


def _always(status: int):
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({}, status=status)

    return answer


async def test_a_certificate_that_browsers_do_not_take(tmp_path: Path) -> None:
    context, _ = own_certificate(tmp_path)
    outside = free_port()
    async with tls_in_front(outside, outside + 1, context):
        found = await _reach(public_url=f"https://localhost:{outside}")
    assert found["certificate"].state is State.WRONG
    assert "Browsers do not take" in found["certificate"].sentence


async def test_a_certificate_that_ends_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, known_by = own_certificate(tmp_path)  # good for a day
    monkeypatch.setenv("SSL_CERT_FILE", str(known_by))
    outside = free_port()
    async with tls_in_front(outside, outside + 1, context):
        found = await _reach(public_url=f"https://localhost:{outside}")
    assert "ends in 1 days" in found["certificate"].sentence


async def test_a_clinic_that_names_itself_otherwise() -> None:
    async def published(request: web.Request) -> web.Response:
        return web.json_response({"issuer": "https://somebody.else.example"})

    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", published)
    async with TestServer(app) as clinic:
        found = await _reach(oidc_issuer=f"http://127.0.0.1:{clinic.port}")
    assert "names itself otherwise" in found["sign-in"].sentence


async def test_what_is_outside_and_away() -> None:
    away = free_port()
    found = await _reach(
        smtp_host="127.0.0.1",
        smtp_port=away,
        smtp_from="ballast@clinic.example",
        slack_webhook=f"http://127.0.0.1:{away}/hook",
        oidc_issuer=f"http://127.0.0.1:{away}",
    )
    assert {found[part].state for part in ("mail", "slack", "sign-in")} == {State.WRONG}
    assert "/hook" not in found["slack"].sentence


def test_a_model_that_was_exchanged_and_one_that_is_not_there(tmp_path: Path) -> None:
    def said() -> str:
        found = [*machine.check_machine(Settings(var=tmp_path, models=tmp_path))]
        return next(f.sentence for f in found if f.part == "model" and f.state is State.WRONG)

    assert "no trained model" in said()
    (tmp_path / "ballast.tar.gz").write_bytes(b"trained")
    certify(tmp_path, "learnt from something")
    (tmp_path / "ballast.tar.gz").write_bytes(b"exchanged")
    assert "is not the model that was trained here" in said()


def test_a_library_that_is_not_whole(tmp_path: Path) -> None:
    shutil.copytree(Settings().library, tmp_path / "library")
    (tmp_path / "library" / "questions.yml").write_text("describe: [")
    found = machine.check_machine(Settings(var=tmp_path, library=tmp_path / "library"))
    assert [f.state for f in found if f.part == "library"] == [State.WRONG]


def test_rasa_that_listens_for_everybody(tmp_path: Path) -> None:
    with socket.socket() as rasa:
        rasa.bind(("0.0.0.0", 0))  # noqa: S104 - it is complained of
        rasa.listen()
        settings = Settings(var=tmp_path, rasa_port=rasa.getsockname()[1])
        found = [*machine.check_machine(settings)]
    assert [f.state for f in found if "Rasa listens for everybody" in f.sentence] == [State.WRONG]


def test_beside_a_house_that_runs(house: House) -> None:
    var, port = house.settings.var, house.settings.port
    done = ballast("doctor", "--json", var=var, port=port, master_key="")
    said = json.loads(done.stdout)
    wrong = [f["sentence"] for f in said["findings"] if f["state"] == "wrong"]
    # A house of a test has no copies, and nothing else is amiss.
    assert all("There was never a" in sentence for sentence in wrong), wrong
    assert (done.returncode, said["ok"], len(wrong)) == (1, False, 2)
    well = {f["part"] for f in said["findings"] if f["state"] == "ok"}
    assert well >= {"gateway", "rasa", "actions", "database", "keys", "model", "library", "disk"}


def test_settings_that_cannot_be_read_are_a_finding_and_no_value_is_shown() -> None:
    done = ballast("doctor", port="wagtailquartz", smtp_from="wagtailquartz")
    said = " ".join(done.stdout.decode().split())
    assert done.returncode == 1
    assert "BALLAST_PORT cannot be used" in said
    assert "BALLAST_SMTP_FROM cannot be used" in said
    assert "wagtailquartz" not in said
