from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.run.first_run import BALLAST_USER, SERVER_USER
from bot.run.healthy import CHECKS
from bot.settings import ROOT, Settings
from tests.docker.files import DOCKER, by_default, compose, images

COMPOSE = compose()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "ballast" in service["image"]]
# Read from BALLAST_SECRETS itself, which is no setting of its own.
BESIDE_SETTINGS = {"secrets"}
each_service = pytest.mark.parametrize("name", SERVICES)
each_of_ours = pytest.mark.parametrize("name", OURS)


def _validate(*files: Path) -> subprocess.CompletedProcess[str]:
    program = [Path(sys.executable).with_name("check-jsonschema")]
    return subprocess.run(
        [*program, "--builtin-schema", "vendor.compose-spec", *files],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["compose.yml", "compose.scale.yml"])
def test_it_is_what_the_specification_of_compose_says(name: str, tmp_path: Path) -> None:
    # The reader of the schema does not know Compose's tag; what follows it stays.
    plain = tmp_path / name
    plain.write_text((DOCKER / name).read_text().replace("!reset ", ""))
    done = _validate(plain)
    assert done.returncode == 0, done.stdout


def test_the_specification_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text("services:\n  a: {image: x, readonly: true}\n")
    assert _validate(tmp_path / "compose.yml").returncode == 1


def test_all_parts_are_there() -> None:
    parts = {"first-run", "proxy", "gateway", "rasa", "actions", "postgres", "redis", "backups"}
    assert set(SERVICES) == parts


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]
    assert not [name for name, one in SERVICES.items() if one.get("network_mode") == "host"]


def test_who_has_a_way_out_is_the_proxy_and_the_gateway() -> None:
    internal = {name for name, network in COMPOSE["networks"].items() if network.get("internal")}
    out = {
        name
        for name, service in SERVICES.items()
        if service.get("network_mode") != "none" and set(service["networks"]) - internal
    }
    assert out == {"proxy", "gateway"}


def test_nobody_meets_who_has_no_business_with_them() -> None:
    networks = {name: set(service.get("networks", ())) for name, service in SERVICES.items()}
    assert not networks["proxy"] & (networks["rasa"] | networks["actions"] | networks["postgres"])
    assert not networks["actions"] & networks["postgres"]


@each_service
def test_a_service_may_do_as_little_as_it_can(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    added = {"first-run": ["CHOWN"], "proxy": ["NET_BIND_SERVICE"]}
    assert service.get("cap_add", []) == added.get(name, [])
    for tmpfs in service["tmpfs"]:
        assert "noexec" in tmpfs
        assert "size=" in tmpfs
    assert not [volume for volume in service.get("volumes", ()) if "docker.sock" in str(volume)]


@each_service
def test_a_service_has_limits_and_its_log_too(name: str) -> None:
    service = SERVICES[name]
    assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"])
    assert {"max-size", "max-file"} <= set(service["logging"]["options"])


@each_service
def test_a_service_is_no_root_but_the_one_that_hands_files_over(name: str) -> None:
    user = SERVICES[name].get("user", "10001:10001")
    assert (user == "0:0") == (name == "first-run")
    if name == "first-run":
        assert SERVICES[name]["network_mode"] == "none"


@each_service
def test_a_service_says_whether_it_is_well_and_is_started_again(name: str) -> None:
    service = SERVICES[name]
    if name == "first-run":
        assert (service["restart"], service["healthcheck"]) == ("no", {"disable": True})
        return
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"  # no shell
    assert {"interval", "timeout", "start_period", "retries"} <= set(service["healthcheck"])


@each_of_ours
def test_the_health_check_of_a_part_is_its_own(name: str) -> None:
    if name == "first-run":
        return
    program, *arguments = SERVICES[name]["healthcheck"]["test"][1:]
    assert (program, arguments[:2]) == ("/app/.venv/bin/python", ["-m", "bot.run.healthy"])
    assert arguments[2] == name
    assert name in CHECKS


@each_of_ours
def test_the_command_of_a_part_exists(name: str) -> None:
    words = [by_default(word) for word in SERVICES[name]["command"]]
    group = words[:2] if words[0] == "backup" else words[:1]
    done = CliRunner().invoke(main, [*group, "--help"])
    assert done.exit_code == 0, done.output
    for option in (word for word in words if word.startswith("--")):
        assert option in done.output


def test_who_waits_for_whom() -> None:
    def waits(name: str) -> dict[str, str]:
        return {on: how["condition"] for on, how in SERVICES[name].get("depends_on", {}).items()}

    well, done = "service_healthy", "service_completed_successfully"
    assert waits("proxy") == {"gateway": well}
    assert waits("gateway") == {"first-run": done, "postgres": well, "redis": well}
    # The gateway alone may make the keys at the first start, and alone changes the tables.
    assert waits("rasa") == {"gateway": well, "actions": well}
    assert waits("backups") == {"gateway": well}
    assert waits("postgres") == waits("redis") == {"first-run": done}
    for name, service in SERVICES.items():
        for on, how in service.get("depends_on", {}).items():
            is_optional = bool(SERVICES[on].get("profiles")) and not service.get("profiles")
            assert how.get("required", True) != is_optional, (name, on)


def _environment(name: str) -> dict[str, str]:
    return SERVICES[name].get("environment", {})


@each_service
def test_no_secret_stands_in_an_environment(name: str) -> None:
    for key, value in _environment(name).items():
        if re.search(r"PASSWORD|SECRET|KEY|TOKEN|PASS", key):
            assert re.match(r"/run/secrets(/|$)|/keys-copy$", value), key
        assert not re.search(r"://[^/]*:[^/]*@", by_default(value)), key
    assert "PASSWORD" not in (DOCKER / ".env.example").read_text()


@each_service
def test_every_setting_of_ours_exists(name: str) -> None:
    told = {key for key in _environment(name) if key.startswith("BALLAST_")} - {"BALLAST_DOMAIN"}
    names = {key.removeprefix("BALLAST_").lower() for key in told}
    assert names - BESIDE_SETTINGS <= set(Settings.model_fields)


def test_the_settings_are_taken_as_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALLAST_DOMAIN", "ballast.clinic.example")
    for key, value in _environment("gateway").items():
        monkeypatch.setenv(
            key, by_default(value).replace("https://", "https://ballast.clinic.example")
        )
    monkeypatch.delenv("BALLAST_SECRETS")
    settings = Settings()
    assert settings.rasa_url == f"http://rasa:{settings.port + 1}"
    assert settings.actions_url == f"http://actions:{settings.port + 2}"
    assert settings.is_https
    assert settings.master_key_path == Path("/run/secrets/master.key")
    assert settings.database_url.startswith("sqlite+aiosqlite:///")


def test_the_secrets_of_one_reach_nobody_else() -> None:
    seen = {
        name: [
            str(one).split(":")[0] for one in service.get("volumes", ()) if "secrets" in str(one)
        ]
        for name, service in SERVICES.items()
    }
    assert seen["proxy"] == seen["actions"] == []
    assert seen["postgres"] == ["./secrets/postgres"]
    assert seen["redis"] == ["./secrets/redis"]
    for name in ("gateway", "rasa", "backups"):
        assert seen[name] == ["./secrets/house"]
        assert f"{seen[name][0]}:/run/secrets:ro" in SERVICES[name]["volumes"]
    users = {name: SERVICES[name]["user"] for name in ("postgres", "redis", "proxy")}
    assert users["postgres"] == users["redis"] == f"{SERVER_USER}:{SERVER_USER}"
    assert users["proxy"] == f"{BALLAST_USER}:{BALLAST_USER}"


def test_what_others_made_is_named_in_one_place() -> None:
    told = {"proxy": "CADDY_IMAGE", "postgres": "POSTGRES_IMAGE", "redis": "REDIS_IMAGE"}
    for service, name in told.items():
        assert SERVICES[service]["image"] == f"${{{name}:-{images()[name]}}}"
    for name in OURS:
        args = SERVICES[name]["build"]["args"]
        assert args == {"PYTHON_IMAGE": f"${{PYTHON_IMAGE:-{images()['PYTHON_IMAGE']}}}"}


def test_what_is_mounted_from_here_is_here_or_made_or_the_deployers() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = by_default(volume).split(":")[0] if isinstance(volume, str) else ""
            if source.startswith("./"):
                first = source.split("/")[1]
                assert (DOCKER / source).exists() or f"docker/{first}/" in ignored, source
    for name in ("docker/.env", "docker/ballast.env"):
        assert name in ignored


def test_every_volume_and_network_is_declared() -> None:
    named = {
        str(volume).split(":")[0] if isinstance(volume, str) else volume["source"]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
    }
    assert {name for name in named if name[0] not in ".$"} == set(COMPOSE["volumes"])
    used = {name for service in SERVICES.values() for name in service.get("networks", ())}
    assert used == set(COMPOSE["networks"])


def test_nothing_phones_home() -> None:
    # Rasa's telemetry is off in the image, and again by each command that starts Rasa.
    assert not [name for name in SERVICES if "RASA_TELEMETRY_ENABLED" in _environment(name)]
    assert "RASA_TELEMETRY_ENABLED=false" in (DOCKER / "Dockerfile").read_text()
    assert "admin off" in (DOCKER / "Caddyfile").read_text()


def test_several_copies_are_of_what_may_be_copied() -> None:
    scale = compose("compose.scale.yml")["services"]
    copies = {name for name, one in scale.items() if one.get("deploy", {}).get("replicas", 1) > 1}
    assert copies == {"gateway", "rasa", "actions"}
    assert set(scale) <= set(SERVICES)
    # With copies the database and what they lock by are started without being asked for.
    assert scale["postgres"]["profiles"] == scale["redis"]["profiles"] == []
