"""The option --room of the client."""

import pytest

from parlour import cli
from parlour.cli.errors import CommandLineError
from parlour.cli.room_type import MAX_ROOMS, MAX_TYPED

WHERE = ["127.0.0.1", "5555"]


def rooms(*options: str) -> tuple[str, ...]:
    """Return the rooms that the client would enter."""
    found = cli.client.make_context("client", [*WHERE, *options]).params["room"]
    assert isinstance(found, tuple)
    return found


def test_rooms_are_named_as_a_server_writes_them() -> None:
    assert rooms() == ()
    assert rooms("--room", "#Dev", "--room", "ops-2", "--room=dev") == ("dev", "ops-2")


def test_rooms_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLOUR_ROOM", "lobby #Dev")

    assert rooms() == ("lobby", "dev")


@pytest.mark.parametrize(
    "name", ["", "#", "@bob", "a b", "a\nb", "\x1b", "x" * (MAX_TYPED + 1)]
)
def test_what_cannot_be_a_room_is_refused(name: str) -> None:
    with pytest.raises(CommandLineError, match="is not the name of a room"):
        rooms("--room", name)


def test_the_number_of_rooms_is_bounded() -> None:
    with pytest.raises(CommandLineError, match="at most 100 rooms"):
        rooms(*(f"--room=room{number}" for number in range(MAX_ROOMS + 1)))
