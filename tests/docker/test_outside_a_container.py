from __future__ import annotations

import json
import ssl
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientConnectorError, ClientSession, CookieJar, TCPConnector

from bot.terminal.client import Line, open_reflection
from tests.certificate import own_certificate
from tests.conftest import until
from tests.docker.outside import Server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Caddy is installed on Linux")
CANARY = "quizzicalbudgerigar"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The services of compose.yml, started in the order in which they wait for each other."""
    made = Server(tmp_path_factory.mktemp("server"))
    made.make()
    first = made.run("first-run")
    assert first.returncode == 0, first.stderr
    before = made.files()
    try:
        for service in ("gateway", "actions", "rasa"):
            made.start(service)
        certificates = made.folder / "certificates"
        certificates.mkdir()
        _, certificate = own_certificate(certificates)
        certificate.rename(certificates / "fullchain.pem")
        made.start_proxy()
        yield made
        made.stop()
        # A read-only root is enough: nothing was written beside /var/lib/ballast and /tmp.
        assert made.files() == before
    finally:
        for process in made.running.values():
            process.kill()


def _trusting(server: Server) -> TCPConnector:
    trusted = ssl.create_default_context(cafile=server.folder / "certificates" / "fullchain.pem")
    return TCPConnector(ssl=trusted)


def test_a_second_first_run_makes_nothing_new(server: Server) -> None:
    before = {path: path.read_bytes() for path in server.house.iterdir()}
    again = server.run("first-run")
    assert (again.returncode, again.stdout) == (0, "")
    assert {path: path.read_bytes() for path in server.house.iterdir()} == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in before} == {0o400}


async def test_a_reflection_goes_from_the_proxy_to_rasa_and_back(server: Server) -> None:
    added = server.run("gateway", instead=["accounts", "add", "Thandi", "--role", "therapist"])
    assert added.returncode == 0, added.stderr
    token = added.stdout.partition("#")[2].split()[0]
    headers = {"Origin": server.address}
    jar = CookieJar(unsafe=True)
    async with ClientSession(
        server.address, connector=_trusting(server), headers=headers, cookie_jar=jar
    ) as http:

        async def health() -> int:
            try:
                async with http.get("/healthz") as answer:
                    return answer.status == 200 and answer.status
            except ClientConnectorError:
                return 0

        assert await until(health) == 200
        async with http.post("/api/sign-in", json={"token": token}) as answer:
            assert answer.status == 200, await answer.text()
            assert "Via" not in answer.headers
            assert answer.headers["Server"] == "ballast"
            assert "max-age" in answer.headers["Strict-Transport-Security"]
        line = Line(http, await open_reflection(http, short=True, resume=False))
        assert (await line.opening())["state"] in ("answered", "settled")
        turn = await line.say(f"She cancelled again and I felt useless. {CANARY}")
        assert turn["state"] in ("answered", "settled")
        await line.close()


async def test_plain_http_leads_to_https(server: Server) -> None:
    async with (
        ClientSession() as http,
        http.get(f"http://localhost:{server.proxy + 1}/x", allow_redirects=False) as answer,
    ):
        assert answer.status == 308
        assert answer.headers["Location"].startswith("https://localhost")


async def test_the_proxy_says_that_it_is_well(server: Server) -> None:
    async with (
        ClientSession() as http,
        http.get(f"http://127.0.0.1:{server.proxy + 2}/") as answer,
    ):
        assert answer.status == 204


def test_each_part_is_well_by_its_own_check(server: Server) -> None:
    for service in ("gateway", "rasa", "actions"):
        assert server.health(service).returncode == 0


def test_a_gateway_without_rasa_is_well_and_rasa_is_not(server: Server) -> None:
    server.stop("rasa")
    assert server.health("gateway").returncode == 0
    gone = server.health("rasa")
    assert (gone.returncode, gone.stderr.startswith("Rasa does not answer")) == (1, True)
    server.start("rasa")


def test_a_backup_is_made_whole_and_the_keys_apart(server: Server) -> None:
    assert server.health("backups").returncode == 1
    done = server.run("backups", "--once")
    assert done.returncode == 0, done.stderr
    (made,) = (server.folder / "backups").iterdir()
    assert {"ballast.db", "rasa.db", "manifest.json"} == {path.name for path in made.iterdir()}
    assert list((server.folder / "keys-copy").glob("*.key"))
    assert not list(made.glob("**/*.key"))
    assert server.health("backups").returncode == 0


def test_a_backup_is_put_back_while_gateway_and_rasa_are_stopped(server: Server) -> None:
    made = max((server.folder / "backups").iterdir())
    refused = server.run("backups", instead=["restore", str(made), "--yes"])
    assert "Ballast is running" in refused.stderr
    server.stop("rasa", "gateway")
    put_back = server.run("backups", instead=["restore", str(made), "--yes"])
    assert put_back.returncode == 0, put_back.stderr
    server.start("gateway")
    server.start("rasa")


async def test_no_word_and_no_address_is_in_a_log(server: Server) -> None:
    # A gateway that is away is a fault of the proxy's, which other proxies log with the address.
    server.stop("gateway")
    async with (
        ClientSession(server.address, connector=_trusting(server)) as http,
        http.get(f"/reflections/{CANARY}") as answer,
    ):
        assert answer.status >= 500
    logs = {path.name: path.read_text() for path in server.folder.glob("*.log")}
    assert set(logs) == {"gateway.log", "rasa.log", "actions.log", "proxy.log"}
    assert [name for name, said in logs.items() if CANARY in said] == []
    server.start("gateway")


def test_rasa_loads_no_model_but_the_one_that_was_trained_with_the_image(
    server: Server, tmp_path: Path
) -> None:
    for name in ("ballast.tar.gz", "ballast.json"):
        (tmp_path / name).write_bytes((server.app / "models" / name).read_bytes())
    model = tmp_path / "ballast.tar.gz"
    model.write_bytes(model.read_bytes() + b"\0")
    refused = server.run("rasa", BALLAST_MODELS=str(tmp_path))
    assert refused.returncode == 1
    assert "not the model that was trained here" in " ".join(refused.stderr.split())
    assert "Traceback" not in refused.stderr
    certificate = json.loads((tmp_path / "ballast.json").read_text())
    (tmp_path / "ballast.json").write_text(json.dumps(certificate | {"fingerprint": "0" * 64}))
    model.write_bytes((server.app / "models" / "ballast.tar.gz").read_bytes())
    refused = server.run("rasa", BALLAST_MODELS=str(tmp_path))
    assert refused.returncode == 1
    assert "other data or by other code" in " ".join(refused.stderr.split())
    model.unlink()
    refused = server.run("rasa", BALLAST_MODELS=str(tmp_path))
    assert refused.returncode == 1
    assert "no trained model" in " ".join(refused.stderr.split())


def test_rasa_without_a_secret_does_not_start(server: Server, tmp_path: Path) -> None:
    refused = server.run("rasa", BALLAST_RASA_SECRET_FILE=str(tmp_path / "none"))
    assert refused.returncode == 1
    assert "no secret to know the gateway by" in " ".join(refused.stderr.split())
