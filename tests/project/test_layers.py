"""What each module may import. A failure here asks for a design review."""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

SRC = Path(__file__).parents[2] / "src"
MODULES = sorted((SRC / "parlour").rglob("*.py"))

STDLIB = set(sys.stdlib_module_names)
IMPURE = {"asyncio", "concurrent", "contextvars", "ctypes", "datetime", "fcntl"}
IMPURE |= {"getpass", "http", "io", "logging", "mmap", "multiprocessing", "os"}
IMPURE |= {"pathlib", "pty", "queue", "random", "resource", "sched", "secrets"}
IMPURE |= {"select", "selectors", "shutil", "signal", "socket", "socketserver"}
IMPURE |= {"sqlite3", "ssl", "subprocess", "tempfile", "termios", "threading"}
IMPURE |= {"time", "tty", "urllib", "uuid"}
PURE = STDLIB - IMPURE

NAME_TABLES = {"confusable_homoglyphs", "precis_i18n"}
TERMINAL = {"prompt_toolkit", "wcwidth"}

# What each layer may import. A package includes its modules.
LAYERS = {
    "markup": PURE,
    "search_hits": PURE,
    "core": PURE | {"parlour.core", "msgspec", "datetime"} | NAME_TABLES,
    "history": PURE
    | {"parlour.history", "parlour.core", "parlour.search_hits"}
    | {"parlour.system.job_queue"},  # its queries wait like checks of passwords
    "journal": PURE
    | {"parlour.journal", "parlour.history", "parlour.core"}
    | {"datetime", "fcntl", "os", "pathlib", "queue", "sqlite3", "threading"}
    | {"msgspec", "parlour.system.whole_file"},
    "server": STDLIB - {"sqlite3"}
    | {"parlour.server", "parlour.core", "parlour.history", "parlour.journal"}
    | {"parlour.system", "argon2", "h11", "prometheus_client", "uvloop"},
    "gateways": STDLIB - {"sqlite3"}
    | {"parlour.gateways", "parlour.core", "parlour.history", "parlour.markup"}
    | {"parlour.search_hits"}
    | {"parlour.system.turns"}  # its requests wait like queries of the history
    | {"flask", "h11", "uvicorn", "websockets"},
    "client": STDLIB - {"sqlite3"}
    | {"parlour.client", "parlour.core", "parlour.markup", "parlour.system"}
    | {"parlour.search_hits", "msgspec"}
    | TERMINAL,
    "system": PURE
    | {"ctypes", "fcntl", "io", "os", "pathlib", "resource", "select", "signal"}
    | {"socket"}
    | {"ssl", "_ssl", "secrets", "tempfile", "threading", "time", "_typeshed"}
    | {"parlour.system"},
    "cli": STDLIB
    | {"click", "platformdirs"}
    | {f"parlour.{name}" for name in ("cli", "client", "core", "gateways", "history")}
    | {f"parlour.{name}" for name in ("journal", "server", "system")},
    "checkout": PURE | {"os"},
    "__main__": {"parlour.cli", "signal"},
    "": set(),  # parlour/__init__.py: the version
}

VERSION = {"server", "client", "cli", "core"}  # may import `parlour` itself

# What a package may import of its own layer, if not everything.
PARTS = {
    "core.protocol": {
        *("core.events", "core.limits", "core.roles", "core.storage"),
        *("core.log_level", "core.timestamps", "core.protocol"),
    },
    "core.names": {"core.events", "core.limits", "core.names"},
    "core.state": {
        *("core.entries", "core.events", "core.limits", "core.roles"),
        *("core.storage", "core.timestamps", "core.names", "core.state"),
        *("core.account_changes", "core.invitation_rules", "core.order_rules"),
    },
    "core.delivery": {
        *("core.events", "core.limits", "core.storage"),
        *("core.protocol", "core.delivery"),
    },
    "client.protocol": {"client.protocol"},
}

# The only modules that may import a library.
LIBRARIES = {
    "argon2": {"server.password_hashing"},
    "click": {
        "cli.account_tools",
        "cli.command_classes",
        "cli.commands",
        "cli.completion",
        "cli.config_tools",
        "cli.connect",
        "cli.doctor",
        "cli.errors",
        "cli.history_tools",
        "cli.host_tools",
        "cli.invitation_tools",
        "cli.mkcert",
        "cli.operator_commands",
        "cli.option_types",
        "cli.order_tools",
        "cli.process_tools",
        "cli.room_invitations",
        "cli.room_tools",
        "cli.room_type",
        "cli.serve",
        "cli.settings.accounts",
        "cli.settings.dependent",
        "cli.settings.config_option",
        "cli.settings.network",
        "cli.settings.output",
        "cli.settings.page",
        "cli.settings.reloading",
        "cli.settings.rendering",
        "cli.settings.setting",
        "cli.settings.settings_command",
        "cli.settings.toml_file",
        "cli.shared_options",
        "cli.tables",
        "cli.server_options",
        "cli.value_type",
    },
    "confusable_homoglyphs": {"core.names.confusables", "core.names.scripts"},
    "flask": {
        "gateways.web.account_routes",
        "gateways.web.audit_routes",
        "gateways.web.order_routes",
        "gateways.web.error_pages",
        "gateways.web.identity",
        "gateways.web.redirects",
        "gateways.web.room_form_routes",
        "gateways.web.routes",
        "gateways.web.say_route",
    },
    "h11": {"gateways.web.http", "server.monitoring.http"},
    "msgspec": {
        "client.protocol.plain",
        "client.protocol.session_encoder",
        "client.protocol.session_decoder",
        "core.entries",
        "core.events.value",
        "core.names.confusables",
        "core.names.scripts",
        "core.protocol.account_lines",
        "core.protocol.admin_answers",
        "core.protocol.admin_requests",
        "core.protocol.hello",
        "core.protocol.invitation_lines",
        "core.protocol.json_objects",
        "core.protocol.message_lines",
        "core.protocol.order_lines",
        "core.protocol.plain",
        "core.protocol.process_requests",
        "core.protocol.room_lines",
        "core.protocol.session",
        "core.protocol.session_decoder",
        "core.state.snapshot",
        "journal.tools.account_lines",
    },
    "platformdirs": {"cli.history_location"},
    "precis_i18n": {"core.names.room_names", "core.names.validation"},
    "prometheus_client": {"server.monitoring.exposition"},
    "prompt_toolkit": {
        "client.terminal.focus_input",
        "client.terminal.input_history",
        "client.terminal.key_bindings",
        "client.terminal.painter",
        "client.terminal.paste_detection",
        "client.terminal.prompt",
        "client.terminal.prompt_session",
        "client.terminal.resizing",
        "client.terminal.screen_reader.prompt",
        "client.terminal.screen_reader.renderer",
    },
    "uvicorn": {"gateways.web.http"},
    "uvloop": {"server.event_loops"},
    "wcwidth": {"client.terminal.line_wrapping"},
    "websockets": {
        "gateways.web.frames",
        "gateways.web.handshake",
        "gateways.web.websocket",
    },
}


class Module(NamedTuple):
    """A module's source and its name in `parlour`, such as ``core.hub`` or ``core``."""

    name: str
    source: str
    is_package: bool = False

    @property
    def layer(self) -> str:
        return self.name.partition(".")[0]

    @property
    def package(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]


class Import(NamedTuple):
    """The full name of an import, and its form."""

    name: str
    is_relative: bool


def imports(module: Module) -> Iterator[Import]:
    """Yield every import of *module*, including those in functions."""
    parents = f"parlour.{module.package}".rstrip(".").split(".")
    for node in ast.walk(ast.parse(module.source)):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                above = parents[: len(parents) - node.level + 1]
                origin = ".".join([*above, origin]).rstrip(".")
            for alias in node.names:
                in_parlour = origin == "parlour"
                name = f"parlour.{alias.name}" if in_parlour else origin
                yield Import(name, bool(node.level))


def in_any(name: str, packages: Iterable[str]) -> bool:
    """Return whether *name* is one of *packages*, or in one of them."""
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


def parts_of(module: Module) -> set[str]:
    """Return the packages of its own layer that *module* may import."""
    for part, allowed in PARTS.items():
        if in_any(module.name, [part]):
            return {f"parlour.{name}" for name in allowed}
    return {f"parlour.{module.layer}"}


def violations(module: Module) -> list[str]:
    """Return the violations in the imports of *module*."""
    allowed = LAYERS.get(module.layer)
    if allowed is None:
        return [f"{module.name}: the layer {module.layer!r} is not in the table"]
    found = []
    for name, is_relative in imports(module):
        if name in {"parlour", "parlour.__version__"}:
            is_allowed = module.layer in VERSION
        else:
            is_allowed = in_any(name, allowed)
        if not is_allowed:
            found.append(f"{module.name} may not import {name}")
        own = f"parlour.{module.layer}"
        is_own = module.layer != "" and f"{name}.".startswith(f"{own}.")
        if is_own and not is_relative:
            found.append(f"{module.name} imports {name} of its own layer absolutely")
        if is_relative and not is_own:
            found.append(f"{module.name} imports {name} of another layer relatively")
        if is_own and not in_any(name, parts_of(module)):
            found.append(f"{module.name} may not import {name}")
        library = name.partition(".")[0]
        if module.name not in LIBRARIES.get(library, {module.name}):
            found.append(f"{module.name} may not import the library {library}")
    return found


def module_of(path: Path) -> Module:
    parts = path.relative_to(SRC / "parlour").with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    return Module(name, path.read_text(), is_package)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SRC)))
def test_a_module_imports_only_what_it_may(path: Path) -> None:
    assert violations(module_of(path)) == []


@pytest.mark.parametrize("program", ["server.py", "client.py"])
def test_the_two_programs_import_only_the_command_line(program: str) -> None:
    found = set()
    for node in ast.walk(ast.parse((SRC.parent / program).read_text())):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}

    assert found - STDLIB == {"parlour.checkout", "parlour.cli"}


def test_the_tables_name_existing_modules() -> None:
    names = {module_of(path).name for path in MODULES}
    layers = {name.partition(".")[0] for name in names}

    assert set(LAYERS) == layers
    assert set.union(*LIBRARIES.values()) <= names
    assert {*PARTS, *set.union(*PARTS.values())} <= names


@pytest.mark.parametrize(
    ("name", "source", "violation"),
    [
        ("core.hub", "import socket", "core.hub may not import socket"),
        ("core.hub", "def f():\n import time", "core.hub may not import time"),
        ("core.hub", "from os import path", "core.hub may not import os"),
        ("core.hub", "import os.path", "core.hub may not import os.path"),
        (
            "core.hub",
            "from parlour.history import History",
            "core.hub may not import parlour.history",
        ),
        (
            "core.hub",
            "from parlour import cli",
            "core.hub may not import parlour.cli",
        ),
        (
            "journal.sqlite.rows",
            "import parlour",
            "journal.sqlite.rows may not import parlour",
        ),
        ("core.hub", "import msgspec", "core.hub may not import the library msgspec"),
        ("core.hub", "import requests", "core.hub may not import requests"),
        (
            "core.hub",
            "from parlour.core.counters import Counters",
            "core.hub imports parlour.core.counters of its own layer absolutely",
        ),
        (
            "server.lifecycle",
            "from ..core import hub",
            "server.lifecycle imports parlour.core of another layer relatively",
        ),
        (
            "journal.memory.store",
            "import socket",
            "journal.memory.store may not import socket",
        ),
        (
            "journal.memory.store",
            "import parlour.server",
            "may not import parlour.server",
        ),
        (
            "server.asyncio_driver.driver",
            "import sqlite3",
            "server.asyncio_driver.driver may not import sqlite3",
        ),
        (
            "server.asyncio_driver.driver",
            "from parlour.gateways.web import pages",
            "import parlour.gateways.web",
        ),
        (
            "server.asyncio_driver.driver",
            "from parlour.client import x",
            "import parlour.client",
        ),
        (
            "client.io.asyncio_driver",
            "from parlour.server import x",
            "import parlour.server",
        ),
        (
            "client.io.asyncio_driver",
            "from parlour.server.config import x",
            "import parlour.server.config",
        ),
        (
            "client.terminal.pipe",
            "import prompt_toolkit",
            "may not import the library prompt_toolkit",
        ),
        (
            "core.protocol.plain",
            "from ..sessions import x",
            "core.protocol.plain may not import parlour.core.sessions",
        ),
        (
            "core.state.rooms",
            "from ..sessions.connection import x",
            "core.state.rooms may not import parlour.core.sessions",
        ),
        (
            "core.delivery.delivery",
            "from ..state.state import x",
            "core.delivery.delivery may not import parlour.core.state",
        ),
        (
            "client.protocol.connection",
            "from ..terminal.commands import x",
            "client.protocol.connection may not import parlour.client.terminal",
        ),
        ("server.lifecycle", "import parlour.cli", "import parlour.cli"),
        ("utils", "import json", "the layer 'utils' is not in the table"),
    ],
)
def test_a_forbidden_import_is_found(name: str, source: str, violation: str) -> None:
    found = violations(Module(name, source))

    assert len(found) == 1
    assert violation in found[0]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("core.hub", "from .delivery.recent_events import RecentEvents"),
        ("core.hub", "from . import limits"),
        ("core.protocol.plain", "import json, msgspec"),
        ("journal.sqlite.store", "import sqlite3, threading, queue"),
        (
            "server.asyncio_driver.driver",
            "from parlour.core.hub import Hub\nimport socket",
        ),
        ("server.lifecycle", "import parlour\nfrom parlour import __version__"),
        ("client.terminal.prompt", "from prompt_toolkit.output import vt100"),
        ("cli", "from parlour import __version__\nfrom parlour.server import aio"),
    ],
)
def test_an_allowed_import_is_accepted(name: str, source: str) -> None:
    assert violations(Module(name, source)) == []
