"""Slow modules are imported only where they are used."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.client.listener import Listener

PROBE = "import sys; {}; print(*sys.modules)"
SLOW = {"asyncio", "prompt_toolkit", "uvloop", "wcwidth", "ssl", "click"}


def imported(program: str, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(program), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
    )
    return set(done.stdout.splitlines()[-1].split())


def test_importing_the_package_imports_no_slow_modules() -> None:
    modules = imported("from parlour.client import Options, run")

    assert not modules & (SLOW | {"socket", "json", "msgspec", "threading"})


@pytest.mark.parametrize(
    ("engine", "unwanted"), [("threads", SLOW), ("async", SLOW - {"asyncio", "ssl"})]
)
def test_a_pipe_imports_no_prompt_and_the_threaded_driver_no_asyncio(
    listener: Listener, engine: str, unwanted: set[str]
) -> None:
    listener.close()  # everything is imported before the connection is refused

    modules = imported(
        "import parlour.client as c, parlour.client.program, "
        f"parlour.client.io.{'asyncio' if engine == 'async' else 'threaded'}_driver; "
        f"c.run(c.Options('127.0.0.1', {listener.port}, engine={engine!r}))"
    )

    assert not modules & unwanted


@pytest.mark.parametrize("engine", ["async", "threads"])
def test_a_guest_imports_nothing_that_only_a_sign_in_needs(
    listener: Listener,
    engine: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    listener.close()
    options = f"Options('127.0.0.1', {listener.port}, engine={engine!r})"

    modules = imported(f"from parlour.client import Options, run; run({options})")

    late = {"sign_in_options", "io.key_file", "io.terminal_input"}
    assert not modules & {f"parlour.client.{name}" for name in late}
