"""The keys by which a retry is recognised."""

from parlour.core.events import LOBBY, RoomName
from parlour.core.protocol.tokens import hash_token, idempotency_key

TOKEN = hash_token("a secret of the client")
DEV = RoomName("dev")


def test_a_key_of_the_lobby_is_that_of_the_first_release() -> None:
    assert idempotency_key(TOKEN, LOBBY, "1") == hash_token(f"{TOKEN} 1")


def test_the_same_id_in_another_room_is_another_message() -> None:
    keys = {idempotency_key(TOKEN, room, "1") for room in (LOBBY, DEV)}

    assert len(keys) == 2


def test_there_is_no_key_without_a_token_or_an_id() -> None:
    assert idempotency_key("", DEV, "1") == idempotency_key(TOKEN, DEV, "") == ""
