"""Lists of sanctions with more than one answer has, and requests for the older ones."""

from typing import Any

import pytest

from parlour.core.sessions import sanction_lists
from tests.core.account_peers import register
from tests.core.fake_server import FakeServer
from tests.core.invitation_peers import answers
from tests.core.order_peers import ask, owner
from tests.core.session_peers import SOON


@pytest.fixture(autouse=True)
def two_in_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sanction_lists, "LISTED", 2)


def listed(found: list[dict[str, Any]]) -> tuple[list[int], bool]:
    """Return the numbers in the answer, and whether it says that there are more."""
    (answer,) = found
    data = answer["data"]
    return [each["number"] for each in data["sanctions"]], data.get("more", False)


def test_the_newest_sanctions_are_listed_and_the_older_ones_on_request(
    server: FakeServer,
) -> None:
    ann = owner(server, "Ann", "dev")
    for number in range(3):
        ask(server, ann, "ban", name=f"192.0.2.{number}", room="dev")

    assert listed(answers(server, ann, "sanctions", room="dev")) == ([2, 3], True)
    older = answers(server, ann, "sanctions", room="dev", before=2)
    assert listed(older) == ([1], False)


def test_somebody_with_very_many_sanctions_hears_that_there_are_more(
    server: FakeServer,
) -> None:
    bob = register(server, "Bob")
    server.wait(SOON)
    for name, room in (("Ann", "d"), ("Cat", "e"), ("Dan", "f")):
        moderator = owner(server, name, room)
        ask(server, bob, "join", room=room)
        ask(server, moderator, "mute", name="Bob", room=room)

    assert listed(answers(server, bob, "why")) == ([2, 3], True)
