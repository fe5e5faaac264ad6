"""Who may import whom. A failure here is a design review, not a typo."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

SRC = Path(__file__).parents[1] / "src"
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

# What each layer may import, and nothing else. A name stands for what is in it, too.
LAYERS = {
    "core": PURE | {"parlour.core", "msgspec", "datetime"} | NAME_TABLES,
    "history": PURE | {"parlour.history", "parlour.core", "threading"},
    "journal": PURE
    | {"parlour.journal", "parlour.history", "parlour.core"}
    | {"datetime", "fcntl", "os", "pathlib", "queue", "sqlite3", "threading"},
    "server": STDLIB - {"sqlite3"}
    | {"parlour.server", "parlour.core", "parlour.history", "parlour.journal"}
    | {"parlour.server.config", "uvloop"}
    | {"parlour.keepalive", "parlour.resources", "parlour.streams"}
    | {"parlour.tracing"},
    "client": STDLIB - {"sqlite3"}
    | {"parlour.client", "parlour.core", "parlour.streams", "parlour.tracing"}
    | {"parlour.keepalive", "msgspec"}
    | TERMINAL,
    "gateways": STDLIB - {"sqlite3"}
    | {"parlour.gateways", "parlour.core", "parlour.history"}
    | {"flask", "h11", "uvicorn", "websockets"},
    "console": PURE | {"parlour.core", "parlour.client"},
    "arguments": PURE
    | {"signal", "click", "parlour.core", "parlour.environment"}
    | {"parlour.parameters", "parlour.resources", "parlour.streams"},
    "resources": PURE | {"resource"},
    "keepalive": PURE | {"socket"},
    "environment": PURE | {"os"},
    "cli": STDLIB
    | {"click", "parlour.arguments"}
    | {f"parlour.{name}" for name in ("console", "core", "journal")}
    | {f"parlour.{name}" for name in ("server", "parameters", "tools_cli")}
    | {f"parlour.{name}" for name in ("client", "client_cli", "gateways", "streams")}
    | {"parlour.web_options"},
    "client_cli": PURE
    | {
        "click",
        "pathlib",
        "parlour.arguments",
        "parlour.client",
        "parlour.server.config",
    }
    | {"parlour.parameters"},
    "web_options": PURE
    | {"ipaddress", "click", "parlour.arguments", "parlour.server.config"}
    | {"parlour.environment"},
    "streams": PURE
    | {"io", "os", "select", "signal", "threading", "_typeshed", "parlour.streams"},
    "checkout": PURE | {"os"},
    "tracing": PURE | {"os", "pathlib", "threading", "parlour.streams"},
    "tools_cli": STDLIB
    | {"click", "parlour.arguments", "parlour.history", "parlour.journal"}
    | {"parlour.parameters"}
    | {"parlour.streams", "parlour.suspension"},
    "suspension": PURE | {"os", "signal"},
    "parameters": PURE
    | {"click", "pathlib", "platformdirs", "parlour.server.config", "parlour.core"}
    | {"parlour.streams"},
    "__main__": {"parlour.cli", "signal"},
    "": set(),  # parlour/__init__.py: the version
}

VERSION = {
    "server",
    "client",
    "cli",
    "parameters",
    "core",
}  # may import `parlour` itself

# The modules that a third-party library is meant for.
LIBRARIES = {
    "click": {
        *("arguments", "cli", "client_cli", "parameters", "tools_cli", "web_options")
    },
    "confusable_homoglyphs": {"core.names.confusables", "core.names.scripts"},
    "flask": {"gateways.web.routes"},
    "h11": {"gateways.web.http"},
    "msgspec": {
        "core.events",
        *("core.names.confusables", "core.names.scripts"),
        *(
            f"core.protocol.{name}"
            for name in ("json_objects", "plain", "session", "session_decoder")
        ),
        *(
            "client.protocol.session_decoder",
            "client.protocol.plain",
            "client.protocol.session",
        ),
    },
    "platformdirs": {"parameters"},
    "precis_i18n": {"core.names.validation"},
    "prompt_toolkit": {
        *(
            "client.terminal.resizing",
            "client.terminal.keys",
            "client.terminal.paste_detection",
            "client.terminal.prompt",
        )
    },
    "uvicorn": {"gateways.web.http"},
    "uvloop": {"server.event_loops"},
    "wcwidth": {"client.terminal.wrap"},
    "websockets": {"gateways.web.websocket"},
}


class Module(NamedTuple):
    """A source, and where in `parlour` it stands: ``core.hub``, or ``core``."""

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
    """One name that is imported, in full, and how it was spelled."""

    name: str
    is_relative: bool


def imports(module: Module) -> Iterator[Import]:
    """Find every import of *module*, also those inside of functions."""
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


def faults(module: Module) -> list[str]:
    """Return what is wrong with the imports of *module*."""
    allowed = LAYERS.get(module.layer)
    if allowed is None:
        return [f"{module.name}: the layer {module.layer!r} is not in the table"]
    found = []
    for name, is_relative in imports(module):
        if name in {"parlour", "parlour.__version__"}:
            is_allowed = module.layer in VERSION
        else:
            is_allowed = any(f"{name}.".startswith(f"{ok}.") for ok in allowed)
        if not is_allowed:
            found.append(f"{module.name} may not import {name}")
        own = f"parlour.{module.layer}"
        is_own = module.layer != "" and f"{name}.".startswith(f"{own}.")
        if is_own and not is_relative:
            found.append(f"{module.name} imports {name} of its own layer absolutely")
        if is_relative and not is_own:
            found.append(f"{module.name} imports {name} of another layer relatively")
        library = name.partition(".")[0]
        if module.name not in LIBRARIES.get(library, {module.name}):
            found.append(f"{module.name} is not where {library} belongs")
    return found


def module_of(path: Path) -> Module:
    parts = path.relative_to(SRC / "parlour").with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    return Module(name, path.read_text(), is_package)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SRC)))
def test_imports_point_inward(path: Path) -> None:
    assert faults(module_of(path)) == []


@pytest.mark.parametrize("program", ["server.py", "client.py"])
def test_the_two_programs_know_the_command_line_only(program: str) -> None:
    found = set()
    for node in ast.walk(ast.parse((SRC.parent / program).read_text())):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}

    assert found - STDLIB == {"parlour.checkout", "parlour.cli"}


def test_the_table_speaks_of_modules_that_exist() -> None:
    names = {module_of(path).name for path in MODULES}
    layers = {name.partition(".")[0] for name in names}

    assert set(LAYERS) == layers
    assert set.union(*LIBRARIES.values()) <= names


@pytest.mark.parametrize(
    ("name", "source", "fault"),
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
        ("core.hub", "from parlour import cli", "core.hub may not import parlour.cli"),
        (
            "journal.sqlite.rows",
            "import parlour",
            "journal.sqlite.rows may not import parlour",
        ),
        ("core.hub", "import msgspec", "core.hub is not where msgspec belongs"),
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
        ("journal.memory", "import socket", "journal.memory may not import socket"),
        ("journal.memory", "import parlour.server", "may not import parlour.server"),
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
            "where prompt_toolkit belongs",
        ),
        ("console", "from parlour.cli import main", "import parlour.cli"),
        ("server.lifecycle", "import parlour.cli", "import parlour.cli"),
        ("utils", "import json", "the layer 'utils' is not in the table"),
    ],
)
def test_an_arrow_that_points_outward_is_found(
    name: str, source: str, fault: str
) -> None:
    found = faults(Module(name, source))

    assert len(found) == 1
    assert fault in found[0]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("core.hub", "from .delivery.recent_events import Log"),
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
def test_an_arrow_that_points_inward_is_fine(name: str, source: str) -> None:
    assert faults(Module(name, source)) == []
