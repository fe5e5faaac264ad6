"""Run one target under Atheris, which measures the code that inputs reach.

``python -m tests.fuzz.engine MODULE TARGET [options of libFuzzer]``

A thread watches the time of each input, since the alarm of libFuzzer does not interrupt
Python.
"""

import faulthandler
import hashlib
import importlib
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import atheris

LONGEST: Final = 20.0  # seconds for one input
PREFIX: Final = "-artifact_prefix="
HUNG: Final = 70  # exit code


class _Watch:
    """Ends the process if an input takes too long, and writes it to a file."""

    def __init__(self, fuzz: Callable[[bytes], None], prefix: str) -> None:
        self._fuzz, self._prefix = fuzz, prefix
        self._input, self._since = b"", float("inf")
        threading.Thread(target=self._wait, daemon=True).start()

    def run(self, data: bytes) -> None:
        self._input, self._since = data, time.monotonic()
        self._fuzz(data)
        self._since = float("inf")

    def _wait(self) -> None:
        while time.monotonic() - self._since < LONGEST:
            time.sleep(1.0)
        name = f"{self._prefix}hang-{hashlib.sha1(self._input).hexdigest()}"
        Path(name).write_bytes(self._input)
        sys.stdout.write(f" === Uncaught Python exception: a hang, in {name}\n")
        sys.stdout.flush()
        faulthandler.dump_traceback(sys.stdout, all_threads=True)
        sys.stdout.flush()
        os._exit(HUNG)


def main() -> None:
    module, name = sys.argv.pop(1), sys.argv.pop(1)
    with atheris.instrument_imports(include=["parlour"]):
        fuzz = getattr(importlib.import_module(module), f"fuzz_{name}")
    prefixes = [each for each in sys.argv if each.startswith(PREFIX)]
    prefix = prefixes[-1].removeprefix(PREFIX) if prefixes else ""
    atheris.Setup(sys.argv, _Watch(fuzz, prefix).run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
