"""Commands for accounts, with the server running or not: ``parlour account …``."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import click

from .administration import Administrator, administering
from .command_classes import ToolGroup
from .completion import complete_account
from .errors import FAILED, USAGE, fail
from .invitation_tools import INVITATION_COMMANDS
from .operator_commands import (
    JSON,
    NAME_TAKEN,
    done,
    operator_command,
    pages,
    refuse,
)
from .option_types import Memory, NumberType
from .shared_options import SETTINGS
from .tables import Cell, show
from .tool_output import printable

ROLE: Final = click.Choice(["member", "moderator", "admin"])


@click.group(cls=ToolGroup, context_settings=SETTINGS | {"auto_envvar_prefix": None})
def account() -> None:
    """Create and change accounts, whether or not the server is running."""


account_command: Final = partial(operator_command, group=account)
for each in INVITATION_COMMANDS:
    account.add_command(each)

NAME: Final = click.argument("name", shell_complete=complete_account)


@account_command("create", help_="Create an account.")
@click.argument("name")
@click.option(
    "--role",
    type=ROLE,
    default="member",
    show_default=True,
    allow_from_autoenv=False,
    help="What the account may do on the whole server.",
)
def create(*, name: str, role: str, history: Path | Memory | None, port: int) -> None:
    """Create an account called NAME.

    The password is read from the terminal, or from standard input.
    """
    from .new_password import is_typed, read_hash  # noqa: PLC0415

    if is_typed():  # say what is wrong before somebody types a password twice
        _refuse_taken(name, history, port)
    password = read_hash()
    with administering(history, port) as administrator:
        answer = administrator.ask(
            "account-create", name=name, role=role, password=password
        )
        click.echo(printable(f"created the account {done(answer, name)} ({role})"))


@account_command("passwd", help_="Change the password of an account.")
@NAME
def passwd(*, name: str, history: Path | Memory | None, port: int) -> None:
    """Change the password of NAME, revoke its devices and close its sessions.

    The password is read from the terminal, or from standard input.
    """
    from .new_password import is_typed, read_hash  # noqa: PLC0415

    if is_typed():
        with administering(history, port) as administrator:
            _devices(administrator, name)
    password = read_hash()
    with administering(history, port) as administrator:
        answer = administrator.ask("account-password", name=name, password=password)
        click.echo(printable(f"changed the password of {done(answer, name)}"))


@account_command("list", help_="List the accounts.")
@JSON
def list_(*, as_json: bool, history: Path | Memory | None, port: int) -> None:
    """List the accounts: role, time of creation, number of devices.

    While the server is running, the list says who is online.
    """
    from parlour.core.protocol.admin_answers import AccountList  # noqa: PLC0415

    found: list[dict[str, Cell]] = [
        {
            "name": each.name,
            "role": each.role,
            "created": each.created,
            "devices": each.devices,
            "disabled": each.disabled,
            "online": each.online,
        }
        for page in pages("accounts", AccountList, history, port)
        for each in page.accounts
    ]
    show(found, as_json=as_json, if_empty="there are no accounts")


@account_command("enable", help_="Enable an account again.")
@NAME
def enable(*, name: str, history: Path | Memory | None, port: int) -> None:
    """Enable the account NAME, so that its owner can sign in again."""
    with administering(history, port) as administrator:
        answer = administrator.ask("account-enable", name=name, enabled=True)
        click.echo(printable(f"enabled {done(answer, name)}"))


@account_command("disable", help_="Disable an account.")
@NAME
def disable(*, name: str, history: Path | Memory | None, port: int) -> None:
    """Disable the account NAME: its sessions close, and nobody can sign in to it."""
    with administering(history, port) as administrator:
        answer = administrator.ask("account-enable", name=name, enabled=False)
        click.echo(printable(f"disabled {done(answer, name)}"))


@account_command("erase", help_="Erase an account for ever.")
@NAME
@click.option(
    "--yes",
    is_flag=True,
    allow_from_autoenv=False,
    help="Erase without asking.",
)
@click.option(
    "--texts",
    is_flag=True,
    allow_from_autoenv=False,
    help="Also erase the texts of all messages of the account.",
)
def erase(
    *, name: str, yes: bool, texts: bool, history: Path | Memory | None, port: int
) -> None:
    """Erase the account NAME: its password, devices, rooms, roles, mutes and bans.

    Its sessions close, and others can have the name. Nobody owns its rooms then. What
    it said remains, unless --texts is given, and so do earlier acts of the audit log.

    With --texts, the account is disabled, then the texts of its messages are erased,
    in direct conversations as well, and the account is erased last. If that is
    interrupted, repeat the command.
    """
    if not yes:
        _confirm_erasure(name, history, port)
    with administering(history, port) as administrator:
        erased = f" and {_erase_texts(administrator, name)}" if texts else ""
        answer = administrator.ask("account-erase", name=name)
        click.echo(printable(f"erased {done(answer, name)}{erased}"))


@account_command("role", help_="Set the role of an account.")
@NAME
@click.argument("role", type=ROLE, metavar="ROLE")
def role(*, name: str, role: str, history: Path | Memory | None, port: int) -> None:
    """Make NAME a member, moderator or admin of the whole server."""
    with administering(history, port) as administrator:
        answer = administrator.ask("role", name=name, role=role)
        click.echo(printable(f"{done(answer, name)} is now {role}"))


@account_command("devices", help_="List the devices of an account.")
@NAME
@JSON
def devices(
    *, name: str, as_json: bool, history: Path | Memory | None, port: int
) -> None:
    """List the devices of NAME: number, description, when they were added."""
    with administering(history, port) as administrator:
        found = _devices(administrator, name)
    show(found, as_json=as_json, if_empty=f"{name} has no devices")


@account_command("revoke", help_="Revoke a device of an account.")
@NAME
@click.argument("device", type=NumberType(1), metavar="DEVICE")
def revoke(*, name: str, device: int, history: Path | Memory | None, port: int) -> None:
    """Revoke the device of NAME with the number DEVICE, and close its sessions."""
    with administering(history, port) as administrator:
        answer = administrator.ask("account-revoke", name=name, device=device)
        click.echo(printable(f"revoked device {device} of {done(answer, name)}"))


def _devices(administrator: Administrator, name: str) -> Sequence[dict[str, Cell]]:
    from parlour.core.protocol.admin_answers import DeviceList  # noqa: PLC0415

    answer = administrator.ask("account-devices", name=name)
    if not isinstance(answer, DeviceList):
        refuse(name, answer)
    return [
        {
            "number": each.number,
            "label": each.label,
            "added": each.added,
            "online": each.online,
        }
        for each in answer.devices
    ]


def _refuse_taken(name: str, history: Path | Memory | None, port: int) -> None:
    """Exit if there is an account called *name*, or if nobody can have the name."""
    from parlour.core.events import Refused  # noqa: PLC0415
    from parlour.core.names.validation import normalize_name  # noqa: PLC0415
    from parlour.core.protocol.admin_answers import DeviceList  # noqa: PLC0415

    wanted = normalize_name(name)
    if isinstance(wanted, Refused):
        refuse(name, wanted)
    with administering(history, port) as administrator:
        answer = administrator.ask_existing("account-devices", name=wanted)
    if isinstance(answer, DeviceList):
        refuse(name, Refused(NAME_TAKEN, f"there is an account {answer.name}"))


def _confirm_erasure(name: str, history: Path | Memory | None, port: int) -> None:
    """Exit unless somebody at a terminal confirms that the account is erased."""
    with administering(history, port) as administrator:
        _devices(administrator, name)
    if not sys.stdin.isatty():
        fail("without a terminal, use --yes to erase an account", USAGE)
    if not click.confirm(printable(f"erase the account {name} for ever?"), err=True):
        fail("nothing was erased", FAILED)


def _erase_texts(administrator: Administrator, name: str) -> str:
    """Erase the texts of an account, which is disabled; return how many there were."""
    from parlour.core.protocol.admin_answers import ErasedTexts  # noqa: PLC0415

    done(administrator.ask("account-enable", name=name, enabled=False), name)
    count = room = after = 0
    while True:
        answer = administrator.ask(
            "account-erase-texts", name=name, room=room, after=after
        )
        if not isinstance(answer, ErasedTexts):
            refuse(f"{name}: not all texts are erased, repeat this", answer)
        count, room, after = count + answer.erased, answer.room, answer.after
        if not answer.more:
            return f"{count:,} {'text' if count == 1 else 'texts'} of it"
