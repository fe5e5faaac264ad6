"""A copy of the checkout in which mutants are planted, one after the other."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, Self

from tests.mutants.mutant import ROOT, Mutant

TIMEOUT: Final = 900  # seconds for the tests of one mutant
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (([^\s\[]+).*?)(?: - |$)", re.MULTILINE)
"""The name of a test that failed, and before it that without parameters.

Parameters can have blanks and anything else in their names.
"""


class Verdict(NamedTuple):
    """What the tests say: the first one that failed, or why they did not run."""

    failed: str
    problem: str = ""
    function: str = ""
    """The failed test for all of its parameters."""


class Tree:
    """The files of the checkout, with an environment whose Python imports the copy.

    The environment consists of hard links, since its path decides what is imported.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._place = Path(tempfile.mkdtemp(prefix="tree-", dir=directory))
        self._root = self._place / "parlour"

    def __enter__(self) -> Self:
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        files = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
        for name in filter(None, files.decode().split("\0")):
            source, target = ROOT / name, self._root / name
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        shutil.copytree(
            ROOT / ".venv",
            self._root / ".venv",
            symlinks=True,
            copy_function=os.link,
        )
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._place, ignore_errors=True)

    def judge(self, mutant: Mutant, tests: Sequence[str]) -> Verdict:
        """Run *tests* with a mutant; the one that fails must pass without it."""
        verdict = self._run_with(mutant, tests)
        if not verdict.failed:
            return verdict
        if (without := self.run([verdict.function])) != Verdict(""):
            reason = f"{verdict.failed} fails without the mutant, too"
            return Verdict("", without.problem or reason)
        return verdict

    def _run_with(self, mutant: Mutant, tests: Sequence[str]) -> Verdict:
        path = self._root / mutant.path
        text = path.read_text()
        self._write(path, mutant.applied_to(text))
        try:
            return self.run(tests)
        finally:
            self._write(path, text)

    def run(self, tests: Sequence[str]) -> Verdict:
        """Run *tests* until the first one fails."""
        command = [
            *(str(self._root / ".venv" / "bin" / "python"), "-m", "pytest", "-q", "-x"),
            *("-n", "0", "-p", "no:cacheprovider", "--no-header", "--tb=no", *tests),
        ]
        try:
            done = subprocess.run(
                command,
                cwd=self._root,
                capture_output=True,
                text=True,
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Verdict("", f"the tests took longer than {TIMEOUT} s")
        found = FAILED.search(done.stdout)
        match done.returncode:
            case 0:
                return Verdict("")
            case 1 if found is not None:
                return Verdict(found[1], function=found[2])
            case code:
                return Verdict("", f"pytest ended with {code}:\n{done.stdout[-2000:]}")

    @staticmethod
    def _write(path: Path, text: str) -> None:
        """Write the source, and remove what Python has compiled of it."""
        path.write_text(text)
        with suppress(FileNotFoundError):
            Path(importlib.util.cache_from_source(str(path))).unlink()
