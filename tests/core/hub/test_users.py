"""The list of users."""

from parlour.core.events import LOBBY
from tests.core.fake_server import FakeServer, line


def test_a_list_of_users_is_built_once_for_all_queries() -> None:
    server = FakeServer()
    peers = server.members(*(f"n{number:03}" for number in range(250)))

    state = server.hub.state
    first = state.rooms[LOBBY].user_pages(state.sessions)
    peers[0].rename("Ann")
    second = state.rooms[LOBBY].user_pages(state.sessions)

    assert first is not second
    assert second is state.rooms[LOBBY].user_pages(state.sessions)
    assert [len(page.users) for page in second] == [100, 100, 50]


def test_users_are_sorted_without_regard_to_case() -> None:
    server = FakeServer()
    zoe, *_ = server.members("zoe", "Ann", "bob", "Cid")

    zoe.send(line("users"))

    assert zoe.read() == ["[Server]: 4 users: Ann, bob, Cid, zoe"]


def test_users_lists_the_names_in_the_order_of_events() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    bob.send_text("hi")
    bob.rename("Zoe")
    ann.send(line("users"))
    bob.send_eof()
    server.commit()

    assert "[Server]: 2 users: Ann, Zoe" in ann.read()
