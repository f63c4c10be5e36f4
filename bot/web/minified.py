"""Makes scripts and styles small, in a process of its own: `python -m bot.web.minified`.

The minifier brings a whole runtime of its own (Go's), which has no business in the gateway.
It reads an object of texts by file name from its input and writes the same with small texts.
Where there is no minifier the texts stay as they are: larger, and the same to a browser.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

_TYPES = {".js": "application/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_LONGEST_SECONDS = 60


def minified(texts: Mapping[str, str]) -> dict[str, str]:
    """Give texts by name, each made small. Raises `CalledProcessError` for one that is broken."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.web.minified"],
        input=json.dumps(texts).encode(),
        stdout=subprocess.PIPE,
        timeout=_LONGEST_SECONDS,
        check=True,
    )
    small: dict[str, str] = json.loads(done.stdout)
    return small


def main() -> None:
    """Make small what comes in."""
    texts: dict[str, str] = json.load(sys.stdin)
    try:
        import minify  # noqa: PLC0415 - see above: not in every process, and not on every machine
    except ImportError:
        small = texts
    else:
        small = {name: minify.string(_type(name), text) for name, text in texts.items()}
    json.dump(small, sys.stdout)


def _type(name: str) -> str:
    return _TYPES[name[name.rindex(".") :]]


if __name__ == "__main__":
    main()
