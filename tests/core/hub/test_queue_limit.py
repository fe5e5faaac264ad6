"""All that waits, for and from everybody together, has one bound in bytes."""

from parlour.core.events import LOBBY
from parlour.core.limits import MAX_PAGE, Limits
from tests.core.fake_server import Guest, Stage, line

SMALL = Limits(rate=None, max_queued=100_000)


def ended(guests: list[Guest]) -> list[str]:
    return [guest.ended.code for guest in guests if guest.ended is not None]


def test_who_has_most_unsent_is_cut_off_when_all_have_too_much() -> None:
    stage = Stage(SMALL)
    ann, bob, cid = stage.members("Ann", "Bob", "Cid")
    ann.is_full = bob.is_full = True
    stage.hub.paused(ann.session, 60_000, stage.now)
    stage.hub.paused(bob.session, 39_000, stage.now)
    stage.turn()
    assert ended([ann, bob, cid]) == []

    stage.hub.paused(bob.session, 41_000, stage.now)
    stage.turn()
    stage.wait(0.1)

    assert ended([ann]) == ["too_much_queued"]
    assert ended([bob, cid]) == []
    assert cid.hear() == ["[Server]: Ann has left the chat"]


def test_input_that_waits_counts_as_well() -> None:
    stage = Stage(Limits(max_queued=300_000))
    loud = stage.members(*(f"loud{number}" for number in range(10)))

    for guest in loud:
        guest.push(b"\n" * 50_000)
    stage.turn()

    assert ended(loud).count("too_much_queued") == 4  # two, whenever it is too much
    assert all(guest.ended.abort for guest in loud if guest.ended)


def test_lines_that_have_begun_count_as_well() -> None:
    stage = Stage(SMALL)
    loud = stage.members(*(f"loud{number}" for number in range(5)))

    for guest in loud:
        guest.push(b'{"' + b"x" * 30_000)
    stage.turn()

    assert ended(loud).count("too_much_queued") == 2


def test_input_of_many_counts_before_the_turn_ends_in_which_it_is_read() -> None:
    stage = Stage(SMALL)
    loud = stage.members(*(f"loud{number}" for number in range(50)))

    for guest in loud:
        guest.push(b'{"' + b"x" * 30_000)

    codes = [end.code for end in stage.hub.ended()]  # no turn was taken
    assert codes == ["too_much_queued"] * 48


def test_nobody_is_cut_off_for_what_was_taken() -> None:
    stage = Stage(SMALL)
    ann = stage.member("Ann")

    for _ in range(10):
        ann.is_full = True
        stage.hub.paused(ann.session, 90_000, stage.now)
        stage.turn()
        ann.drain_all()

    assert ended([ann]) == []


def test_those_who_are_gone_do_not_count() -> None:
    stage = Stage(SMALL)
    for number in range(5):
        guest = stage.member(f"n{number}")
        stage.hub.paused(guest.session, 90_000, stage.now)
        guest.vanish()
    bob = stage.member("Bob")
    stage.hub.paused(bob.session, 90_000, stage.now)
    stage.turn()

    assert ended([bob]) == []


def test_a_page_of_history_is_read_again_for_one_who_did_not_take_it() -> None:
    stage = Stage()
    ann = stage.connect()
    ann.send(line("hello", {"version": 1}))
    ann.send(line("message", {"message": "x" * 1000}) * 100)
    stage.wait(0.1)
    stage.holds = True
    ann.push(line("history", {"limit": MAX_PAGE}))
    stage.turn()
    stage.hub.paused(ann.session, 1000, stage.now)
    stage.holds = False
    stage.reply()
    assert stage.hub.room.delivery.queued_answers.size == 0

    ann.rest = b""
    stage.hub.resumed(ann.session, stage.now)
    stage.turn()

    assert ann.rest.count(b'"sequence":') == 100
    assert stage.hub.room.delivery.queued_answers.size == 0


def test_a_long_answer_to_users_is_made_once_for_all_who_ask() -> None:
    stage = Stage()
    guests = stage.members(*(f"n{number:03}" for number in range(250)))

    first = stage.hub.room.roster.user_pages()
    guests[0].rename("Ann")
    second = stage.hub.room.roster.user_pages()

    assert first is not second
    assert second is stage.hub.room.roster.user_pages()
    assert [len(page.users) for page in second] == [100, 100, 50]


def test_people_are_listed_without_regard_to_case() -> None:
    stage = Stage()
    zoe, *_ = stage.members("zoe", "Ann", "bob", "Cid")

    zoe.send(line("users"))

    assert zoe.hear() == ["[Server]: 4 users: Ann, bob, Cid, zoe"]


def test_what_was_told_again_does_not_count_while_more_follows() -> None:
    stage = Stage(Limits(rate=None, log_bytes=1000, max_queued=600_000))
    ann = stage.member("Ann")
    for _ in range(20):
        ann.say(*["x" * 4000] * 10)
    point = {"epoch": stage.history.extent(LOBBY).epoch, "sequence": 0}
    bob = stage.connect()

    bob.send(line("hello", {"version": 1, "resume": {LOBBY: point}}))
    stage.wait(1.0)

    assert ended([bob]) == []
    assert bob.rest.count(b"x" * 4000) == 200
