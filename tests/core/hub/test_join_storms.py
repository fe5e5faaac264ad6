"""Who hears what at once, and what travels together: counted in writes."""

from tests.core.fake_server import Stage, line

CROWD = 40
WAIT = 0.01  # seconds, after which so few have heard even notices


def test_a_storm_of_joins_is_told_in_few_writes_and_everybody_is_greeted_at_once() -> (
    None
):
    stage = Stage()
    old = stage.members(*(f"old{number}" for number in range(CROWD)))

    new = [stage.connect() for _ in range(CROWD)]
    for number, guest in enumerate(new):
        guest.send(line("hello", {"version": 1, "name": f"new{number}"}))
        assert b'"welcome"' in guest.rest, "it does not wait for notices"
    assert not any(guest.writes for guest in old), "notices wait a moment"
    stage.wait(WAIT)

    assert [len(guest.writes) for guest in old] == [1] * CROWD
    assert all(len(guest.writes) <= 2 for guest in new)
    for guest in new:
        assert guest.rest.count(b'"joined"') == CROWD - new.index(guest)


def test_answers_do_not_make_others_hear_a_notice_alone() -> None:
    stage = Stage()
    ann, bob, cat = stage.members("Ann", "Bob", "Cat")

    cat.rename("Eve")
    for _ in range(5):
        ann.send(line("users"))
        assert ann.hear()[-1] == "[Server]: 3 users: Ann, Bob, Eve"
    assert bob.writes == []
    stage.wait(WAIT)

    assert bob.hear() == ["[Server]: Cat renamed to Eve"]
    assert len(bob.writes) == 1


def test_one_who_was_answered_hears_a_notice_once() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")

    bob.rename("Eve")
    ann.send(line("users"))
    stage.wait(WAIT)
    bob.say("hi")

    renamed, answer, said = ann.hear()
    assert renamed == "[Server]: Bob renamed to Eve"
    assert answer == "[Server]: 2 users: Ann, Eve"
    assert said == "Eve: hi"


def test_a_message_takes_the_notices_before_it_along() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")

    bob.rename("Eve")
    assert ann.writes == []
    bob.say("hi")

    assert ann.hear() == ["[Server]: Bob renamed to Eve", "Eve: hi"]
    assert len(ann.writes) == 1


def test_who_leaves_is_let_go_at_once_and_told_of_together() -> None:
    stage = Stage()
    (ann, *others) = stage.members("Ann", *(f"u{number}" for number in range(CROWD)))

    for guest in others:
        guest.end()
        assert guest.ended is not None
    stage.wait(WAIT)

    assert len(ann.writes) == 1
    left = [each for each in ann.hear() if each.endswith("has left the chat")]
    assert len(left) == CROWD


def test_who_spoke_is_told_before_the_others() -> None:
    stage = Stage()
    ann, bob, cat = (stage.connect() for _ in range(3))
    for number, guest in enumerate((ann, bob, cat)):
        guest.send(line("hello", {"version": 1, "name": f"u{number}"}))
    stage.wait(WAIT)
    bob.push(line("message", {"message": "hi", "id": "1"}))
    stage.hub.recorded(stage.history.append(stage.hub.drafts(), 0.0))

    deliveries = stage.hub.flush(stage.now)

    order = [session for each in deliveries for session in each.sessions]
    assert order == [bob.session, ann.session, cat.session]


def test_a_batch_waits_until_the_last_one_is_told() -> None:
    stage = Stage()
    stage.holds = True
    ann = stage.member("Ann")
    ann.push(line("message", "a"))
    out = stage.hub.drafts()
    ann.push(line("message", "b"))

    stage.hub.recorded(stage.history.append(out, 0.0))

    assert stage.hub.drafts() == [], "it is shown first"
    stage.hub.flush(stage.now)
    ann.push(line("message", "c"))
    assert [draft.text for draft in stage.hub.drafts()] == ["b", "c"]
