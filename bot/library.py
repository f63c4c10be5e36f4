"""Read the library: the YAML files under `data/library/` that a clinician can edit.

Each domain package says what its files hold, as frozen dataclasses; this module reads
a file into them and turns whatever is wrong into one sentence that names the place.
Nothing here knows what a theme or a step is.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from string import Formatter
from typing import TypeVar

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

T = TypeVar("T")

LIBRARY = Path(__file__).resolve().parent.parent / "data" / "library"

# Put into a dataclass as `__pydantic_config__ = STRICT`: a misspelt key is an error,
# not a sentence that silently never appears.
STRICT = ConfigDict(extra="forbid", str_strip_whitespace=True, str_min_length=1)

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]


class LibraryError(Exception):
    """A library file is missing or not what it should be; the message names the place."""


def read(path: Path, kind: type[T]) -> T:
    """Give the content of a library file as `kind`.

    `kind` is a frozen dataclass, or a list or dict of them; every value is checked
    against its annotations. Raises `LibraryError` with the file, the place in it and
    what was expected.
    """
    try:
        raw = yaml.load(path.read_bytes(), Loader=SafeLoader)
    except FileNotFoundError:
        raise LibraryError(f"{_shown(path)}: the file is missing.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise LibraryError(f"{_shown(path)}:{where} {problem}.") from None
    try:
        return TypeAdapter(kind).validate_python(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = " > ".join(str(part) for part in first["loc"]) or "the whole file"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise LibraryError(f"{_shown(path)}: at {place}: {first['msg']}{more}.") from None


def check_placeholders(text: str, allowed: Collection[str], place: str) -> None:
    """Refuse a text with a placeholder that nothing will fill; `place` says where it stands."""
    try:
        found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        raise LibraryError(f"{place}: a curly bracket stands alone.") from None
    if strange := found - set(allowed):
        raise LibraryError(f"{place}: nothing fills {{{min(strange)}}}.")


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(LIBRARY.parent.parent))
    except ValueError:
        return str(path)
