"""The commands of an administrator: hold, retention, erasures, backup, restore, audit."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
from rich.console import Console

from bot.settings import Settings
from bot.terminal.process_commands import backup_service
from bot.terminal.sentences import sentences

_Folder = click.Path(file_okay=False, path_type=Path)


class _FirstWord(click.Group):
    """A group whose first word may also be what its own command, `default`, is given."""

    default = ""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Hand on to the default what is no command."""
        if args and args[0] not in self.commands:
            return self.default, self.commands[self.default], args
        return super().resolve_command(ctx, args)


class _Hold(_FirstWord):
    default = "place"


class _Backup(_FirstWord):
    default = "make"


@click.group(cls=_Hold)
def hold() -> None:
    """Keep a reflection, or all of a therapist's, from being erased: `hold ID --reason WHY`."""


@hold.command("place")
@click.argument("held_id", metavar="ID")
@click.option("--reason", required=True, help="Why: a file number, a law. Therapists do not see it")
def hold_place(*, held_id: str, reason: str) -> None:
    """Hold the reflection or therapist with this id."""
    from bot.conversation.holds import LONGEST_REASON
    from bot.terminal.keeping import place_hold

    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise click.ClickException(f"A reason has between 1 and {LONGEST_REASON} characters.")
    with sentences():
        asyncio.run(place_hold(Settings(), held_id, reason.strip(), Console()))


@hold.command("release")
@click.argument("held_id", metavar="ID")
def hold_release(*, held_id: str) -> None:
    """Release what is held under this id."""
    from bot.terminal.keeping import release_hold

    with sentences():
        asyncio.run(release_hold(Settings(), held_id, Console()))


@hold.command("list")
def hold_list() -> None:
    """Print every hold that stands."""
    from bot.terminal.keeping import list_holds

    with sentences():
        asyncio.run(list_holds(Settings(), Console()))


@click.group()
def retention() -> None:
    """Erase what has been kept for as long as the rule says."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only print what would be erased.")
def retention_run(*, dry_run: bool) -> None:
    """Do now what a running Ballast does once a day."""
    from bot.terminal.keeping import retain

    with sentences():
        asyncio.run(retain(Settings(), Console(), dry_run=dry_run))


@click.command()
def erasures() -> None:
    """Print the receipts of what was erased, with a line for each store."""
    from bot.terminal.keeping import list_erasures

    with sentences():
        asyncio.run(list_erasures(Settings(), Console()))


@click.group(cls=_Backup)
def backup() -> None:
    """Copy the databases into a new folder while Ballast runs: `backup FOLDER`. No keys."""


@backup.command("make")
@click.argument("to", type=_Folder)
def backup_make(*, to: Path) -> None:
    """Copy the databases into the new folder TO."""
    from bot.terminal.backups import back_up

    console = Console()
    with sentences():
        manifest = asyncio.run(back_up(Settings(), to, console))
        size = sum(size for _, size in manifest.files.values())
        said = f"{len(manifest.files)} files, {size:,} bytes in {to}. No keys are in it."
        console.print(said, soft_wrap=True, highlight=False)


backup.add_command(backup_service)


@backup.command("verify")
@click.argument("folder", metavar="FROM", type=_Folder)
def backup_verify(*, folder: Path) -> None:
    """See whether a backup is whole and can be put back."""
    from bot.terminal.backups import verify

    console = Console()
    with sentences():
        manifest = verify(Settings(), folder, console)
        said = f"The backup of {manifest.made_at} is whole: {len(manifest.files)} files."
        console.print(said, soft_wrap=True, highlight=False)


@click.command()
@click.argument("folder", metavar="FROM", type=_Folder)
@click.option("--yes", is_flag=True, help="Sweep what has no key without asking.")
def restore(*, folder: Path, yes: bool) -> None:
    """Put a backup back, while Ballast is stopped. What was erased since stays erased."""
    from bot.terminal.backups import restore as put_back

    def confirm(count: int) -> bool:
        return yes or click.confirm(
            f"{count} reflections in the backup have no key: they were erased since, or the folder "
            "of keys is not the newest. They would be removed for good. Go on?"
        )

    console = Console()
    with sentences():
        found = put_back(Settings(), folder, console, confirm)
        console.print(
            f"Put back. {found.swept} reflections that were erased since were swept. Everybody has "
            "to sign in again, and what was shared or consented to has to be said again.",
            soft_wrap=True,
        )


@click.command("migrate-to")
@click.argument("address")
def migrate_to(*, address: str) -> None:
    """Move everything from SQLite to the empty PostgreSQL at ADDRESS, while Ballast is stopped.

    ADDRESS is like postgresql://USER@HOST/NAME; a password may stand in PGPASSWORD or a file that
    PGPASSFILE names. Run it again if it was stopped.
    """
    from bot.terminal.moving import migrate_to as move_all

    with sentences():
        move_all(Settings(), address, Console())


@click.group()
def audit() -> None:
    """Read the audit, and see whether anybody changed it."""


@audit.command("list")
def audit_list() -> None:
    """Print every entry as a line."""
    from bot.terminal.audits import list_entries

    with sentences():
        asyncio.run(list_entries(Settings(), Console()))


@audit.command("head")
def audit_head() -> None:
    """Print the head, to be kept where nobody who may write the database can write."""
    from bot.terminal.audits import head

    with sentences():
        click.echo(asyncio.run(head(Settings())))


@audit.command("verify")
@click.option(
    "--head",
    "saved",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A head that was saved before: shows whether the end was cut off.",
)
def audit_verify(*, saved: Path | None) -> None:
    """Find an edit, a removal, another order and, against a saved head, a cut tail."""
    from bot.terminal.audits import verify

    with sentences():
        asyncio.run(verify(Settings(), saved, Console()))


COMMANDS = (hold, retention, erasures, backup, restore, migrate_to, audit)
