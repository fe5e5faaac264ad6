"""Commands about the process of a running server: ``parlour admin …``."""

import os
from pathlib import Path
from typing import get_args

import click

from parlour.core.log_level import LogLevel

from .administration import administering
from .errors import BAD_CONFIGURATION, fail
from .history_tools import FILE
from .operator_commands import JSON, act, done, operator_command, pages, refuse
from .option_types import Memory
from .tables import Cell, show
from .tool_output import printable


@operator_command("users", help_="List who is online.")
@JSON
def users(*, as_json: bool, history: Path | Memory | None, port: int) -> None:
    """List who is online: session, name, address, rooms, since when, and seconds idle.

    A user is idle since the last line that was not a heartbeat.
    """
    from parlour.core.protocol.process_answers import UserFactsList  # noqa: PLC0415

    found: list[dict[str, Cell]] = [
        {
            "session": each.session,
            "name": each.name,
            "account": each.account,
            "address": each.address,
            "kind": each.kind,
            "rooms": " ".join(each.rooms)
            + (f" and {each.more_rooms} more" if each.more_rooms else ""),
            "since": each.since,
            "idle": each.idle,
        }
        for page in pages("users", UserFactsList, history, port)
        for each in page.users
    ]
    show(found, as_json=as_json, if_empty="nobody is online")


@operator_command("rooms", help_="List the open rooms.")
@JSON
def rooms(*, as_json: bool, history: Path | Memory | None, port: int) -> None:
    """List the open rooms: members, messages, owner and settings. Not direct rooms."""
    from parlour.core.protocol.process_answers import RoomFactsList  # noqa: PLC0415

    found: list[dict[str, Cell]] = [
        {
            "room": each.room,
            "members": each.members,
            "messages": each.messages,
            "owner": each.owner,
            "private": each.private,
            "locked": each.locked,
            "slow": each.slow or None,
        }
        for page in pages("rooms", RoomFactsList, history, port)
        for each in page.rooms
    ]
    show(found, as_json=as_json, if_empty="no room is open")


@operator_command("reload", help_="Reload the settings.")
def reload(*, history: Path | Memory | None, port: int) -> None:
    """Reload the settings, as SIGHUP does, and say what has changed.

    If they have errors, nothing changes, and the exit code is 78.
    """
    from parlour.core.protocol.process_answers import Reloaded  # noqa: PLC0415

    with administering(history, port) as administrator:
        answer = administrator.ask("reload")
        if not isinstance(answer, Reloaded):
            refuse("", answer)
    if answer.problems:
        fail("\n".join(map(printable, answer.problems)), BAD_CONFIGURATION)
    changed, pending = " ".join(answer.changed), " ".join(answer.needs_restart)
    click.echo(f"changed: {changed or 'nothing'}")
    if pending:
        click.echo(f"needs a restart: {pending}")


@operator_command("drain", help_="Shut the server down.")
def drain(*, history: Path | Memory | None, port: int) -> None:
    """Shut the server down, as SIGTERM does: clients return when it runs again."""
    from parlour.core.protocol.process_answers import Draining  # noqa: PLC0415

    with administering(history, port) as administrator:
        answer = administrator.ask("drain")
        if not isinstance(answer, Draining):
            refuse("", answer)
    seconds = f"{answer.seconds:g}"
    click.echo(
        f"the server shuts down, and waits at most {seconds} seconds for clients"
    )


@operator_command("backup", help_="Have the server copy its history.")
@click.argument("file", type=FILE)
def backup(*, file: Path, history: Path | Memory | None, port: int) -> None:
    """Have the server copy its history to FILE, which must not exist.

    The server writes FILE, as its own user, on its machine.
    """
    path = os.path.abspath(file)  # noqa: PTH100 -- links stay
    with administering(history, port) as administrator:
        done(administrator.ask("backup", file=path), "")
    click.echo(printable(f"copied the history to {path}"))


@operator_command("stats", help_="Show the totals of the server.")
@JSON
def stats(*, as_json: bool, history: Path | Memory | None, port: int) -> None:
    """Show how many users and rooms there are, and totals since the start."""
    from parlour.core.protocol.process_answers import Stats  # noqa: PLC0415

    with administering(history, port) as administrator:
        answer = administrator.ask("stats")
        if not isinstance(answer, Stats):
            refuse("", answer)
    if as_json:
        show([dict(answer.stats)], as_json=True, if_empty="")
        return
    rows: list[dict[str, Cell]] = [
        {"name": name, "value": f"{value:,}" if not isinstance(value, str) else value}
        for name, value in answer.stats.items()
    ]
    show(rows, as_json=False, if_empty="")


@operator_command("log-level", help_="Log more, or less.")
@click.argument("level", type=click.Choice(get_args(LogLevel)), metavar="LEVEL")
def log_level(*, level: str, history: Path | Memory | None, port: int) -> None:
    """Log events of LEVEL and above, until the next reload or restart.

    LEVEL is debug, info, warning or error.
    """
    act("log-level", f"logs {level} and above", {"level": level}, history, port)


PROCESS_COMMANDS = (users, rooms, reload, drain, backup, stats, log_level)
