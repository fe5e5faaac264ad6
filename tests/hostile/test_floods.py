"""Floods of registrations and of wrong passwords do not keep others from chatting."""

from pathlib import Path

from tests.gateways.web.account_client import PASSWORD
from tests.hostile.chat import ACCOUNTS, BANNED, Chat, open_chat
from tests.server.running_servers import Serve, on_both_drivers

WRONG = "not the password"
ADDRESSES = [f"127.0.1.{number}" for number in range(1, 61)]

pytestmark = on_both_drivers


class Pair:
    """Two who chat with each other, whatever the others do."""

    def __init__(self, chat: Chat) -> None:
        self._bob, self._listener = chat.sign_in("Bob"), chat.guest("juliet")

    def chats(self) -> None:
        for number in range(20):
            text = f"message {number}"
            assert self._bob.says(text) == "stored"
            assert self._listener.hears("message").data["message"] == text


def names_of_accounts(chat: Chat) -> set[str]:
    """Return the names of accounts; the server has to be idle."""
    return {each.name for each in chat.gateway.server.hub.state.accounts}


def test_one_address_registers_five_accounts(serve: Serve, path: Path) -> None:
    with open_chat(serve, path) as chat:
        pair, outcomes = Pair(chat), []
        for number in range(8):
            guest = chat.guest(f"eve{number}", BANNED)
            guest.asks("register", password=PASSWORD)
            found = guest.hears("account", "error")
            outcomes.append(found.code if found.kind == "error" else found.kind)
        pair.chats()

        assert outcomes == ["account"] * 5 + ["too_many_accounts"] * 3
        assert names_of_accounts(chat) == {*ACCOUNTS, *(f"eve{n}" for n in range(5))}


def test_many_addresses_that_register_at_once_are_bounded_by_the_queue(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        pair = Pair(chat)
        flood = [
            chat.guest(f"eve{number}", address)
            for number, address in enumerate(ADDRESSES)
        ]

        for each in flood:
            each.asks("register", password=PASSWORD)
        pair.chats()
        found = [each.hears("account", "error") for each in flood]

        kinds = {each.code if each.kind == "error" else each.kind for each in found}
        assert kinds <= {"account", "busy"}
        registered = {
            f"eve{number}" for number, each in enumerate(found) if each.kind != "error"
        }
        assert registered
        assert names_of_accounts(chat) == {*ACCOUNTS, *registered}


def test_wrong_passwords_from_many_addresses_do_not_lock_the_owner_out(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        pair = Pair(chat)
        flood = [
            chat.connect(address, account="Bob", password=WRONG)
            for address in ADDRESSES
        ]
        pair.chats()
        codes = {each.hears("error").code for each in flood}

        assert codes <= {"auth_failed", "too_many_tries", "busy"}
        assert chat.sign_in("Bob").says("it is me") == "stored"


def test_wrong_passwords_of_one_address_end_in_a_delay(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        pair, codes = Pair(chat), []
        for number in range(8):
            guest = chat.connect(BANNED, account=f"nobody{number}", password=WRONG)
            codes.append(guest.hears("error").code)
        pair.chats()

        assert codes[:5] == ["auth_failed"] * 5
        assert codes[5:] == ["too_many_tries"] * 3
