"""What opening a conversation loads stays small, and this fails when it does not."""

from __future__ import annotations

import sys

from bot.web.minified import minified
from bot.web.packed import STATIC
from tests.gateway import Gateway
from tests.web.loaded import load, needed_later, opening_a_conversation, the_script

MOST_BYTES = 25 * 1024
# The document and its styles, which other pages share and a browser keeps.
MOST_BYTES_OF_THE_LOOK = 8 * 1024
# Before anybody presses the button on a page of somebody else's.
MOST_BYTES_OF_THE_SCRIPT = 4 * 1024


async def test_what_has_to_run_before_one_can_write_is_at_most_25_kilobytes(
    standing: Gateway,
) -> None:
    loaded = await opening_a_conversation(standing)
    for one in sorted(loaded, key=lambda one: -one.sent):
        print(f"{one.sent:6} {one.path}")
    for name, brought in needed_later().items():
        later = await load(standing, *(f"/static/{one}" for one in brought))
        print(f"{sum(one.sent for one in later):6} later: {name} ({', '.join(brought)})")
    scripts = sum(one.sent for one in loaded if one.path.endswith(".js"))
    look = sum(one.sent for one in loaded if not one.path.endswith(".js"))
    print(f"{scripts:6} of {MOST_BYTES} scripts, {look:6} of {MOST_BYTES_OF_THE_LOOK} look")
    sys.stdout.flush()
    assert len(loaded) > 15
    assert scripts <= MOST_BYTES
    assert look <= MOST_BYTES_OF_THE_LOOK


async def test_what_is_seldom_needed_is_loaded_when_it_is(standing: Gateway) -> None:
    later = needed_later()
    assert {"list.js", "summary.js"} <= set(later)
    brought = {name for names in later.values() for name in names}
    assert {"consents.js", "receipts.js", "leaving.js", "sharing.js", "share_dialog.js"} <= brought
    # Whom to call is there without the network: it is loaded with the page.
    assert "people.js" not in brought


async def test_the_script_on_another_page_is_small(standing: Gateway) -> None:
    [script] = await the_script(standing)
    assert script.sent <= MOST_BYTES_OF_THE_SCRIPT


def test_every_script_is_made_small() -> None:
    # Else see `bot/web/minified.py`: brackets around a regular expression help.
    as_written = [
        path.name
        for path in STATIC.glob("*.js")
        if (text := path.read_text(encoding="utf-8")) == minified(path.name, text)
    ]
    assert not as_written


def test_a_script_that_the_minifier_would_break_is_served_as_it_is() -> None:
    script = 'const isWeb = (link) => /^https?:\\/\\//.test(link);\n// why\nconst other = "x";\n'
    assert minified("one.js", script) == script
    nested = "const said = `${when ? `${name} said so` : 0}`;\n// why\n"
    assert minified("one.js", nested) == nested
    assert "why" not in minified("one.js", script.replace("/^", "(/^").replace("//.", "//).", 1))
