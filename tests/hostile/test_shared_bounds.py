"""What one member cannot use up for everybody."""

from pathlib import Path

import pytest

from parlour.core.state import invitations, room_bounds
from tests.hostile.chat import Person, open_chat
from tests.server.running_servers import Serve, on_both_drivers

pytestmark = on_both_drivers


def test_bans_in_the_room_of_a_member_leave_bans_to_those_who_keep_order(
    serve: Serve, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_bounds, "MAX_ROOM_SANCTIONS", 20)
    monkeypatch.setattr(room_bounds, "MAX_SANCTIONS", 20)
    with open_chat(serve, path) as chat:
        bob, mo, ada = map(chat.sign_in, ("Bob", "Mo", "Ada"))
        bob.joins("tea")
        for number in range(20):
            bob.asks("ban", name=f"198.51.100.{number}", room="tea")
            assert bob.hears("act", "error").kind == "act"

        refused = bob.is_refused("ban", name="198.51.100.99", room="tea")
        mo.asks("ban", name="198.51.100.99", room="lobby")
        ada.asks("ban", name="198.51.100.99")

        assert refused == "too_many_sanctions"
        assert mo.hears("act", "error").kind == "act"
        ada.asks("sanctions")
        assert "198.51.100.99" in f"{ada.hears('sanctions').data['sanctions']}"


def test_invitations_of_a_member_leave_invitations_to_others(
    serve: Serve, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MAX_SENT_INVITATIONS", 4)
    monkeypatch.setattr(invitations, "MAX_ROOM_INVITATIONS", 4)
    with open_chat(serve, path) as chat:
        bob, max_, ada = map(chat.sign_in, ("Bob", "Max", "Ada"))
        for room in ("tea", "cake"):
            bob.joins(room)
            for _ in range(2):
                bob.asks("invite", room=room)
                assert bob.hears("invitation", "error").kind == "invitation"

        assert bob.is_refused("invite", room="tea") == "too_many_invitations"

        max_.joins("wine")
        places: list[tuple[Person, dict[str, object]]] = [
            (max_, {"room": "wine"}),
            (ada, {"room": "tea"}),
            (ada, {}),
        ]
        for inviter, place in places:
            inviter.asks("invite", **place)
            assert inviter.hears("invitation", "error").kind == "invitation"


def test_rooms_of_one_member_leave_rooms_to_others(serve: Serve, path: Path) -> None:
    with open_chat(serve, path) as chat:
        bob, max_ = map(chat.sign_in, ("Bob", "Max"))
        for number in range(50):
            bob.joins(f"r{number}")
            bob.asks("leave", room=f"r{number}")

        assert bob.is_refused("join", room="more") == "too_many_rooms"

        max_.joins("more")
