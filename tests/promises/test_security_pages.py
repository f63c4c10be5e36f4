"""The pages on security say what a security officer looks for, and name tests that exist."""

from __future__ import annotations

import re
import tomllib

from bot.conversation.accounts import passwords, throttle
from bot.settings import ROOT, Settings
from bot.web.routes import ROUTES
from tests.promises.test_asvs import test_exists as exists

THREATS = (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
SIGN_IN = (ROOT / "docs" / "administrators" / "sign-in.md").read_text(encoding="utf-8")
HEADINGS = (
    "What is worth protecting",
    "Who might",
    "Where they come in",
    "Where trust ends",
    "Who talks to whom",
    "What costs much",
    "Threats",
    "What remains",
)


def test_the_threat_model_has_what_a_reader_looks_for() -> None:
    found = re.findall(r"^## (.+)$", THREATS, re.MULTILINE)
    assert [heading for heading in HEADINGS if heading not in found] == []


def test_every_test_that_the_pages_name_exists() -> None:
    named = re.findall(r"tests/[\w/]+\.py(?:::\w+)?", THREATS + SECURITY)
    assert len(named) > 20
    for node in named:
        assert exists(node) if "::" in node else (ROOT / node).is_file(), node


def test_every_folder_of_routes_is_an_entry_point_that_the_model_knows() -> None:
    for route in ROUTES:
        first = "/" + route.path.split("/")[1]
        assert f"`{first}" in THREATS, f"THREAT_MODEL.md says nothing of {first}"


def test_the_security_page_says_how_soon_a_weakness_is_mended() -> None:
    assert "## How soon" in SECURITY
    assert re.search(r"within \w+ days", SECURITY)


def test_the_security_page_lists_every_key_with_its_algorithm_and_its_life() -> None:
    _, _, table = SECURITY.partition("## Keys and algorithms")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    named = {row[0] for row in rows}
    assert {"master key", "key of a reflection", "key of the installation", "passwords"} <= named
    assert all(cell.strip() for row in rows for cell in row)


def test_the_administrators_page_tells_how_one_signs_in_and_for_how_long() -> None:
    for heading in ("How strong each way is", "Passwords", "How long a sign-in lasts"):
        assert f"## {heading}" in SIGN_IN
    settings = re.findall(r"^\| `BALLAST_(\w+)` \| ([\d.]+) \|", SIGN_IN, re.MULTILINE)
    assert len(settings) == 4
    for name, default in settings:
        assert Settings.model_fields[name.lower()].default == float(default), name
    minutes = int(throttle.LONGEST_WAIT.total_seconds() / 60)
    assert f"from 2 seconds to {minutes} minutes" in SIGN_IN
    assert throttle.wait_after(throttle.FREE_TRIES).total_seconds() == 2
    assert (throttle.FREE_TRIES, passwords.SHORTEST, passwords.LONGEST) == (5, 12, 128)
    for said in (
        "tried five times",
        "Twelve to 128 characters",
        "a sign-in of the last ten minutes",
    ):
        assert said in " ".join(SIGN_IN.split())


def test_every_library_is_in_the_lock_with_its_hash() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    fetched = [package for package in lock["package"] if "registry" in package["source"]]
    assert len(fetched) > 100
    for package in fetched:
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        # TensorFlow is locked out: nothing of it is ever fetched.
        assert files or package["name"].startswith("tensorflow"), package["name"]
        assert all(file["hash"].startswith("sha256:") for file in files), package["name"]


def test_every_event_of_the_log_is_explained_to_administrators() -> None:
    told = (ROOT / "docs" / "administrators" / "logs.md").read_text(encoding="utf-8")
    written = {
        event
        for folder in ("bot", "actions")
        for file in (ROOT / folder).rglob("*.py")
        for event in re.findall(
            r'\blog\.(?:info|warning|error)\(\s*"([\w.]+)"', file.read_text(encoding="utf-8")
        )
    }
    assert len(written) > 10
    assert {event for event in written if f"`{event}`" not in told} == set()
    assert set(re.findall(r"`([a-z_]+\.[a-z_]+)`", told)) == written
