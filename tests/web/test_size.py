"""What opening a conversation loads stays small, and this fails when it does not."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from bot.web.minified import minified
from bot.web.packed import BUILT
from tests.gateway import Gateway
from tests.web.loaded import (
    SCRIPTS,
    load,
    needed_later,
    opening_a_conversation,
    part,
    the_script,
)

MOST_BYTES = 25 * 1024
# Before anybody presses the button on a page of somebody else's.
MOST_BYTES_OF_THE_SCRIPT = 4 * 1024


async def test_all_that_opening_a_conversation_loads_is_at_most_25_kilobytes(
    standing: Gateway,
) -> None:
    loaded = await opening_a_conversation(standing)
    for one in sorted(loaded, key=lambda one: -one.sent):
        print(f"{one.sent:6} {one.path}")
    for name, brought in needed_later().items():
        later = await load(standing, *(f"/static/{one}" for one in brought))
        print(f"{sum(one.sent for one in later):6} later: {name} ({', '.join(brought)})")
    whole = sum(one.sent for one in loaded)
    print(f"{whole:6} of {MOST_BYTES}")
    sys.stdout.flush()
    kinds = [Path(one.path).suffix for one in loaded]
    # The document, a style sheet, the sentences, the first script and the modules.
    assert (kinds.count(""), kinds.count(".css")) == (1, 1)
    assert kinds.count(".js") > 3
    assert whole <= MOST_BYTES


async def test_what_is_seldom_needed_is_loaded_when_it_is(standing: Gateway) -> None:
    later = needed_later()
    assert {part("list"), part("summary"), part("noticing")} <= set(later)
    # Whom to call is there without the network: it is loaded with the page.
    assert "/api/contacts" in (BUILT / "chat.js").read_text(encoding="utf-8")


async def test_the_script_on_another_page_is_small(standing: Gateway) -> None:
    [script] = await the_script(standing)
    assert script.sent <= MOST_BYTES_OF_THE_SCRIPT


def test_the_bundles_are_made_of_the_scripts_as_they_stand() -> None:
    lines = (BUILT / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    scripts = [*SCRIPTS.glob("*.js"), SCRIPTS / "package-lock.json"]
    assert set(sums) == {f"./{path.name}" for path in scripts} | {
        f"../built/{path.name}" for path in BUILT.glob("*.js")
    }
    changed = [
        name
        for name, digest in sums.items()
        if hashlib.sha256((SCRIPTS / name).read_bytes()).hexdigest() != digest
    ]
    assert not changed, "run `make scripts`"


def test_a_script_that_the_minifier_would_break_is_served_as_it_is() -> None:
    script = 'const isWeb = (link) => /^https?:\\/\\//.test(link);\n// why\nconst other = "x";\n'
    assert minified("one.js", script) == script
    nested = "const said = `${when ? `${name} said so` : 0}`;\n// why\n"
    assert minified("one.js", nested) == nested
    assert "why" not in minified("one.js", script.replace("/^", "(/^").replace("//.", "//).", 1))
