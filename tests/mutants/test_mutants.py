"""Each mutant can be planted in the source as it is, and has tests that exist."""

import pytest

from tests.mutants.mutant import ROOT, Mutant
from tests.mutants.table import MUTANTS
from tests.mutants.tree import FAILED

FEWEST = 20


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_a_mutant_applies_once_and_compiles(mutant: Mutant) -> None:
    text = (ROOT / mutant.path).read_text()

    changed = mutant.applied_to(text)

    assert changed != text
    compile(changed, mutant.file, "exec")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_the_tests_of_a_mutant_exist(mutant: Mutant) -> None:
    assert mutant.tests
    for test in mutant.tests:
        file, _, function = test.partition("::")
        path = ROOT / file
        assert path.exists(), file
        assert not function or f"def {function}(" in path.read_text(), test


def test_there_are_many_mutants_with_names_of_their_own() -> None:
    names = [each.name for each in MUTANTS]

    assert len(names) == len(set(names)) >= FEWEST


def test_a_mutant_that_has_no_place_any_more_is_reported() -> None:
    mutant = MUTANTS[0]._replace(old="no such text")

    with pytest.raises(ValueError, match="has its text 0 times"):
        mutant.applied_to((ROOT / mutant.path).read_text())


@pytest.mark.parametrize(
    ("line", "name", "function"),
    [
        ("FAILED t/a.py::test_b - assert 1", "t/a.py::test_b", "t/a.py::test_b"),
        ("FAILED t/a.py::test_b[x y] - E", "t/a.py::test_b[x y]", "t/a.py::test_b"),
        (
            "ERROR t/a.py::test_b[GET / [1]]",
            "t/a.py::test_b[GET / [1]]",
            "t/a.py::test_b",
        ),
    ],
)
def test_the_test_that_failed_is_found(line: str, name: str, function: str) -> None:
    found = FAILED.search(f"...\n{line}\n1 failed")

    assert found is not None
    assert found.groups() == (name, function)
