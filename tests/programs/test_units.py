"""The units in `deploy/` are valid, and restrict the service."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .launch import ROOT

DEPLOY = ROOT / "deploy"
TOOL = shutil.which("systemd-analyze")

needs_systemd = pytest.mark.skipif(TOOL is None, reason="systemd-analyze is missing")


def analyze(*arguments: str | Path) -> str:
    found = subprocess.run(
        [str(TOOL), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return found.stdout + found.stderr


@needs_systemd
def test_the_units_are_valid(tmp_path: Path) -> None:
    for each in DEPLOY.glob("parlour*.*"):
        if each.suffix in {".service", ".socket"}:
            text = each.read_text().replace("/opt/parlour/bin/parlour", "/bin/true")
            (tmp_path / each.name).write_text(text)
    units = sorted(tmp_path.iterdir())

    assert [unit.name for unit in units] == [
        *("parlour-web.socket", "parlour.service", "parlour.socket"),
    ]
    assert analyze("verify", *units) == ""


@needs_systemd
def test_the_service_can_do_little_else() -> None:
    report = analyze("security", "--offline=true", DEPLOY / "parlour.service")

    found = re.search(r"exposure level for parlour\.service: ([0-9.]+)", report)
    assert found is not None
    assert float(found[1]) < 2.0


def test_a_bad_configuration_is_not_tried_again() -> None:
    unit = (DEPLOY / "parlour.service").read_text()

    assert "RestartPreventExitStatus=78\n" in unit
    assert "Type=notify\n" in unit
    assert "ExecReload=/bin/kill -HUP $MAINPID\n" in unit


def test_the_service_may_read_when_the_machine_started() -> None:
    """prometheus_client reads that in /proc/stat, or has no metrics of the process."""
    unit = (DEPLOY / "parlour.service").read_text()

    assert "ProcSubset=pid" not in unit
