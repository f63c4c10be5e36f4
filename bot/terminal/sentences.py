"""What may go wrong in a command, as one sentence and an exit status of 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import click
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from bot.library import LibraryError
from bot.privacy.sealing.problems import KeyProblem
from bot.run.problems import CannotRun
from bot.storage.addresses import UnknownDatabase
from bot.storage.backups import BadBackup
from bot.storage.damage import DatabaseDamaged
from bot.storage.database import DatabaseTooNew
from bot.storage.moving import CannotMove
from bot.telemetry.start import NoTraces

# Their messages are sentences for a person.
_SAYING_ALL = (
    CannotRun,
    LibraryError,
    KeyProblem,
    BadBackup,
    CannotMove,
    DatabaseDamaged,
    NoTraces,
    UnknownDatabase,
)


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what may go wrong into a sentence."""
    try:
        yield
    except* _SAYING_ALL as problems:
        raise click.ClickException(str(_first(problems))) from None
    except* ValidationError as problems:
        wrong = cast("ValidationError", _first(problems)).errors()[0]
        name = "BALLAST_" + "_".join(str(part) for part in wrong["loc"]).upper()
        raise click.ClickException(f"The setting {name} cannot be used: {wrong['msg']}.") from None
    except* DatabaseTooNew:
        raise click.ClickException(
            "The database was made by a newer version of Ballast. Use that version, or another "
            "database (BALLAST_DATABASE)."
        ) from None
    except* OperationalError as problems:
        # Its first line alone: it says where, and why not.
        why = str(cast("OperationalError", _first(problems)).orig).partition("\n")[0]
        raise click.ClickException(f"The database cannot be used: {why}") from None
    except* OSError as problems:
        raise click.ClickException(f"The system refused: {_first(problems)}.") from None


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
