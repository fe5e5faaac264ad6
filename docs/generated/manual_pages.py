"""The manual pages, from the commands, their options, and the table of settings."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

import parlour
from parlour import cli
from parlour.cli.settings.setting import Applied, Setting
from parlour.cli.settings.table import SETTINGS_BY_GROUP, TABLE
from parlour.cli.settings.toml_value import toml_value

from . import roff

REFERENCE: Final = Path(__file__).parents[1] / "reference" / "cli.md"

APPLIED: Final = {
    Applied.ON_RELOAD: "A reload applies it.",
    Applied.AS_REPLACEMENT: "A reload applies it if it is set before and after.",
    Applied.AT_START: "It is read at the start.",
}

FILE_EXAMPLE: Final = (
    'host = "0.0.0.0"',
    'tls-cert = "chat.example.org.pem"',
    'tls-key = "chat.example.org.key"',
    'max-history = ["50000", "30d"]',
    'guests = "read"',
)


def manual_pages() -> dict[str, Iterator[str]]:
    """Return the lines of each page by the name of its file."""
    return {
        "parlour.1": parlour_page(),
        "parlour-serve.1": serve_page(),
        "parlour.toml.5": file_page(),
    }


def parlour_page() -> Iterator[str]:
    """Yield the lines of the page of all commands but the server."""
    yield from _title("parlour", 1, "a group chat: client, server and tools")
    yield roff.section("Synopsis")
    for usage in ("[OPTIONS] SERVER PORT", "COMMAND [OPTIONS] [ARGUMENT]..."):
        yield rf"\fBparlour\fR {roff.escaped(usage)}"
        yield ".br"
    yield roff.section("Description")
    yield from roff.paragraphs(cli.main.help or "")
    yield from roff.paragraphs(
        "Each option of `parlour serve` and `parlour connect` can also be set by an "
        "environment variable, as far as its description names one."
    )
    yield roff.section("Commands")
    for path, command in _commands(cli.main, "parlour"):
        yield from _command(path, command)
    yield from _exit_codes("Client")
    yield from _files(HISTORY, KEYS, KNOWN_HOSTS)
    yield from roff.see_also(("parlour-serve", 1), ("parlour.toml", 5))


def serve_page() -> Iterator[str]:
    """Yield the lines of the page of the server."""
    yield from _title("parlour-serve", 1, "serve a group chat")
    yield roff.section("Synopsis")
    yield rf"\fBparlour serve\fR {roff.escaped('[OPTIONS]')}"
    yield roff.section("Description")
    yield from roff.paragraphs(cli.server.help or "")
    yield from roff.paragraphs(
        "Each setting is an option, an environment variable and a key in a file: an "
        "option takes precedence over the variable, the variable over the file, and "
        "the file over the default."
    )
    for group, settings in SETTINGS_BY_GROUP.items():
        yield roff.section(f"Options: {group}")
        for setting in settings:
            yield from _setting_option(setting)
    yield roff.section("Other options")
    names = {each.parameter for each in TABLE}
    yield from _options(cli.server, leave_out=names)
    yield roff.section("Signals")
    yield from _table("Signal", "Server")
    yield from _exit_codes("Server")
    yield from _files(HISTORY, ADMIN_SOCKET)
    yield from roff.see_also(("parlour", 1), ("parlour.toml", 5))


def file_page() -> Iterator[str]:
    """Yield the lines of the page of the file with settings."""
    yield from _title("parlour.toml", 5, "settings of a Parlour server")
    yield roff.section("Description")
    yield from roff.paragraphs(
        "`parlour serve --config FILE` reads its settings from FILE, which is TOML "
        "without tables. Each key is the name of an option of `parlour serve` without "
        "its hyphens at the front. Options and environment variables take precedence."
    )
    yield from roff.paragraphs(
        "`on` and `off` may be `true` and `false`, and a relative path is relative to "
        "the directory of the file. Numbers have no quotation marks, and other values "
        "have them. An unknown key, or a value that its setting does not allow, "
        "ends the server with exit code 78, and with a line for each error. "
        "`parlour config check FILE` finds the same errors, and `parlour config show "
        "--default` prints a file with all settings as comments."
    )
    yield from roff.paragraphs(
        "The server reads the file again when it receives `SIGHUP`. If anything in it "
        "is wrong, nothing changes, and the log says what."
    )
    for group, settings in SETTINGS_BY_GROUP.items():
        yield roff.section(group)
        for setting in settings:
            yield from _setting_key(setting)
    yield roff.section("Examples")
    yield from roff.example(FILE_EXAMPLE)
    yield from roff.see_also(("parlour", 1), ("parlour-serve", 1))


def _title(name: str, number: int, meaning: str) -> Iterator[str]:
    yield r".\" Made from the commands and settings of Parlour by `make generated`."
    yield roff.heading(name, number, parlour.__version__)
    yield roff.section("Name")
    yield rf"{roff.escaped(name)} \- {roff.escaped(meaning)}"


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield each command of *group* but the server, and those of groups in it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        elif command is not cli.server:
            yield f"{path} {name}", command


def _command(path: str, command: click.Command) -> Iterator[str]:
    yield roff.subsection(path)
    pieces = " ".join(command.collect_usage_pieces(click.Context(command)))
    yield rf"{roff.bold(path)} {roff.escaped(pieces)}"
    yield from roff.paragraphs(command.help or "")
    is_config = path == "parlour config show"
    names = {each.parameter for each in TABLE} if is_config else set[str]()
    yield from _options(command, leave_out={*names, "help", "version"})
    if is_config:
        yield from roff.paragraphs("All settings of `parlour serve` are options, too.")


def _options(command: click.Command, leave_out: set[str]) -> Iterator[str]:
    """Yield the options of *command* but those in *leave_out*."""
    prefix = command.context_settings.get("auto_envvar_prefix")
    ctx = click.Context(command, info_name="parlour", auto_envvar_prefix=prefix)
    for each in command.get_params(ctx):
        if not isinstance(each, click.Option) or each.name in leave_out:
            continue
        record = each.get_help_record(ctx)
        assert record is not None, "no option is hidden"
        names, text = record
        rest = [roff.marked(" ".join(text.split()))]
        if each.allow_from_autoenv and prefix is not None and each.name != "help":
            rest.append(f"Environment: {roff.bold(f'{prefix}_{each.name.upper()}')}")
        yield from roff.tagged(_tag(names), *rest)


def _tag(names: str) -> str:
    """Return the *names* of an option in bold, and its value in italics."""
    return re.sub(
        r"(--?[a-z-]+)|([^\s,/]+)|(.)",
        lambda found: (
            roff.bold(found[1])
            if found[1]
            else roff.italic(found[2])
            if found[2]
            else found[3]
        ),
        names,
    )


def _setting_option(setting: Setting) -> Iterator[str]:
    record = setting.click_option().get_help_record(click.Context(cli.server))
    assert record is not None, "no setting is hidden"
    names, text = record
    description = f"{' '.join(text.split())} {_details(setting)}".strip()
    variable = f"Environment: {roff.bold(setting.variable)}"
    yield from roff.tagged(_tag(names), roff.marked(description), variable)


def _setting_key(setting: Setting) -> Iterator[str]:
    value = setting.example if setting.default is None else setting.default
    tag = rf"{roff.bold(setting.name)} = {roff.italic(toml_value(value))}"
    default = "The value shown is the default."
    if setting.default is None:
        default = f"Default: {setting.derived or 'none'}."
    text = f"{setting.help} {_details(setting)}".strip()
    note = roff.marked(f"{default} {APPLIED[setting.applied]}")
    yield from roff.tagged(tag, roff.marked(text), note)


def _details(setting: Setting) -> str:
    """Return the details of *setting* without sentences that lead to other pages."""
    text = re.sub(r" \(\[[^]]*\]\([^)]*\)\)", "", setting.details)
    sentences = re.split(r"(?<=\.) ", text)
    return " ".join(each for each in sentences if "](" not in each)


def _exit_codes(program: str) -> Iterator[str]:
    yield roff.section("Exit status")
    yield from _table("Exit code", program)


def _table(column: str, program: str) -> Iterator[str]:
    """Yield the rows of a table of the reference: the one of *program*."""
    text = REFERENCE.read_text("utf-8")
    part = re.split(rf"^## {program}\b.*$", text, maxsplit=1, flags=re.MULTILINE)[1]
    part = re.split(r"^## ", part, maxsplit=1, flags=re.MULTILINE)[0]
    found = re.search(rf"^\| {column} \|.*\n\|.*\n((?:\|.*\n)+)", part, re.MULTILINE)
    assert found is not None, "the reference has this table"
    for row in found[1].splitlines():
        term, meaning = (cell.strip() for cell in row.strip("|").split(" | "))
        yield from roff.tagged(roff.marked(term), roff.marked(meaning))


HISTORY: Final = (
    "$XDG_STATE_HOME/parlour/history-PORT.db",
    (
        "The history of a server without `--history`. Without the variable it is in "
        "`~/.local/state/parlour`."
    ),
)
KEYS: Final = (
    "$XDG_STATE_HOME/parlour/keys.json",
    "The keys with which the client signs in to accounts.",
)
KNOWN_HOSTS: Final = (
    "$XDG_STATE_HOME/parlour/known_hosts",
    "The fingerprints of servers that the user of the client trusts.",
)
ADMIN_SOCKET: Final = (
    "$XDG_STATE_HOME/parlour/history-PORT.db.admin",
    "The socket on which the server takes orders from its operator.",
)


def _files(*files: tuple[str, str]) -> Iterator[str]:
    yield roff.section("Files")
    for path, meaning in files:
        yield from roff.tagged(roff.escaped(path), roff.marked(meaning))
