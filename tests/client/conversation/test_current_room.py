"""Which room a line goes to: the current one, and never another."""

import pytest

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.protocol.display_items import Note, OwnLine
from parlour.client.room_views.screen import RoomDisplay
from parlour.client.terminal.shown_items import Labelled
from tests.client.conversations import TOKEN, lose_connection, sent
from tests.client.room_lines import entered, rooms_welcome
from tests.client.server_lines import session_line


def client(*rooms: str, interactive: bool = True) -> Conversation:
    """Return a client in these rooms."""
    conversation = Conversation(
        interactive=interactive,
        token=TOKEN,
        reconnects=True,
        jitter=lambda: 0.5,
        rooms=rooms,
        room_display=RoomDisplay.CURRENT if interactive else RoomDisplay.ALL,
    )
    conversation.receive(rooms_welcome(*rooms), 0)
    sent(conversation)
    return conversation


def refused(code: str, **data: object) -> bytes:
    return session_line("error", code=code, reason="no", **data)


def targets(conversation: Conversation) -> list[tuple[object, object]]:
    """Take the messages to send; return the room and the text of each."""
    found = [data for kind, data in sent(conversation) if kind == "message"]
    assert all(isinstance(data, dict) for data in found)
    return [(d["room"], d["message"]) for d in found if isinstance(d, dict)]


def notes(conversation: Conversation) -> list[str]:
    """Take the items to show, and return the texts of the notes."""
    shown = conversation.items_to_show()
    return [item.text for item in shown if isinstance(item, Note)]


def test_a_line_goes_to_the_current_room() -> None:
    conversation = client("lobby", "dev")

    conversation.submit_line("one", 0)
    conversation.switch_room(2)
    conversation.submit_line("two", 0)
    conversation.submit_line("/room lobby", 0)
    conversation.submit_line("three", 0)

    assert targets(conversation) == [
        ("lobby", "one"),
        ("dev", "two"),
        ("lobby", "three"),
    ]


def test_a_line_that_waits_for_a_connection_keeps_its_room() -> None:
    conversation = client("lobby", "dev")
    conversation.switch_room(2)
    lose_connection(conversation, 1)
    conversation.submit_line("for dev", 2)
    conversation.switch_room(1)
    conversation.submit_line("for lobby", 3)

    conversation.connected(70)
    conversation.receive(rooms_welcome("lobby", "dev"), 70)

    assert targets(conversation) == [("dev", "for dev"), ("lobby", "for lobby")]


def test_a_line_that_the_user_confirms_keeps_its_room() -> None:
    conversation = client("lobby", "dev")
    conversation.switch_room(2)
    lose_connection(conversation, 1)
    conversation.submit_line("for dev", 2)
    conversation.switch_room(1)
    conversation.connected(400)
    conversation.receive(rooms_welcome("lobby", "dev"), 400)

    assert targets(conversation) == []
    unsent = "1 of your lines is older than 5 minutes and not sent"
    assert (
        Labelled(Note(f"{unsent}: press Enter to send, or leave", "dev"), "#dev")
        in conversation.items_to_show()
    )
    conversation.submit_line("", 401)

    assert targets(conversation) == [("dev", "for dev")]


def test_a_line_is_confirmed_for_the_room_in_which_it_was_entered() -> None:
    conversation = client("lobby", "dev")

    answers = [conversation.submit_line(" /help", 0)]
    conversation.switch_room(2)
    answers.append(conversation.submit_line(" /help", 0))
    answers.append(conversation.submit_line(" /help", 0))

    assert answers == [False, False, True]
    assert targets(conversation) == [("dev", " /help")]


def test_a_line_that_is_entered_while_a_room_is_joined_goes_to_that_room() -> None:
    conversation = client("lobby")

    conversation.submit_line("/join #Dev", 0)
    assert conversation.status(0).room == "#dev …"
    conversation.submit_line("at once", 0)
    conversation.receive(entered("dev"), 0)
    conversation.items_to_show()
    conversation.submit_line("after", 0)

    assert targets(conversation) == [("dev", "at once"), ("dev", "after")]


def test_after_a_refused_join_lines_go_to_the_room_before() -> None:
    conversation = client("lobby")

    conversation.submit_line("/join dev", 0)
    conversation.receive(refused("too_many_rooms", about="join", room="dev"), 0)
    conversation.items_to_show()
    conversation.submit_line("after", 0)

    assert targets(conversation) == [("lobby", "after")]


def test_a_user_who_switches_elsewhere_does_not_write_to_the_joined_room() -> None:
    conversation = client("lobby", "ops")

    conversation.submit_line("/join dev", 0)
    conversation.submit_line("/room ops", 0)
    conversation.submit_line("to ops", 0)

    assert targets(conversation) == [("ops", "to ops")]


@pytest.mark.parametrize("interactive", [True, False])
def test_a_line_after_the_opening_of_a_direct_room_goes_to_no_other(
    *, interactive: bool
) -> None:
    conversation = client("lobby", interactive=interactive)

    conversation.receive_input(b"/msg Bob\nsecret\nanother\n", 0)
    before = targets(conversation)
    conversation.receive(entered("direct:1", "Bob"), 0)
    conversation.items_to_show()
    conversation.receive_input(b"and on\n", 0)

    assert before == []
    texts = ("secret", "another", "and on")
    assert targets(conversation) == [("direct:1", text) for text in texts]


def test_an_answer_about_another_user_opens_no_room() -> None:
    conversation = client("lobby")

    conversation.submit_line("/msg Bob hi", 0)
    conversation.submit_line("/msg Ann", 0)
    conversation.receive(entered("direct:1", "Bob"), 0)
    conversation.items_to_show()
    conversation.submit_line("secret", 0)

    assert targets(conversation) == [("direct:1", "hi")]


def test_a_refusal_of_a_message_to_another_user_leaves_the_opening() -> None:
    conversation = client("lobby")

    conversation.submit_line("/msg Bob hi", 0)
    conversation.submit_line("/msg Ann", 0)
    conversation.receive(refused("no_such_user", about="direct"), 0)
    conversation.items_to_show()
    conversation.submit_line("secret", 0)

    assert targets(conversation) == []


@pytest.mark.parametrize("command", ["/topic secret", "/leave"])
def test_a_command_after_the_opening_of_a_direct_room_is_for_no_other(
    command: str,
) -> None:
    conversation = client("lobby", interactive=False)

    conversation.receive_input(f"/msg Bob\n{command}\n".encode(), 0)
    conversation.receive(entered("direct:1", "Bob"), 0)

    requests = [data for kind, data in sent(conversation) if kind != "direct"]
    assert [each for each in requests if "lobby" in str(each)] == []


def test_a_new_conversation_takes_the_place_of_the_closed_one() -> None:
    conversation = client("lobby")
    conversation.submit_line("/msg Bob", 0)
    conversation.receive(entered("direct:1", "Bob"), 0)
    conversation.receive(session_line("closed", room="direct:1", reason="left"), 1)
    conversation.items_to_show()
    assert conversation.status(1).room == "@Bob (closed)"

    conversation.submit_line("/msg Bob again", 2)
    conversation.receive(entered("direct:2", "Bob"), 2)
    conversation.items_to_show()
    conversation.submit_line("and on", 3)

    assert conversation.status(3).room == "@Bob"
    assert targets(conversation) == [("direct:2", "again"), ("direct:2", "and on")]


def test_a_script_says_nothing_aloud_after_a_refused_direct_room() -> None:
    conversation = client("lobby", interactive=False)

    conversation.receive_input(b"/msg Bob\n", 0)
    targets(conversation)
    conversation.receive(refused("no_such_user", about="direct"), 0)
    conversation.items_to_show()
    conversation.receive_input(b"secret\n", 0)

    assert targets(conversation) == []


def test_a_pipe_writes_to_the_room_that_it_joins() -> None:
    conversation = client("lobby", interactive=False)

    conversation.receive_input(b"one\n/join #Dev\ntwo\n/room lobby\nthree\n", 0)

    assert targets(conversation) == [
        ("lobby", "one"),
        ("dev", "two"),
        ("lobby", "three"),
    ]


def test_a_pipe_writes_to_its_first_room() -> None:
    conversation = client("dev", "lobby", interactive=False)

    conversation.receive_input(b"one\n/history\n", 0)

    (_, message), (_, history) = sent(conversation)
    assert isinstance(message, dict)
    assert isinstance(history, dict)
    assert (message["room"], history["room"]) == ("dev", "dev")


def test_without_a_room_a_line_is_not_sent() -> None:
    conversation = client("lobby", interactive=False)

    conversation.receive_input(b"/leave\nlost\n/history\n", 0)

    assert [kind for kind, _ in sent(conversation)] == ["leave"]
    assert conversation.exit_code is ExitCode.REFUSED
    assert notes(conversation) == [
        "Not sent: you are in no room. Enter one: /join ROOM",
        "Not possible: you are in no room. Enter one: /join ROOM",
    ]


def test_a_room_is_left_by_the_number_that_is_listed() -> None:
    conversation = client("lobby", "dev", "2")

    for line in ("/leave 2", "/leave #2", "/leave @bob", "/leave 99"):
        conversation.submit_line(line, 0)

    assert sent(conversation) == [("leave", {"room": "dev"}), ("leave", {"room": "2"})]
    assert [note for note in notes(conversation) if "/" in note] == [
        "You have no conversation with bob: /msg bob",
        "No room of yours has the number 99: /room lists them",
    ]


def test_leaving_without_a_name_leaves_the_current_room_even_if_it_is_a_number() -> (
    None
):
    conversation = client("2", "dev")

    conversation.submit_line("/leave", 0)

    assert sent(conversation) == [("leave", {"room": "2"})]


def test_a_script_may_leave_a_room_of_digits_that_it_has_just_requested() -> None:
    conversation = client("lobby", interactive=False)

    conversation.receive_input(b"/join 99\n/leave 99\n", 0)

    assert sent(conversation) == [("join", {"room": "99"}), ("leave", {"room": "99"})]


def test_a_line_without_a_room_stays_in_the_prompt() -> None:
    conversation = client("lobby")
    conversation.submit_line("/leave", 0)
    conversation.receive(session_line("left", room="lobby", name="Ann", you=True), 0)
    conversation.items_to_show()

    assert not conversation.submit_line("lost", 0)
    assert conversation.status(0).text(80) == "no room> "


@pytest.mark.parametrize(
    "command", ["/leave", "/users", "/history", "/search tea", "/topic tea"]
)
def test_a_command_without_a_room_does_not_stay_in_the_prompt(command: str) -> None:
    conversation = client("lobby")
    conversation.submit_line("/leave", 0)
    conversation.receive(session_line("left", room="lobby", name="Ann", you=True), 0)
    conversation.items_to_show()

    assert conversation.submit_line(command, 0)
    assert conversation.items_to_show() == [
        OwnLine(command, room=""),
        Note("Not possible: you are in no room. Enter one: /join ROOM"),
    ]


def test_a_command_in_a_closed_room_does_not_stay_in_the_prompt() -> None:
    conversation = client("lobby")
    conversation.submit_line("/msg bob", 0)
    conversation.receive(entered("direct:1", "bob"), 0)
    conversation.receive(session_line("closed", room="direct:1", reason="over"), 0)
    notes(conversation)

    assert conversation.submit_line("/users", 0)
    assert not conversation.submit_line("hi", 0)
    assert notes(conversation) == [
        "Not possible: @bob is closed. Switch to another room: /room",
        "Not sent: @bob is closed. Switch to another room: /room (after Ctrl-U)",
    ]


def test_a_direct_message_waits_for_its_room() -> None:
    conversation = client("lobby")

    conversation.submit_line('/msg "Jan Novák" psst', 0)
    assert sent(conversation) == [("direct", {"to": "Jan Novák"})]
    conversation.receive(entered("direct:1", "Jan Novák"), 0)

    assert targets(conversation) == [("direct:1", "psst")]
    conversation.submit_line("all hear this", 0)
    assert targets(conversation) == [("lobby", "all hear this")]


def test_nothing_is_sent_before_a_server_with_rooms_is_known() -> None:
    conversation = Conversation(
        interactive=False, token=TOKEN, rooms=("lobby", "dev"), now=0
    )
    conversation.receive_input(b"for the lobby\n", 0)

    assert [kind for kind, _ in sent(conversation)] == ["hello"]
    conversation.receive(rooms_welcome("lobby", "dev"), 0)
    assert targets(conversation) == [("lobby", "for the lobby")]


def test_leaving_a_direct_room_is_answered_by_its_end() -> None:
    conversation = client("lobby")
    conversation.receive(entered("direct:1", "bob"), 0)
    conversation.items_to_show()

    conversation.submit_line("/leave @bob", 0)
    assert sent(conversation) == [("leave", {"room": "direct:1"})]
    closed = session_line("closed", room="direct:1", reason="Ann has left")
    conversation.receive(closed, 0)

    assert notes(conversation) == ["You left @bob"]


def in_a_closed_conversation() -> Conversation:
    """Return a client whose current room is a conversation with bob, who has left."""
    conversation = client("lobby")
    conversation.receive(entered("direct:1", "bob"), 0)
    conversation.submit_line("/room @bob", 0)
    closed = session_line("closed", room="direct:1", reason="bob has left")
    conversation.receive(closed, 0)
    conversation.items_to_show()
    return conversation


def test_a_line_for_a_closed_room_is_not_sent() -> None:
    conversation = in_a_closed_conversation()

    assert not conversation.submit_line("for bob alone", 0)

    assert sent(conversation) == []
    assert notes(conversation) == [
        "Not sent: @bob is closed. Switch to another room: /room (after Ctrl-U)"
    ]


def test_a_closed_room_is_left_without_the_server() -> None:
    conversation = in_a_closed_conversation()

    assert conversation.submit_line("/leave", 0)

    assert sent(conversation) == []
    assert notes(conversation) == ["You left @bob"]
    conversation.submit_line("for all", 0)
    assert targets(conversation) == [("lobby", "for all")]
