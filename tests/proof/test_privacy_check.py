"""The checker finds whatever a client heard that was not for it."""

from collections.abc import Callable

import pytest

from tests.proof.checker import check
from tests.proof.records import (
    ClientRecord,
    ComparedUsers,
    Cursor,
    IgnoredSince,
    Missed,
    Opening,
    Overheard,
    Page,
    Received,
    RenameTold,
    RoomView,
    Run,
)
from tests.proof.small_run import (
    DIRECT,
    JULIET,
    ROMEO,
    direct,
    run_with_direct_messages,
)

FIVE, SIX = Received(3, ROMEO, "five", 420), Received(4, JULIET, "six", 420)


def promises(run: Run) -> set[str]:
    return {violation.promise for violation in check(run)}


def ignored(step: int, *names: str) -> IgnoredSince:
    return IgnoredSince(step, frozenset(names))


def test_a_correct_conversation_has_no_violations() -> None:
    assert check(run_with_direct_messages()) == []


def show_a_third(run: Run) -> None:
    start = Opening("e.0", 4, recovered=True)
    view = RoomView(DIRECT, 0, None, start, [SIX])
    run.clients.append(ClientRecord("nurse", {"nurse"}, views=[view]))


def show_a_third_in_a_page(run: Run) -> None:
    run.clients.append(ClientRecord("nurse", pages=[Page(DIRECT, 0, (FIVE, SIX))]))


def show_in_the_lobby(run: Run) -> None:
    run.clients[1].views[1].events.append(FIVE)


def tell_one_who_is_not_in_the_room(run: Run) -> None:
    run.clients[1].overheard.append(Overheard("dev", "joined", ""))


def see_another_order(run: Run) -> None:
    direct(run).events[:] = [FIVE._replace(sequence=4), SIX._replace(sequence=5)]


def lose_a_direct_message(run: Run) -> None:
    del direct(run).events[0]


def lose_the_last_direct_message(run: Run) -> None:
    del direct(run).events[1]


def rename_twice(run: Run) -> None:
    run.clients[1].renames += [RenameTold(1, "lobby", ROMEO, "r")] * 2


def list_somebody_who_is_absent(run: Run) -> None:
    run.clients[1].rosters.append(ComparedUsers("lobby", (JULIET, ROMEO), (JULIET,)))


def hear_an_ignored_one(run: Run) -> None:
    run.clients[1].ignored.append(ignored(300, ROMEO))


@pytest.mark.parametrize(
    ("falsify", "promise"),
    [
        (show_a_third, "direct messages are for two"),
        (show_a_third_in_a_page, "direct messages are for two"),
        (show_in_the_lobby, "a message stays in its room"),
        (tell_one_who_is_not_in_the_room, "only members hear a room"),
        (see_another_order, "all see one order of a room"),
        (lose_a_direct_message, "gaps are declared"),
        (lose_the_last_direct_message, "everything is received in the end"),
        (rename_twice, "renames are not repeated"),
        (list_somebody_who_is_absent, "user lists are correct"),
        (hear_an_ignored_one, "ignored direct messages are not heard"),
    ],
)
def test_each_broken_promise_is_reported(
    falsify: Callable[[Run], None], promise: str
) -> None:
    run = run_with_direct_messages()

    falsify(run)

    assert promise in promises(run)


@pytest.mark.parametrize(
    "lists",
    [
        [ignored(405, ROMEO)],
        [ignored(300, ROMEO), ignored(399)],
        [ignored(300, ROMEO), ignored(410)],
        [ignored(300, "nurse")],
    ],
)
def test_one_who_is_not_ignored_all_the_time_may_be_heard(
    lists: list[IgnoredSince],
) -> None:
    run = run_with_direct_messages()
    run.clients[1].ignored = lists

    assert check(run) == []


def test_an_ignored_message_need_not_be_heard() -> None:
    run = run_with_direct_messages()
    run.clients[1].ever_ignored.add(ROMEO)
    lose_a_direct_message(run)

    assert check(run) == []


def test_a_conversation_that_is_not_kept_may_have_a_declared_gap() -> None:
    run = run_with_direct_messages()
    direct(run).resume = Cursor("e.0", 0)
    direct(run).opening = Opening("e.0", 3, recovered=False)
    direct(run).events[0] = Missed(None, 3)

    assert check(run) == []


@pytest.mark.parametrize("second", [(2, "lobby"), (1, "dev")])
def test_a_rename_may_be_told_again_elsewhere(second: tuple[int, str]) -> None:
    run = run_with_direct_messages()
    run.clients[1].renames += [
        RenameTold(1, "lobby", ROMEO, "r"),
        RenameTold(*second, ROMEO, "r"),
    ]

    assert check(run) == []
