"""A checkout runs its own code, even after it was copied or moved."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from .launch import ROOT, RUNS_IN_VENV
from .sandbox import Sandbox

pytestmark = pytest.mark.skipif(
    not RUNS_IN_VENV, reason="only .venv belongs to a checkout"
)

PYTHON = sys.base_prefix + "/bin/python3"
PROGRAMS = pytest.mark.parametrize("program", ["server.py", "client.py"])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of this checkout with a version of its own."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("server.py", "client.py", "Makefile", "pyproject.toml", "README.md"):
        shutil.copy2(ROOT / name, copy)
    shutil.copytree(ROOT / "requirements", copy / "requirements")
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__*__"))
    (copy / "src/parlour/__init__.py").write_text('__version__ = "9.9.9"\n')
    own = ROOT / ".venv"
    (copy / ".venv/bin").mkdir(parents=True)
    shutil.copy2(own / "pyvenv.cfg", copy / ".venv")
    (copy / ".venv/run.stamp").touch()
    (copy / ".venv/lib").symlink_to(own / "lib")
    (copy / ".venv/bin/python").symlink_to((own / "bin/python").resolve())
    shutil.copy2(own / "bin/parlour", copy / ".venv/bin")
    return copy


@PROGRAMS
def test_a_copy_runs_its_own_code(sandbox: Sandbox, copy: Path, program: str) -> None:
    run = sandbox.run(PYTHON, str(copy / program), "--version")

    assert run.wait() == 0, run.err.text
    assert "9.9.9" in run.out.text


@PROGRAMS
def test_a_copy_runs_its_own_code_despite_pythonpath(
    sandbox: Sandbox, copy: Path, program: str
) -> None:
    sandbox.setenv("PYTHONPATH", str(ROOT / "src"))

    run = sandbox.run(PYTHON, str(copy / program), "--version")

    assert run.wait() == 0, run.err.text
    assert "9.9.9" in run.out.text


@pytest.mark.parametrize(
    "command", [["parlour"], ["python", "-m", "parlour"]], ids=" ".join
)
def test_a_copied_environment_runs_the_code_beside_it(
    sandbox: Sandbox, copy: Path, command: list[str]
) -> None:
    program, *arguments = command

    run = sandbox.run(str(copy / ".venv/bin" / program), *arguments, "--version")

    assert run.wait() == 0, run.err.text
    assert "9.9.9" in run.out.text


@PROGRAMS
@pytest.mark.parametrize(
    "missing", [".venv/bin/python", ".venv/run.stamp", ".venv/pyvenv.cfg", ".venv/lib"]
)
def test_a_broken_environment_is_reported_in_one_line(
    sandbox: Sandbox, copy: Path, program: str, missing: str
) -> None:
    (copy / missing).unlink()

    run = sandbox.run(PYTHON, str(copy / program), "--version")

    assert run.wait() == 1
    (message,) = run.err.lines
    assert message.endswith(f"run 'make run' (or 'make setup') in {copy}")


def make_run_commands(copy: Path) -> str:
    """Return the commands that `make run` would run."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run(
        ["make", "-n", "run"],
        cwd=copy,
        env=inherited,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("stamp", ["", "/elsewhere 3 11", "{} 3 1"])
def test_make_recreates_the_environment_after_a_move_or_for_another_python(
    copy: Path, stamp: str
) -> None:
    (copy / ".venv/run.stamp").write_text(stamp.format(copy) + "\n")

    assert "python3 -m venv .venv" in make_run_commands(copy)


def test_make_recreates_an_environment_whose_python_is_missing(copy: Path) -> None:
    (copy / ".venv/run.stamp").write_text(stamp_of(copy))
    (copy / ".venv/bin/python").unlink()

    assert "python3 -m venv .venv" in make_run_commands(copy)


def test_make_keeps_an_up_to_date_environment(copy: Path) -> None:
    (copy / ".venv/run.stamp").write_text(stamp_of(copy))

    assert "venv .venv" not in make_run_commands(copy)


def test_ctrl_c_shuts_make_run_down_without_an_error(
    sandbox: Sandbox, copy: Path
) -> None:
    (copy / ".venv/run.stamp").write_text(stamp_of(copy))
    sandbox.setenv("PARLOUR_WEB_PORT", "0")
    make = sandbox.spawn_on_terminal(
        "make", "run", "ARGS=--port 0 --history memory", cwd=copy
    )
    make.expect_exact("page: http")
    make.expect("join with: [^\n]*\n")

    make.sendintr()
    make.expect(pexpect.EOF)

    assert make.before == b"^C[Server]: the server is shutting down\r\n"


def stamp_of(copy: Path) -> str:
    return "{} {} {}\n".format(copy, *sys.version_info[:2])
