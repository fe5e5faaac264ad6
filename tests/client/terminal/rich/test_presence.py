"""Who came, went and took another name, in one row."""

import pytest

from parlour.client.terminal.rich.presence import (
    PresenceEvent,
    combined,
    presence_sign,
    presence_text,
)
from parlour.core.events import LOBBY, Joined, Left, Renamed

ANN, BOB, CAT = (Joined(LOBBY, name) for name in ("ann", "bob", "cat"))
ANN_LEFT = Left(LOBBY, "ann", "")


def renamed(name: str, to: str) -> Renamed:
    return Renamed(LOBBY, name, to)


ANN_TO_EVE = renamed("ann", "eve")


@pytest.mark.parametrize(
    ("events", "row"),
    [
        ([ANN], "→ ann joined"),
        ([ANN, ANN_TO_EVE], "→ eve joined"),
        ([ANN, ANN_TO_EVE, renamed("eve", "fay")], "→ fay joined"),
        ([ANN_TO_EVE, renamed("eve", "fay")], "~ ann is now fay"),
        ([ANN_TO_EVE, BOB], "→ bob joined, ann is now eve"),
        ([ANN_LEFT, ANN_TO_EVE], "→ ann left, ann is now eve"),
        ([ANN, ANN_LEFT, ANN_TO_EVE], "→ ann joined and left, ann is now eve"),
        ([ANN_LEFT, ANN], "→ ann left and came back"),
        ([ANN, ANN_LEFT, ANN], "→ ann joined"),
        ([ANN, BOB, ANN_LEFT], "→ bob joined, ann joined and left"),
        ([ANN_LEFT], "← ann left"),
        ([Joined(LOBBY, "bob joined, carl")], '→ "bob joined, carl" joined'),
        (
            [ANN, BOB, CAT, ANN_LEFT, renamed("x", "y")],
            "→ 3 joined, 1 left, 1 renamed",
        ),
    ],
)
def test_a_row_says_what_is_so_now(events: list[PresenceEvent], row: str) -> None:
    found = combined(events)

    assert f"{presence_sign(found)} {presence_text(found)}" == row
