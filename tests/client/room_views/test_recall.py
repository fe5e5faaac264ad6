"""The last messages of all rooms."""

from parlour.client.protocol.display_items import ChatMessage
from parlour.client.room_views import recall
from parlour.client.room_views.recall import Recall


def message(number: int, room: str = "lobby", text: str = "hi") -> ChatMessage:
    return ChatMessage("bob", text, b"{}", room=room, sequence=number)


def numbers(found: list[ChatMessage]) -> list[int]:
    return [each.sequence for each in found]


def test_the_last_messages_of_a_room() -> None:
    kept = Recall()
    for number in range(1, 6):
        kept.add(message(number))
        kept.add(message(number, "dev"))

    assert numbers(kept.last("lobby", 3)) == [3, 4, 5]
    assert numbers(kept.last("lobby", 99)) == [1, 2, 3, 4, 5]
    assert kept.last("ops", 3) == []
    assert kept.find("dev", 2) == message(2, "dev")._replace(line=b"")
    assert kept.find("dev", 7) is None


def test_messages_shown_on_entering_a_room_are_its_last_ones() -> None:
    kept = Recall()
    kept.add(message(1, "dev"))
    kept.add_answer([message(7), message(9)])
    kept.add(message(10))

    assert numbers(kept.last("lobby", 9)) == [7, 9, 10]


def test_messages_of_an_answer_are_found_until_the_next_one() -> None:
    kept = Recall()
    kept.add(message(10))
    kept.add_answer([message(2), message(4)])

    assert kept.find("lobby", 4) == message(4)
    assert numbers(kept.last("lobby", 9)) == [10]
    kept.add_answer([message(6)])
    assert kept.find("lobby", 4) is None


def test_old_messages_are_dropped() -> None:
    kept = Recall()
    for number in range(recall.MAX_MESSAGES + 5):
        kept.add(message(number))

    assert kept.find("lobby", 4) is None
    assert kept.find("lobby", 5) is not None


def test_long_messages_are_dropped_sooner() -> None:
    kept = Recall()
    for number in range(6):
        kept.add(message(number, text="x" * (recall.MAX_SIZE // 4)))

    assert numbers(kept.last("lobby", 99)) == [3, 4, 5]
