"""The units in `deploy/` are valid, and restrict the service."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from .installed import require
from .launch import ROOT
from .sandbox import Sandbox

DEPLOY = ROOT / "deploy"
SERVICE = (DEPLOY / "parlour.service").read_text()


def analyze(*arguments: str | Path) -> str:
    found = subprocess.run(
        [require("systemd-analyze"), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return found.stdout + found.stderr


def units(folder: Path) -> list[Path]:
    """Copy the units to *folder*, with a program that exists, and return them."""
    for each in [*DEPLOY.glob("parlour*.service"), *DEPLOY.glob("parlour*.socket")]:
        text = each.read_text().replace("/opt/parlour/bin/parlour", "/bin/true")
        (folder / each.name).write_text(text)
    return sorted(folder.iterdir())


def test_the_units_are_valid(tmp_path: Path) -> None:
    found = units(tmp_path)

    assert [unit.name for unit in found] == [
        *("parlour-web.socket", "parlour.service", "parlour.socket"),
    ]
    assert analyze("verify", *found) == ""


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.socket")), ids=lambda p: p.name)
def test_the_sockets_are_at_both_addresses_of_localhost(unit: Path) -> None:
    found = re.findall(r"^ListenStream=(.*):(\d+)$", unit.read_text(), re.MULTILINE)

    assert [host for host, _ in found] == ["127.0.0.1", "[::1]"]
    assert len({port for _, port in found}) == 1


def test_a_reload_asks_the_server_that_the_unit_starts() -> None:
    start, reload = (
        shlex.split(re.findall(rf"^{key}=(.*)$", SERVICE, re.MULTILINE)[0])
        for key in ("ExecStart", "ExecReload")
    )

    assert reload[:3] == [start[0], "admin", "reload"]
    history = start.index("--history")
    assert reload[3:] == start[history : history + 2]


def test_the_service_can_do_little_else() -> None:
    report = analyze("security", "--offline=true", DEPLOY / "parlour.service")

    found = re.search(r"exposure level for parlour\.service: ([0-9.]+)", report)
    assert found is not None
    assert float(found[1]) < 2.0


def test_the_service_may_read_when_the_machine_started() -> None:
    """prometheus_client reads that in /proc/stat, or has no metrics of the process."""
    assert "ProcSubset=pid" not in SERVICE


def test_a_server_ends_as_the_unit_expects_of_a_bad_configuration(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    expected = re.search(r"^RestartPreventExitStatus=(\d+)$", SERVICE, re.MULTILINE)
    file = tmp_path / "parlour.toml"
    file.write_text("max-line = 1\n")

    server = sandbox.run_python("-m", "parlour", "serve", "--config", str(file))

    assert expected is not None
    assert server.wait() == int(expected[1])
