"""The library is read once for many gateways: it is not what is tried here, and takes seconds."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot import app

_READERS = (
    "read_wording",
    "read_notices",
    "read_taxonomy",
    "read_steps",
    "load_signs",
    "load_responses",
    "load_contacts",
    "read_groundings",
)


@contextmanager
def library_read_once() -> Iterator[None]:
    """Let gateways that are opened in the block share what was read; nothing changes it."""
    with pytest.MonkeyPatch.context() as patched:
        for name in _READERS:
            patched.setattr(app, name, functools.cache(getattr(app, name)))
        yield
