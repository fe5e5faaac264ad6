"""What becomes of entries: who is told, in which order, and what is stored."""

from parlour.core.entries import Batch, Said
from parlour.core.events import LOBBY, Bye, Refused, RoomName, SessionId
from parlour.core.limits import Limits
from parlour.core.state.idempotency import KEY_AGE, MAX_KEYS_EACH
from parlour.core.storage import END_OF_SEQUENCES, After
from tests.core.fake_server import WALL, FakePeer, FakeServer, line
from tests.core.session_peers import (
    TOKEN,
    connect_ann_and_bob,
    connect_session,
    read_brief,
    read_events,
    send_messages,
)

DEV = RoomName("dev")
FULL = Refused("storage_full", "not kept")
STORAGE_FAILED = "[Server]: messages cannot be kept now, and are refused: not kept"
STORAGE_RECOVERED = "[Server]: messages are kept again"
OTHER_TOKEN = "another secret of a client"


def stored(server: FakeServer, room: RoomName) -> list[tuple[int, str]]:
    """Return the messages in the store, with their sequences."""
    page = server.history.read(After(room, 0, END_OF_SEQUENCES, 1000))
    return [(each.sequence, each.text) for each in page.messages]


def in_dev(peer: FakePeer, text: str, **more: str) -> None:
    """Let a peer send a message to #dev without taking a turn."""
    peer.feed(line("message", {"room": "dev", "message": text, **more}))


# -- notices ----------------------------------------------------------------------


def test_a_new_member_receives_the_notice_of_its_own_join() -> None:
    server = FakeServer()
    ann = server.member("Ann")

    bob = server.connect("192.0.2.7:7")
    bob.send(line("message", "hi"))

    entered = "[Server]: 192.0.2.7:7 has entered the chat"
    assert ann.read() == bob.read() == [entered, "192.0.2.7:7: hi"]


def test_only_the_other_members_receive_the_notice_of_a_leave() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    bob.send(line("bye"))
    bob.send_eof()
    server.wait(0.1)

    assert ann.read() == ["[Server]: Bob has left the chat"]
    assert "[Server]: Bob has left the chat" not in bob.read()


def test_bye_is_the_last_event_of_a_member() -> None:
    server = FakeServer(Limits(rate=None, line_timeout=5.0))
    ann, bob = server.members("Ann", "Bob")
    ann.feed(line("message", "one") + b"{")

    server.wait(6.0)
    bob.send_text("two")

    *_, last = ann.read()
    assert last == "[Server]: a line must end within 5 seconds"
    assert bob.read() == ["Ann: one", "[Server]: Ann has left the chat", "Bob: two"]


def test_a_connection_that_ends_before_its_session_is_open_joins_and_leaves() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    bob = server.connect("192.0.2.7:7")

    bob.feed(line("message", "hi"))
    bob.disconnect()
    server.wait(0.1)

    assert ann.read() == [
        "[Server]: 192.0.2.7:7 has entered the chat",
        "[Server]: 192.0.2.7:7 has left the chat",
    ]
    assert server.user_names() == ["Ann"]


def test_bye_is_the_last_event_when_the_server_stops() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True
    ann.send_text("one")

    server.hub.stop("over")
    server.is_storage_paused = False
    server.commit()

    assert ann.read() == bob.read() == ["Ann: one", "[Server]: over"]
    assert ann.ended is not None
    assert ann.ended.code == Bye("server_stopping", "over").code


# -- void entries -----------------------------------------------------------------


def test_of_two_rivals_for_a_name_one_wins_and_only_the_other_is_told() -> None:
    server = FakeServer()
    ann, bob, cat = server.members("Ann", "Bob", "Cat")

    ann.feed(line("set-name", "Eve"))
    bob.feed(line("set-name", "eve"))
    server.turn()
    server.wait(0.1)

    renamed = "[Server]: Ann renamed to Eve"
    taken = "[Server]: the name eve is taken, or looks like one that is"
    assert ann.read() == cat.read() == [renamed]
    assert bob.read() == [renamed, taken]


def test_a_message_that_an_entry_of_its_batch_would_make_void_is_not_stored() -> None:
    server = FakeServer()
    ann, bob = connect_ann_and_bob(server)
    rooms = ["lobby", "dev"]
    old = connect_session(server, "Cat", token=OTHER_TOKEN, rooms=rooms)
    watcher = connect_session(server, "Dan", token="yet another secret", rooms=rooms)
    for peer in (ann, bob, old, watcher):
        read_events(peer)

    in_dev(old, "one", id="1")
    new = server.connect()
    data = {"version": 1, "token": OTHER_TOKEN, "rooms": ["lobby"]}
    new.feed(line("hello", data))
    in_dev(old, "two", id="2")  # of a session that leaves #dev in the same batch
    server.turn()
    in_dev(watcher, "three", id="3")
    server.turn()
    server.wait(0.1)

    assert stored(server, DEV) == [(1, "one"), (2, "three")]
    assert server.hub.state.rooms[DEV].sequence == 2
    heard = [each for each in read_brief(watcher) if each[0].isdigit()]
    assert heard == ["1 one", "2 three"]


# -- retries ----------------------------------------------------------------------


def test_a_retry_is_acknowledged_as_the_first_message_was() -> None:
    server = FakeServer()
    ann, bob = connect_ann_and_bob(server)
    send_messages(ann, "a", "b")
    for peer in (ann, bob):
        read_events(peer)

    send_messages(ann, "a", "c")

    assert read_brief(ann) == ["stored a 1", "stored c 3", "3 c"]
    assert read_brief(bob) == ["3 c"]
    assert stored(server, LOBBY) == [(1, "a"), (2, "b"), (3, "c")]


def test_a_retry_is_not_said_again_if_newer_keys_replace_its_key_in_its_batch() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann")
    fill_keys(server, ann, MAX_KEYS_EACH)
    read_events(ann)

    send_messages(ann, "new", "0", "last")

    count = MAX_KEYS_EACH
    assert server.hub.state.rooms[LOBBY].sequence == count + 2
    assert read_brief(ann) == [
        f"stored new {count + 1}",
        f"{count + 1} new",
        "stored 0 1",
        f"stored last {count + 2}",
        f"{count + 2} last",
    ]


def test_a_retry_is_not_said_again_if_its_key_expires_while_its_batch_is_formed() -> (
    None
):
    server = FakeServer()
    ann = connect_session(server, "Ann")
    send_messages(ann, "a")
    for number in range(1, 25):  # 24 hours by entry time
        empty = Batch(WALL + 3600.0 * number, (), node=9)
        server.hub.committed(empty, server.now)
    read_events(ann)

    ann.feed(line("message", {"message": "a", "id": "a"}))
    batch = server.hub.proposals(WALL + KEY_AGE + 1.0)
    assert batch is not None
    server.hub.committed(batch, server.now)
    server.turn()

    assert batch.entries == ()
    assert read_brief(ann) == ["stored a 1"]
    assert server.hub.state.rooms[LOBBY].sequence == 1


def fill_keys(server: FakeServer, ann: FakePeer, count: int) -> None:
    """Let Ann send messages with as many different ids, from "0" on."""
    for start in range(0, count, 512):
        ann.feed(
            b"".join(
                line("message", {"message": "m", "id": f"{number}"})
                for number in range(start, min(start + 512, count))
            )
        )
        server.turn()


# -- a journal that refuses -------------------------------------------------------


def test_a_storage_failure_and_its_end_are_each_reported_once() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True
    for text in "ab":
        ann.send_text(text)
        server.refuse(FULL)

    ann.send_text("c")
    server.commit()

    assert bob.read() == [STORAGE_FAILED, STORAGE_RECOVERED, "Ann: c"]


def test_a_refusal_for_a_connection_that_is_gone_is_dropped() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True
    ann.send_text("a")
    ann.disconnect()

    server.refuse(FULL)
    server.wait(0.1)

    assert bob.read() == [STORAGE_FAILED, "[Server]: Ann has left the chat"]


def test_a_rejected_batch_still_lets_its_other_entries_happen_in_their_order() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True
    ann.feed(line("message", "a"))
    bob.feed(line("set-name", "Eve"))
    server.turn()
    assert server.batch_texts() == ["a"]

    server.refuse(FULL)
    server.wait(0.1)

    renamed = "[Server]: Bob renamed to Eve"
    assert ann.read() == [STORAGE_FAILED, "[Server]: not kept", renamed]
    assert bob.read() == [STORAGE_FAILED, renamed]


def test_what_is_rejected_has_no_sequence_and_may_be_said_again() -> None:
    server = FakeServer()
    ann, _ = connect_ann_and_bob(server)
    server.is_storage_paused = True
    send_messages(ann, "a")
    server.refuse(FULL)
    server.is_storage_paused = False
    read_events(ann)

    send_messages(ann, "a")

    assert [each for each in read_brief(ann) if "kept" not in each] == [
        "stored a 1",
        "1 a",
    ]


# -- counts -----------------------------------------------------------------------


def test_only_messages_that_were_said_are_counted() -> None:
    server = FakeServer()
    ann, _ = connect_ann_and_bob(server)

    send_messages(ann, "a", "b")
    send_messages(ann, "a")
    void = Said(LOBBY, "Nobody", "x", SessionId(99))
    server.hub.committed(Batch(WALL, (void,), node=9), server.now)

    assert server.hub.counters.messages == 2
    assert server.hub.state.message_count == 2


def test_a_token_and_an_id_make_the_key() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann", token=TOKEN)
    bob = connect_session(server, "Bob", token=OTHER_TOKEN)
    for peer in (ann, bob):
        send_messages(peer, "same")

    assert stored(server, LOBBY) == [(1, "same"), (2, "same")]
