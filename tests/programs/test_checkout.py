"""A checkout runs its own code, wherever it was copied or moved to."""

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
    """A copy of this checkout with a version of its own."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("server.py", "client.py", "Makefile", "pyproject.toml", "README.md"):
        shutil.copy2(ROOT / name, copy)
    shutil.copytree(ROOT / "requirements", copy / "requirements")
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__*__"))
    (copy / "src/parlour/__init__.py").write_text('__version__ = "9.9.9"\n')
    here = ROOT / ".venv"
    (copy / ".venv/bin").mkdir(parents=True)
    shutil.copy2(here / "pyvenv.cfg", copy / ".venv")
    (copy / ".venv/run.stamp").touch()
    (copy / ".venv/lib").symlink_to(here / "lib")
    (copy / ".venv/bin/python").symlink_to((here / "bin/python").resolve())
    shutil.copy2(here / "bin/parlour", copy / ".venv/bin")
    return copy


@PROGRAMS
def test_a_copy_runs_its_own_code(sandbox: Sandbox, copy: Path, program: str) -> None:
    run = sandbox.run(PYTHON, str(copy / program), "--version")

    assert run.wait() == 0, run.err.text
    assert "9.9.9" in run.out.text


@PROGRAMS
def test_a_copy_runs_its_own_code_whatever_is_on_the_path(
    sandbox: Sandbox, copy: Path, program: str
) -> None:
    sandbox.setenv("PYTHONPATH", str(ROOT / "src"))

    run = sandbox.run(PYTHON, str(copy / program), "--version")

    assert run.wait() == 0, run.err.text
    assert "9.9.9" in run.out.text


@pytest.mark.parametrize(
    "command", [["parlour"], ["python", "-m", "parlour"]], ids=" ".join
)
def test_an_environment_that_was_copied_runs_the_code_beside_it(
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
def test_an_environment_that_does_not_work_is_told_in_one_line(
    sandbox: Sandbox, copy: Path, program: str, missing: str
) -> None:
    (copy / missing).unlink()

    run = sandbox.run(PYTHON, str(copy / program), "--version")

    assert run.wait() == 1
    (told,) = run.err.lines
    assert told.endswith(f"run 'make run' (or 'make setup') in {copy}")


def made(copy: Path) -> str:
    """Return what `make run` would do."""
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
def test_make_sets_up_anew_what_belongs_to_another_place_or_python(
    copy: Path, stamp: str
) -> None:
    (copy / ".venv/run.stamp").write_text(stamp.format(copy) + "\n")

    assert "python3 -m venv .venv" in made(copy)


def test_make_sets_up_anew_where_the_python_is_gone(copy: Path) -> None:
    (copy / ".venv/run.stamp").write_text(own_stamp(copy))
    (copy / ".venv/bin/python").unlink()

    assert "python3 -m venv .venv" in made(copy)


def test_make_sets_up_once(copy: Path) -> None:
    (copy / ".venv/run.stamp").write_text(own_stamp(copy))

    assert "venv .venv" not in made(copy)


def test_ctrl_c_ends_make_run_in_order_and_without_an_error(
    sandbox: Sandbox, copy: Path
) -> None:
    (copy / ".venv/run.stamp").write_text(own_stamp(copy))
    sandbox.setenv("PARLOUR_WEB_PORT", "0")
    make = sandbox.spawn_on_terminal(
        "make", "run", "ARGS=--port 0 --history memory", cwd=copy
    )
    make.expect_exact("page: http")
    make.expect("join with: [^\n]*\n")

    make.sendintr()
    make.expect(pexpect.EOF)

    assert make.before == b"^C[Server]: the server is shutting down\r\n"


def own_stamp(copy: Path) -> str:
    return "{} {} {}\n".format(copy, *sys.version_info[:2])
