"""What the user has read: told to the server, and counted as the server says."""

from parlour.client.conversation import Conversation
from parlour.client.protocol.display_items import ChatMessage, Note
from parlour.client.protocol.read_marks import READ_INTERVAL
from parlour.client.room_views.screen import RoomDisplay
from parlour.client.terminal.shown_items import Divider, DividerKind, Labelled
from tests.client.conversations import TOKEN, sent
from tests.client.room_lines import said
from tests.client.server_lines import account, room, session_line, welcome_to_rooms

DIRECT = "direct:0123456789abcdef"


def client(
    *rooms: bytes, interactive: bool = True, display: RoomDisplay = RoomDisplay.CURRENT
) -> Conversation:
    """Return a client that is signed in, in the lobby and in dev; drop its lines."""
    conversation = Conversation(
        interactive=interactive,
        token=TOKEN,
        rooms=("lobby", "dev"),
        room_display=display,
    )
    conversation.receive(welcome_to_rooms() + account() + b"".join(rooms), 0)
    sent(conversation)
    conversation.items_to_show()
    return conversation


def state(
    name: str, sequence: int, read: int, unread: int, *, other: str = ""
) -> bytes:
    """Return the line about a room, as an account receives it."""
    return room(
        name, sequence=sequence, other=other, read=read, unread=unread, mentions=0
    )


def reads(conversation: Conversation) -> list[object]:
    """Take the lines to send; return the read positions."""
    return [data for kind, data in sent(conversation) if kind == "read"]


def counts(conversation: Conversation) -> list[tuple[str, int]]:
    """Return the rooms with unread messages, as the prompt has them."""
    conversation.items_to_show()
    status = conversation.status(0)
    return [(each.label, each.unread) for each in status.unread]


def shown_after_switch(conversation: Conversation, number: int) -> list[str]:
    """Switch to the room with this *number*; return the texts that are shown then."""
    conversation.items_to_show()
    conversation.switch_room(number)
    items = conversation.items_to_show()
    labelled = [each.item for each in items if isinstance(each, Labelled)]
    return [each.text for each in labelled if isinstance(each, ChatMessage)]


def test_the_prompt_counts_what_the_server_says() -> None:
    conversation = client(state("lobby", 5, 5, 0), state("dev", 9, 6, 3))

    assert counts(conversation) == [("#dev", 3)]
    conversation.receive(said("Bob", "hi", "dev", 10), 1)
    assert counts(conversation) == [("#dev", 4)]


def test_direct_messages_that_follow_are_counted_once() -> None:
    opened = state(DIRECT, 0, 0, 2, other="Bob")
    conversation = client(state("lobby", 0, 0, 0), opened)

    conversation.receive(said("Bob", "one", DIRECT, 1), 1)
    conversation.receive(said("Bob", "two", DIRECT, 2), 1)

    assert counts(conversation) == [("@Bob", 2)]
    assert reads(conversation) == []


def test_what_arrives_in_the_room_that_is_shown_is_read() -> None:
    conversation = client(state("lobby", 5, 5, 0), state("dev", 0, 0, 0))

    conversation.receive(said("Bob", "hi", "lobby", 6), 1)
    assert reads(conversation) == [{"room": "lobby", "sequence": 6}]
    conversation.receive(said("Bob", "hi", "lobby", 7), 1.5)
    conversation.receive(said("Bob", "hi", "dev", 1), 1.5)
    assert reads(conversation) == [], "not more often than every two seconds"

    conversation.tick(1 + READ_INTERVAL)
    assert reads(conversation) == [{"room": "lobby", "sequence": 7}]


def test_a_room_is_read_when_it_is_shown() -> None:
    conversation = client(state("lobby", 5, 5, 0), state("dev", 9, 6, 3))

    conversation.switch_room(2)
    conversation.tick(1)

    lines = sent(conversation)
    assert ("read", {"room": "dev", "sequence": 9}) in lines
    assert ("history", {"room": "dev", "before": 10, "limit": 20}) in lines
    assert counts(conversation) == []


def test_the_messages_after_the_read_position_are_marked_as_new() -> None:
    conversation = client(state("lobby", 5, 5, 0), state("dev", 3, 2, 1))
    conversation.switch_room(2)
    conversation.tick(1)
    conversation.items_to_show()
    times = ("2026-01-31T12:00:00Z", "2026-01-31T12:01:00Z")
    page = [
        {"sequence": 2, "time": times[0], "source": "Bob", "message": "old"},
        {"sequence": 3, "time": times[1], "source": "Bob", "message": "new"},
    ]

    conversation.receive(
        session_line("history", room="dev", messages=page, more=True), 1
    )

    dividers = [
        each.label
        for each in conversation.items_to_show()
        if isinstance(each, Divider) and each.kind is DividerKind.NEW
    ]
    assert len(dividers) == 1
    assert dividers[0].startswith("new since 2026-01-31 ")


def test_what_another_device_has_read_is_not_unread() -> None:
    conversation = client(state("lobby", 0, 0, 0), state("dev", 9, 6, 3))
    conversation.receive(said("Bob", "hi", "dev", 10), 1)

    read = session_line("read", room="dev", read=9, unread=1, mentions=0)
    conversation.receive(read, 2)
    assert counts(conversation) == [("#dev", 1)]

    read = session_line("read", room="dev", read=10, unread=0, mentions=0)
    conversation.receive(read, 3)
    assert counts(conversation) == []


def test_a_room_in_which_another_device_writes_is_read() -> None:
    conversation = client(state("lobby", 0, 0, 0), state("dev", 9, 6, 3))

    conversation.receive(said("Ann", "done", "dev", 10), 1)

    assert counts(conversation) == []


def test_a_line_of_this_client_does_not_make_its_room_read() -> None:
    conversation = client(state("lobby", 0, 0, 0), state("dev", 9, 9, 0))
    conversation.submit_line("mine", 1, "dev")
    conversation.receive(said("Bob", "hi", "dev", 10), 1)

    stored = session_line("stored", id="1", room="dev", sequence=11)
    conversation.receive(stored + said("Ann", "mine", "dev", 11), 1)
    conversation.receive(said("Ann", "from the phone", "lobby", 1), 1)
    assert counts(conversation) == [("#dev", 1)]

    assert shown_after_switch(conversation, 2) == ["hi", "mine"]


def test_a_line_whose_acknowledgement_was_lost_does_not_make_its_room_read() -> None:
    rooms = state("lobby", 0, 0, 0), state("dev", 9, 9, 0)
    conversation = client(*rooms)
    conversation.submit_line("mine", 1, "dev")
    conversation.disconnected(2)
    conversation.connected(3)
    again = state("lobby", 0, 0, 0), state("dev", 11, 9, 2)
    missed = said("Bob", "hi", "dev", 10) + said("Ann", "mine", "dev", 11)

    conversation.receive(welcome_to_rooms() + account() + b"".join(again) + missed, 4)

    assert shown_after_switch(conversation, 2) == ["hi", "mine"]


def test_what_others_say_around_the_own_lines_of_a_guest_is_shown() -> None:
    conversation = Conversation(
        interactive=True,
        token=TOKEN,
        rooms=("lobby", "dev"),
        room_display=RoomDisplay.CURRENT,
    )
    rooms = room("lobby") + room("dev", sequence=9)
    conversation.receive(welcome_to_rooms() + rooms, 0)

    conversation.receive(said("Bob", "hi", "dev", 10), 1)
    conversation.receive(said("Ann", "mine", "dev", 11), 1)

    assert counts(conversation) == [("#dev", 1)]
    assert shown_after_switch(conversation, 2) == ["hi", "mine"]


def test_a_guest_tells_nothing() -> None:
    conversation = Conversation(
        interactive=True, token=TOKEN, room_display=RoomDisplay.CURRENT
    )
    conversation.receive(welcome_to_rooms() + room("lobby", sequence=3), 0)

    conversation.receive(said("Bob", "hi", "lobby", 4), 1)

    assert reads(conversation) == []


def test_a_script_tells_nothing() -> None:
    conversation = client(
        state("lobby", 3, 3, 0), interactive=False, display=RoomDisplay.ALL
    )

    conversation.receive(said("Bob", "hi", "lobby", 4), 1)

    assert reads(conversation) == []


def test_wrong_counts_are_ignored() -> None:
    line = room("dev", sequence=3, read="x", unread=-1, mentions=None)
    conversation = client(state("lobby", 0, 0, 0), line)

    conversation.receive(session_line("read", room="dev", read="y"), 1)

    assert counts(conversation) == []
    assert not [each for each in conversation.items_to_show() if type(each) is Note]
