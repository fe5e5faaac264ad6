"""Lists of users in parts, of several rooms at a time."""

from parlour.client.protocol.rooms import MAX_ROOMS
from parlour.client.protocol.server_events import ListedUser
from parlour.client.protocol.user_lists import MAX_USERS, MAX_USERS_SIZE, UserLists

A, B, C = map(ListedUser, "abc")


def test_lists_of_different_rooms_are_not_mixed() -> None:
    lists = UserLists()

    parts = [
        lists.add("lobby", (A,)),
        lists.add("dev", (B,)),
        lists.add("lobby", (C,)),
    ]

    assert [(part.room, part.is_first) for part in parts] == [
        ("lobby", True),
        ("dev", True),
        ("lobby", False),
    ]
    assert lists.take("lobby") == [A, C]
    assert lists.take("dev") == [B]


def test_a_list_that_was_taken_begins_anew() -> None:
    lists = UserLists()
    lists.add("lobby", (A,))
    lists.take("lobby")

    assert lists.add("lobby", (B,)).is_first
    assert lists.take("lobby") == [B]


def test_all_lists_together_are_bounded() -> None:
    lists = UserLists()
    for name, count in (("n", 500), ("n" * 1_000, 50)):
        for number in range(MAX_ROOMS):
            lists.add(f"room{number}", (ListedUser(name),) * count)

    kept = [lists.take(f"room{number}") for number in range(MAX_ROOMS)]

    assert sum(map(len, kept)) <= MAX_USERS + 500
    assert sum(len(each.name) for users in kept for each in users) <= MAX_USERS_SIZE


def test_the_number_of_incomplete_lists_is_bounded() -> None:
    lists = UserLists()
    for number in range(MAX_ROOMS + 1):
        lists.add(f"room{number}", (A,))

    assert lists.take(f"room{MAX_ROOMS}") == []


def test_a_taken_list_makes_room_for_others() -> None:
    lists = UserLists()
    for _ in range(2):
        lists.add("lobby", (ListedUser("n" * (MAX_USERS_SIZE - 1)),))
        assert len(lists.take("lobby")) == 1
