"""The sessions by id, by token and by the connection that they have or had last."""

from parlour.core.events import PersonId, SessionId
from parlour.core.state.sessions import Session, Sessions

ANN, BOB, LATER = map(SessionId, (1, 2, 9))


def sessions_with(**tokens: str) -> tuple[Sessions, Session, Session]:
    """Return the sessions of Ann and Bob, with their tokens if they have any."""
    sessions = Sessions()
    for id_, name in ((ANN, "Ann"), (BOB, "Bob")):
        session = Session(id_, "")
        session.name, session.token = name, tokens.get(name.lower(), "")
        sessions.names.claim(PersonId(id_), (name,))
        sessions.add(session)
    return sessions, sessions[ANN], sessions[BOB]


def test_a_new_session_is_at_the_connection_that_opened_it() -> None:
    sessions, ann, bob = sessions_with()

    assert sessions.at(ANN) is ann
    assert sessions.at(BOB) is bob
    assert sessions.at(LATER) is None


def test_a_resumed_session_is_at_its_new_connection_alone() -> None:
    sessions, ann, _ = sessions_with(ann="s")
    ann.is_held = True

    sessions.attach(ann, LATER)

    assert sessions.at(LATER) is ann
    assert sessions.at(ANN) is None
    assert sessions[ANN] is ann, "its id stays"
    assert not ann.is_held


def test_a_session_can_return_to_its_first_connection() -> None:
    sessions, ann, _ = sessions_with()
    sessions.attach(ann, LATER)

    sessions.attach(ann, ANN)

    assert (sessions.at(ANN), sessions.at(LATER)) == (ann, None)


def test_a_session_is_found_by_its_token() -> None:
    sessions, ann, _ = sessions_with(ann="s")

    assert sessions.with_token("s") is ann
    assert sessions.with_token("t") is None
    assert sessions.with_token("") is None, "Bob has none"
    sessions.set_token(ann, "t")
    assert (sessions.with_token("s"), sessions.with_token("t")) == (None, ann)


def test_nothing_finds_a_session_that_was_removed() -> None:
    sessions, ann, bob = sessions_with(ann="s")
    sessions.attach(ann, LATER)

    sessions.remove(ann)

    assert list(sessions) == [bob]
    assert (ANN in sessions, len(sessions)) == (False, 1)
    assert [sessions.at(each) for each in (ANN, LATER)] == [None, None]
    assert sessions.with_token("s") is None
    assert sessions.names.owner(("Ann",)) is None
