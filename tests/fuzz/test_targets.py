"""Each target handles its corpus and what was once found, without Atheris."""

from collections.abc import Iterator

import pytest

from tests.fuzz import site
from tests.fuzz.inputs import (
    HERE,
    MAX_INPUT,
    MAX_INPUTS,
    corpus_file,
    found_file,
    inputs_of,
    read_inputs,
)
from tests.fuzz.table import TARGETS


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    """Stop the server that the targets of the page share."""
    yield
    site.stop()


@pytest.mark.parametrize("name", TARGETS)
def test_the_inputs_in_the_repository_are_handled(name: str) -> None:
    inputs = inputs_of(name)

    assert inputs
    for data in inputs:
        TARGETS[name].fuzz(data)


def test_the_corpus_is_small_and_has_each_input_once() -> None:
    for name in TARGETS:
        inputs = read_inputs(corpus_file(name))
        assert len(inputs) == len(set(inputs)) <= MAX_INPUTS, name
        assert max(map(len, inputs)) <= MAX_INPUT, name


def test_every_file_of_inputs_has_a_target() -> None:
    files = [*(HERE / "corpus").iterdir(), *(HERE / "found").iterdir()]

    assert {path.stem for path in files} == set(TARGETS)
    assert all(
        path in (corpus_file(path.stem), found_file(path.stem)) for path in files
    )
