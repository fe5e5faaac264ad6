"""Those who keep order in a room and are banned from it: they only wait for its end."""

from pathlib import Path

import pytest

from tests.gateways.web.account_client import AccountClient
from tests.hostile.chat import ELSEWHERE, Chat, Person, open_chat
from tests.server.running_servers import Serve, on_both_drivers

pytestmark = on_both_drivers

ACTS: list[tuple[str, dict[str, object]]] = [
    ("set", {"locked": True}),
    ("set", {"slow": 60}),
    ("mute", {"name": "Ada", "reason": "I still speak"}),
    ("ban", {"name": "203.0.113.4", "reason": "I still speak"}),
    ("kick", {"name": "Ada"}),
    ("erase", {"sequence": 1}),
    ("erase", {"name": "Ada"}),
    ("unban", {"number": 1}),
    ("role", {"name": "Mo", "role": "moderator"}),
    ("invite", {}),
    ("invite", {"name": "Mo"}),
    ("invites", {}),
    ("uninvite", {"number": 1}),
    ("sanctions", {}),
    ("audit", {}),
    ("set", {"private": True}),
    ("close", {}),
    ("topic", {"topic": "mine"}),
]
SECRET = "203.0.113.9"


def ban_owner(chat: Chat) -> tuple[Person, Person]:
    """Return the clients of Ada, and of Bob, whom Ada has banned from Bob's room."""
    bob, ada = chat.sign_in("Bob"), chat.sign_in("Ada")
    bob.joins("tea")
    ada.joins("tea")
    ada.asks("message", room="tea", message="hello", id="hello")
    ada.asks("ban", room="tea", name=SECRET)
    ada.asks("ban", room="tea", name="Bob", reason="abuse")
    assert bob.hears("left").data["reason"] == "banned"
    return ada, bob


def test_a_banned_owner_does_nothing_in_the_room_and_reads_nothing(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        ada, bob = ban_owner(chat)

        codes = {
            (kind, *data): bob.is_refused(kind, room="tea", **data)
            for kind, data in ACTS
        }
        ada.asks("audit", room="tea")

        assert codes == dict.fromkeys(codes, "banned")
        acts = ada.hears("audit").data["acts"]
        assert isinstance(acts, list)
        assert [each["action"] for each in acts] == ["open", "ban", "ban"]


@pytest.mark.parametrize("address", ["/r/tea/order", "/r/tea/audit"])
def test_a_banned_owner_sees_no_page_that_keeps_order(
    serve: Serve, path: Path, address: str
) -> None:
    with open_chat(serve, path) as chat:
        browser = AccountClient(chat.gateway.port, source=ELSEWHERE).sign_in("Bob")
        ban_owner(chat)

        response = browser.get(address)
        form = {"room": "tea", "act": "lock", "csrf": "wrong", "id": "f" * 32}
        expired = browser.send("/order", form)
        sent = browser.send("/order", form | {"csrf": browser.token("/account")})

        for each in (response, expired, sent):
            assert each.status == 403
            assert "you are banned from #tea" in each.text.lower()
            assert SECRET not in each.text
