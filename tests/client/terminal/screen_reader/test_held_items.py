"""What waits while a user types, and what is counted."""

from parlour.client.protocol.display_items import ChatMessage, Note, OwnLine
from parlour.client.terminal.screen_reader.held_items import HeldItems
from parlour.client.terminal.shown_items import Divider, Entered, Labelled, ShownItem
from parlour.core.events import SERVER


def message(text: str, source: str = "bob", room: str = "lobby") -> ChatMessage:
    return ChatMessage(source, text, b"", room=room)


def messages(count: int) -> list[ShownItem]:
    return [message(f"{number}") for number in range(count)]


def shown(*items: ShownItem) -> list[ShownItem]:
    held = HeldItems()
    held.add(items, "romeo")
    return held.take()


def test_few_messages_are_shown_and_many_are_counted() -> None:
    assert shown(*messages(5)) == messages(5)
    assert shown(*messages(6)) == [Note("6 new messages. /last 6 shows them")]


def test_each_room_has_its_own_count() -> None:
    other = [Labelled(message("x", room="ci"), "#ci") for _ in range(1_200)]
    quiet = [Labelled(message("y", room="dev"), "#dev")]

    assert shown(*other, *quiet) == [
        *quiet,
        Note("1,200 new messages in #ci. /last 1200 shows them"),
    ]


def test_messages_for_the_user_and_what_the_user_asked_for_are_not_counted() -> None:
    mentions = [Labelled(message(f"{n}"), "", is_mention=True) for n in range(9)]
    asked = [Labelled(message(f"{n}"), "", is_asked=True) for n in range(9)]

    assert shown(*mentions, *asked) == [*mentions, *asked]


def test_many_notices_are_counted() -> None:
    notices = [message(f"{number} has left", SERVER) for number in range(7)]

    assert shown(*notices)[-1] == Note("7 notices of the server")
    assert shown(*notices)[:-1] == notices[:5]


def test_a_typed_line_is_not_shown_again() -> None:
    own = message("hello", "romeo")
    typed = OwnLine("hello", is_message=True)

    assert shown(typed, own) == [typed]
    assert shown(typed, own, own) == [typed, own], "from another terminal"
    assert shown(typed, message("hello")) == [typed, message("hello")]
    assert shown(own) == [own]


def test_memory_is_bounded_while_a_line_is_typed() -> None:
    held = HeldItems()
    for _ in range(100):
        held.add(messages(100), "romeo")
        held.add([message("has left", SERVER)] * 10, "romeo")

    assert len(held) == 10
    assert held.take()[-2:] == [
        Note("10,000 new messages. /last 10000 shows them"),
        Note("1,000 notices of the server"),
    ]
    assert held.take() == []


def test_a_room_is_named_once_when_it_is_entered() -> None:
    entered = message("romeo has entered the chat", SERVER, "dev")
    note, divider = Entered("#dev", topic="gardens"), Divider("#dev")

    assert shown(note, divider) == [note]
    assert shown(divider) == [divider]
    assert shown(entered, note, entered) == [entered, note], (
        "the first one is the hello"
    )


def test_a_room_with_a_similar_name_is_named() -> None:
    note, divider = Entered("#dev2", topic="tea"), Divider("#dev")

    assert shown(note, divider) == [note, divider]


def test_rows_of_anything_else_are_bounded() -> None:
    notes = [Note(f"{number}") for number in range(1_003)]

    assert shown(*notes) == [*notes[:1_000], Note("3 more rows are left out")]


def test_many_messages_for_the_user_are_counted() -> None:
    mentions = [Labelled(message(f"{n}"), "", is_mention=True) for n in range(22)]

    assert shown(*mentions) == [*mentions[:20], Note("22 messages are for you: /last")]
