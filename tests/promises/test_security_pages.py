"""The pages on security say what a security officer looks for, and name tests that exist."""

from __future__ import annotations

import re
import tomllib

from bot.settings import ROOT
from bot.web.routes import ROUTES
from tests.promises.test_asvs import test_exists as exists

THREATS = (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
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


def test_every_library_is_in_the_lock_with_its_hash() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    fetched = [package for package in lock["package"] if "registry" in package["source"]]
    assert len(fetched) > 100
    for package in fetched:
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        # TensorFlow is locked out: nothing of it is ever fetched.
        assert files or package["name"].startswith("tensorflow"), package["name"]
        assert all(file["hash"].startswith("sha256:") for file in files), package["name"]
