"""How much is kept, as one says it on the command line."""

import click
import pytest

from parlour import cli
from parlour.config import Bound

from .harness import SERVER
from .stage import Stage


def parsed(*values: str) -> object:
    options = [word for value in values for word in ("--max-history", value)]
    return cli.server.make_context("server", options).params["max_history"]


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        ("0", Bound("max_messages", 0)),
        ("50000", Bound("max_messages", 50_000)),
        ("500MB", Bound("max_bytes", 500_000_000)),
        ("500 mb", Bound("max_bytes", 500_000_000)),
        ("1GiB", Bound("max_bytes", 1_073_741_824)),
        ("1TB", Bound("max_bytes", 1_000_000_000_000)),
        ("90min", Bound("max_age", 5_400)),
        ("12h", Bound("max_age", 43_200)),
        ("30d", Bound("max_age", 2_592_000)),
        ("2w", Bound("max_age", 1_209_600)),
        ("1y", Bound("max_age", 31_536_000)),
    ],
)
def test_a_number_a_size_and_an_age_are_told_apart(value: str, bound: Bound) -> None:
    assert parsed(value) == (bound,)


def test_each_kind_can_be_given_once() -> None:
    assert parsed("30d", "7", "1GB") == (
        Bound("max_age", 2_592_000),
        Bound("max_messages", 7),
        Bound("max_bytes", 1_000_000_000),
    )


@pytest.mark.parametrize(
    "value",
    ["all", "", "-1", "1,000,000", "1_000", "1.5GB", "30m", "500M", "d", "30dd", "٣"],
)
def test_what_is_none_of_them_is_refused(value: str) -> None:
    with pytest.raises(click.ClickException, match="is no number of messages"):
        parsed(value)


@pytest.mark.parametrize("value", ["1000000001", "2000TB", "1001y"])
def test_more_than_any_history_has_is_refused(value: str) -> None:
    with pytest.raises(click.ClickException, match="is more than can be kept"):
        parsed(value)


def test_two_of_a_kind_are_refused_in_one_line(stage: Stage) -> None:
    two = ["--max-history", "500MB", "--max-history", "1GB"]

    program = stage.run_python(*SERVER, "--port", "0", *two)

    assert program.wait() == 2
    (told,) = program.err.lines
    assert told.startswith("parlour: invalid value for '--max-history': say a number")
