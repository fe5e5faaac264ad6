"""The documentation agrees with the programs: options, codes, commands and limits."""

import ast
import importlib
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from bench.__main__ import options as options_of_bench
from bench.profiles import options as options_of_profiles
from docs.generated.make import made_files
from parlour import cli
from parlour.cli.completion import SHELLS
from parlour.cli.errors import BAD_CONFIGURATION, CANNOT_START, FAILED, USAGE
from parlour.cli.settings.table import TABLE
from parlour.client.exit_status import ExitCode
from parlour.client.terminal.command_table import ALL_COMMANDS
from parlour.core import limits, rate_limit
from parlour.core.limits import Limits
from parlour.core.names.room_names import RESERVED_WORDS, normalize_room_name
from parlour.core.names.validation import normalize_name
from parlour.core.rate_limit import Rate
from parlour.core.roles import Role, role_name
from parlour.core.state.permissions import NEEDED
from parlour.journal.sqlite.errors import REASONS
from parlour.server.config import Bound, Config
from parlour.server.runtime import UNLOGGED
from tests.chaos.__main__ import options as options_of_chaos
from tests.fuzz.__main__ import options as options_of_fuzz
from tests.mutants.__main__ import options as options_of_mutants
from tests.project.pages import (
    CLI,
    LIMITS,
    PAGES,
    PROTOCOL,
    README,
    ROLES,
    ROOT,
    SESSION,
    SETTINGS,
    Row,
    code,
    headings,
    links,
    name_of,
    rows,
    spans,
)
from tests.stress import options as options_of_stress

SRC = ROOT / "src" / "parlour"
PROGRAMS = {"Server": cli.server, "Client": cli.client}
SHIPPED = {"completion", "doctor"}  # commands with a section of their own
GROUPS = {k: v for k, v in cli.main.commands.items() if isinstance(v, click.Group)}
TOOLS = {
    "History": {
        name: command
        for name, command in cli.main.commands.items()
        if name not in {"serve", "connect", "mkcert", *SHIPPED, *GROUPS}
    },
    "Administration": {
        f"{group} {name}": command
        for group, commands in GROUPS.items()
        for name, command in commands.commands.items()
        if group not in {"config", "hosts"}
    },
    "Certificates": {
        "mkcert": cli.main.commands["mkcert"],
        **{f"hosts {name}": each for name, each in GROUPS["hosts"].commands.items()},
    },
}
"""The tools by the section that describes them."""
EACH_TOOL = [(section, name) for section in TOOLS for name in TOOLS[section]]
LATE = {"--style"} | {setting.option for setting in TABLE if setting.derived}
"""Options whose defaults depend on others, or on the machine."""
OPTION = re.compile(r"--[a-z-]+")
FOREIGN = re.compile(r"(podman|docker|pipx|certbot|\S*pip) ")
"""Commands of other programs, whose options are not ours."""
CODE = re.compile(r"[a-z]+(_[a-z0-9]+)*")
each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)

# -- pages ---------------------------------------------------------------------


@each_page
def test_links_lead_to_existing_files(page: Path) -> None:
    local = [link for link in links(page) if "://" not in link]

    broken = [link for link in local if not is_target(page, link)]

    assert not broken


def is_target(page: Path, link: str) -> bool:
    """Return whether the file of *link* exists, and the heading that it names."""
    name, _, heading = link.partition("#")
    file = page.parent / name if name else page
    return file.exists() and (not heading or heading in headings(file))


@each_page
def test_no_page_contains_a_path_of_one_machine(page: Path) -> None:
    text = page.read_text("utf-8")

    assert str(ROOT) not in text
    assert not re.search(r"(?<![\w.])/(home|root|Users|work|tmp|var)/", text)


@each_page
def test_every_option_on_a_page_exists(page: Path) -> None:
    tools = [tool for section in TOOLS.values() for tool in section.values()]
    programs = [*PROGRAMS.values(), *tools]
    programs += GROUPS["config"].commands.values()
    known = {name for program in programs for name in options(program)}
    makers = [
        options_of_bench,
        options_of_chaos,
        options_of_profiles,
        options_of_fuzz,
        options_of_mutants,
        options_of_stress,
    ]
    for program in (make() for make in makers):
        known |= set(OPTION.findall(program.format_help()))
    known |= set(options(cli.main.commands["doctor"]))
    known |= {name for entry in ALL_COMMANDS for name in OPTION.findall(entry.usage)}

    own = [part for part in code(page) if not FOREIGN.match(part)]
    named = {name for part in own for name in OPTION.findall(part)}

    assert named <= known


@each_page
def test_every_make_target_on_a_page_exists(page: Path) -> None:
    known = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)

    named = {word for part in code(page) for word in re.findall(r"^make (\S+)", part)}

    assert named <= set(known)


@pytest.mark.parametrize("target", ["run", "test"])
def test_the_two_commands_of_the_readme_are_targets(target: str) -> None:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    made = subprocess.run(
        ["make", "-n", target],
        cwd=ROOT,
        env=inherited,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert f"$ make {target}\n" in README.read_text()
    assert made.returncode == 0, made.stderr
    assert {"run": "server.py", "test": "-m pytest"}[target] in made.stdout


def test_every_page_is_reached_by_links_from_the_readme() -> None:
    reached, next_up = set[Path](), [README]
    while next_up:
        page = next_up.pop()
        reached.add(page)
        named = {link.partition("#")[0] for link in links(page)}
        found = {(page.parent / name).resolve() for name in named}
        next_up += [p for p in found if p.suffix == ".md" and p not in reached]

    assert set(PAGES) <= reached


# -- codes ---------------------------------------------------------------------


def codes_in_source() -> set[str]:
    """Return every code of a refusal or of a closed connection.

    The pages show the reasons of refused forms as sentences, without their codes.
    """
    found = {*REASONS, *UNLOGGED}  # the codes of storage errors come with them
    pages = SRC / "gateways" / "web"
    for path in set(SRC.rglob("*.py")).difference(pages.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            found.update(
                word for word in strings_for_codes(node) if CODE.fullmatch(word)
            )
    return found


def strings_for_codes(node: ast.AST) -> Iterator[str]:
    """Yield the strings that *node* passes to something that takes a code."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
            takers = {"Refused", "Bye", "Ended", "leave", "abort"}
            if name in takers:
                yield from strings(args)


def strings(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_protocol_lists_exactly_the_codes_in_the_source() -> None:
    found = rows(PROTOCOL, "Code")
    closing = [row for row in found if "Sent to the peer" in row]
    others = [row for row in found if row not in closing]
    documented: set[str] = set()

    for each in (closing, others):
        codes = [word for row in each for word in spans(row["Code"])]
        assert len(codes) == len(set(codes))
        documented |= set(codes)
    assert documented == codes_in_source()


def test_every_code_says_when_to_connect_again() -> None:
    assert {row["Again"] for row in rows(PROTOCOL, "Code")} == {
        "now",
        "later",
        "do not",
    }


def test_the_reserved_words_are_those_of_the_protocol() -> None:
    line = next(x for x in PROTOCOL.read_text().splitlines() if "reserved words:" in x)
    *words, _ = spans(line)

    assert "admin" in words
    assert not [word for word in words if isinstance(normalize_name(word), str)]


def test_the_reserved_names_of_rooms_are_those_of_the_session_dialect() -> None:
    line = next(x for x in SESSION.read_text().splitlines() if "these words" in x)
    words = spans(line)

    assert set(words) == set(RESERVED_WORDS)
    assert not [word for word in words if isinstance(normalize_room_name(word), str)]


# -- roles ---------------------------------------------------------------------


def test_the_roles_are_those_of_the_program_from_the_lowest_to_the_highest() -> None:
    listed = [spans(row["Role"]) for row in rows(ROLES, "Role")]

    assert listed == [[role_name(role)] for role in Role]


def test_the_lowest_role_for_each_action_is_that_of_the_program() -> None:
    listed = [
        (spans(row["Action"]), spans(row["Lowest role"]))
        for row in rows(ROLES, "Action")
    ]

    assert listed == [
        ([action.name.lower()], [role_name(role)]) for action, role in NEEDED.items()
    ]


# -- settings ------------------------------------------------------------------


@pytest.mark.parametrize("path", made_files(), ids=lambda path: path.name)
def test_what_is_made_from_the_table_of_settings_is_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == made_files()[path]


@pytest.mark.parametrize("tool", GROUPS["config"].commands)
def test_the_commands_for_the_configuration_are_documented(tool: str) -> None:
    command = GROUPS["config"].commands[tool]
    listed = {
        word
        for row in rows(CLI, "Command", section="Configuration")
        for word in spans(row["Command"])
    }
    own = {name for name in options(command) if name.startswith("--")}
    own -= {setting.option for setting in TABLE} | {"--help"}

    assert any(usage.startswith(f"parlour config {tool}") for usage in listed)
    assert own <= set(documented("Configuration"))


def test_the_command_for_a_diagnosis_is_documented() -> None:
    (row,) = rows(CLI, "Command", section="Diagnosis")
    real = {name for name in options(cli.main.commands["doctor"]) if name[1] == "-"}

    assert row["Command"] == "`parlour doctor SERVER [PORT]`"
    assert set(documented("Diagnosis")) == real


def test_the_command_for_shell_completion_is_documented() -> None:
    (row,) = rows(CLI, "Command", section="Shell completion")

    assert row["Command"] == "`parlour completion SHELL`"
    assert set(SHELLS) <= set(spans(row["Does"]))


# -- options -------------------------------------------------------------------


def options(program: click.Command) -> dict[str, click.Option]:
    """Return the options of *program* by their long names."""
    params = program.get_params(click.Context(program))
    return {p.opts[0]: p for p in params if isinstance(p, click.Option)} | {
        name: p
        for p in params
        if isinstance(p, click.Option)
        for name in p.opts
        if name.startswith("--")
    }


def documented(program: str) -> dict[str, Row]:
    listed = rows(CLI, "Option", section=program)
    if program == "Server":
        listed += rows(SETTINGS, "Option")
    found = {name: row for row in listed for name in spans(row["Option"])}
    return {name: row for name, row in found.items() if name.startswith("--")}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_reference_lists_exactly_the_options(program: str) -> None:
    real = {name for name in options(PROGRAMS[program]) if name.startswith("--")}

    assert set(documented(program)) == real


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_reference_has_the_default_and_variable_of_every_option(
    program: str,
) -> None:
    real = options(PROGRAMS[program])
    for name, row in documented(program).items():
        if name in {"--help", "--version"}:
            continue
        default = real[name].default
        if real[name].is_flag:
            assert row["Default"] == "off", name
        elif isinstance(default, str | int):
            assert row["Default"] == str(default), name
        else:
            assert name in LATE or not row["Default"], name
        variable = "PARLOUR_" + name[2:].replace("-", "_").upper()
        expected = [variable] if real[name].allow_from_autoenv else []
        assert spans(row["Environment"]) == expected, name


@pytest.mark.parametrize(("section", "tool"), EACH_TOOL)
def test_the_options_of_every_tool_are_documented(section: str, tool: str) -> None:
    known = options(TOOLS[section][tool])
    real = {name for name in known if name.startswith("--")}

    assert real <= set(documented(section))
    for name in real & {"--port", "--days", "--out"}:
        assert documented(section)[name]["Default"] == str(known[name].default)


@pytest.mark.parametrize("section", TOOLS)
def test_every_documented_option_of_the_tools_exists(section: str) -> None:
    real = {name for tool in TOOLS[section].values() for name in options(tool)}

    assert set(documented(section)) <= real


@pytest.mark.parametrize("section", TOOLS)
def test_the_reference_lists_exactly_the_tools(section: str) -> None:
    usages = {
        f"`parlour {name} {' '.join(tool.collect_usage_pieces(click.Context(tool)))}`"
        for name, tool in TOOLS[section].items()
    }

    table = {row["Command"] for row in rows(CLI, "Command", section=section)}
    assert table == {
        usage.replace("[OPTIONS] ", "").replace(" [OPTIONS]", "") for usage in usages
    }


def test_an_option_is_read_from_the_environment() -> None:
    values = {"PARLOUR_MAX_HISTORY": "7 30d", "PARLOUR_ENGINE": "threads"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        context = cli.server.make_context("server", [])

    assert context.params["max_history"] == (
        Bound("max_messages", 7),
        Bound("max_age", 30 * 86_400),
    )
    assert context.params["engine"] == "threads"


@pytest.mark.parametrize(
    ("program", "codes"),
    [
        ("Server", {0, FAILED, USAGE, CANNOT_START, BAD_CONFIGURATION}),
        ("History", {0, FAILED, USAGE, BAD_CONFIGURATION}),
        ("Client", {*map(int, ExitCode), BAD_CONFIGURATION}),
    ],
)
def test_every_exit_code_is_documented(program: str, codes: set[int]) -> None:
    table = rows(CLI, "Exit code", section=program)

    assert [int(row["Exit code"]) for row in table] == sorted(codes)


def test_every_command_of_the_client_is_documented() -> None:
    typed = [spans(row["Typed"]) for row in rows(CLI, "Typed")]

    for entry in ALL_COMMANDS:
        names = [entry.name, *entry.aliases]
        assert any(
            {word.split()[0] for word in t} == {f"/{n}" for n in names} for t in typed
        )


# -- limits --------------------------------------------------------------------


def is_module(parts: list[str]) -> bool:
    """Return whether *parts* name a module or package of the project."""
    path = SRC.parent.joinpath(*parts)
    return path.is_dir() or path.with_suffix(".py").is_file()


def value_of(source: str) -> object:
    """Return the value at *source*, a dotted path below `parlour`."""
    parts = ["parlour", *source.split(".")]
    count = max(n for n in range(1, len(parts)) if is_module(parts[:n]))
    value: object = importlib.import_module(".".join(parts[:count]))
    for part in parts[count:]:
        value = value[part] if isinstance(value, dict) else getattr(value, part)
        if isinstance(value, type):
            value = value()
    return value


def shown(value: object) -> str:
    if isinstance(value, Rate) and value.per_second < 1 / 60:
        return f"{value.per_second * 3600:g}/{value.burst:g}"  # per hour
    if isinstance(value, Rate):
        return f"{value.per_second:g}/{value.burst:g}"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.12g}"


def limits_by_source() -> dict[str, Row]:
    return {spans(row["Source"])[0]: row for row in rows(LIMITS, "Limit")}


@pytest.mark.parametrize("source", limits_by_source())
def test_a_limit_is_as_documented(source: str) -> None:
    row = limits_by_source()[source]

    assert row["Default"].split()[0] == shown(value_of(source))
    assert set(spans(row["Option"])) <= set(options(cli.server))


def test_every_limit_of_the_chat_is_documented() -> None:
    chat = {f"core.limits.Limits.{field.name}" for field in fields(Limits)}
    constants = {
        f"{module.__name__.removeprefix('parlour.')}.{name}"
        for module in (limits, rate_limit)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int | float)
    }

    assert chat | constants <= set(limits_by_source())
    assert Config().max_line == Limits().max_line
    assert Config().rate == Limits().rate
