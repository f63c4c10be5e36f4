"""The command `ballast`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click
from rich.console import Console

from bot.settings import Settings
from bot.terminal import keeping_commands, process_commands
from bot.terminal.sentences import sentences


class _AccountCommands(click.Group):
    """The commands of `ballast accounts`, imported once they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of the commands."""
        return self._loaded().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give one command, or None."""
        return self._loaded().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what goes wrong is a sentence."""
        with sentences():
            return super().invoke(ctx)

    @staticmethod
    def _loaded() -> click.Group:
        from bot.terminal.account_commands import accounts

        return accounts


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ballast")
def main() -> None:
    """Ballast: reflective supervision in a chat, on your own machine."""


@main.command()
@click.option("--train/--no-train", default=True, help="Train first when the data has changed.")
def run(*, train: bool) -> None:
    """Start everything, print where it is, and watch it until Ctrl-C."""
    from bot.run.dumps import leave_no_dumps
    from bot.run.house import run_house

    leave_no_dumps()
    with sentences():
        asyncio.run(run_house(Settings(), Console(), may_train=train))


@main.command()
@click.option("--force", is_flag=True, help="Train even when nothing has changed.")
def train(*, force: bool) -> None:
    """Train the model if data/, config.yml or domain.yml has changed."""
    from bot.run.training import train_if_needed

    console = Console()
    with sentences():
        if not train_if_needed(Settings(), console, force=force):
            console.print("The model is up to date.")


@main.command()
def serve() -> None:
    """Run the gateway alone, in front of a Rasa that somebody else keeps running."""
    from bot.app import make_app, set_up_logs
    from bot.run.dumps import leave_no_dumps
    from bot.web.server import serve as serve_until_told

    leave_no_dumps()
    set_up_logs()
    with sentences():
        settings = Settings()
        asyncio.run(serve_until_told(make_app(settings), settings.host, settings.port))


@main.command()
def openapi() -> None:
    """Print the OpenAPI document, as docs/openapi.json keeps it."""
    from bot.web.document import as_text
    from bot.web.routes import doors

    click.echo(as_text(doors()), nl=False)


@main.command()
@click.argument("who", type=click.Choice(["therapist", "supervisor"]))
def link(who: str) -> None:
    """Print a new one-time sign-in link for a demonstration account.

    For anybody else: `ballast accounts link NAME`.
    """
    from bot.terminal.links import demonstration_link

    with sentences():
        click.echo(asyncio.run(demonstration_link(Settings(), who)))


@main.command()
@click.option("--diet/--no-diet", default=True, help="Compare with DIET, in its own environment.")
def evaluate(*, diet: bool) -> None:
    """Measure how well the trained model hears: a table, var/eval.json and docs/quality/."""
    from bot.evaluation.run import evaluate as measure

    console = Console()
    with sentences():
        console.print(f"The figures are in {measure(Settings(), console, with_diet=diet)}.")


@main.command()
@click.option("--url", help="Address of the gateway; the one of `make run` when left out.")
@click.option("--link", "sign_in_link", help="A one-time sign-in link, for a gateway elsewhere.")
@click.option("--short", is_flag=True, help="Take the short path.")
@click.option("--resume", is_flag=True, help="Go on with the reflection left last.")
@click.option("--json", "as_json", is_flag=True, help="A message a line in, an object a turn out.")
def chat(
    *, url: str | None, sign_in_link: str | None, short: bool, resume: bool, as_json: bool
) -> None:
    """Hold a reflection in the terminal."""
    from bot.terminal.chat import hold

    with sentences():
        asyncio.run(
            hold(Settings(), url, sign_in_link, short=short, resume=resume, as_json=as_json)
        )


@main.command()
def analyse() -> None:
    """Read {"id", "text"} a line and print what the assistant would hear in it."""
    from bot.terminal.analyse import analyse_lines

    with sentences():
        # Half a character in an id is written as JSON escapes it, not refused.
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        if not analyse_lines(Settings(), sys.stdin.buffer, sys.stdout):
            sys.exit(1)


@main.group()
def corrections() -> None:
    """Bring back what therapists said of the themes heard."""


@corrections.command()
@click.option("--to", "place", type=click.Path(dir_okay=False), help="A file; var/corrections.yml.")
def export(*, place: str | None) -> None:
    """Write verdicts, masked and with their authors' consent, as candidate examples."""
    from bot.terminal.corrections import export_corrections

    with sentences():
        count, written = asyncio.run(export_corrections(Settings(), place))
        click.echo(f"{count} candidate sentences in {written}.")


@main.group()
def keys() -> None:
    """Change the master key, and check the keys of reflections."""


@keys.command()
@click.option(
    "--to",
    "new_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the new master key: `openssl rand -base64 32 > new.key`.",
)
def rotate(*, new_file: Path) -> None:
    """Wrap every key with a new master key, while Ballast is stopped. Run again if stopped."""
    from bot.terminal.keys import rotate_keys

    with sentences():
        rotate_keys(Settings(), new_file, Console())


@keys.command()
def check() -> None:
    """See whether every reflection has a key that opens."""
    from bot.terminal.keys import check_keys

    with sentences():
        if not asyncio.run(check_keys(Settings(), Console())):
            sys.exit(1)


@main.group()
def slack() -> None:
    """See to the app on the team's own Slack."""


@slack.command("check")
def check_slack() -> None:
    """Say what the app on Slack has and what is missing; never a token."""
    from bot.terminal.slack import check_app

    with sentences():
        if not asyncio.run(check_app(Settings(), Console())):
            sys.exit(1)


@main.group(cls=_AccountCommands)
def accounts() -> None:
    """Add people, close accounts, make links, set teams and supervision."""


@keys.command("backup")
@click.argument("to", type=click.Path(file_okay=False, path_type=Path))
def back_up(*, to: Path) -> None:
    """Make TO the one copy of the keys, instead of the one before. Keep it apart from backups."""
    from bot.terminal.backups import back_up_keys

    with sentences():
        back_up_keys(Settings(), to, Console())
        click.echo(f"The copy of the keys is in {to}. What was erased is in it no more.")


for command in (*keeping_commands.COMMANDS, *process_commands.COMMANDS):
    main.add_command(command)


if __name__ == "__main__":
    main()
