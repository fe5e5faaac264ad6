"""A user or a script opens private rooms, invites others, and uses invitations."""

import json

import pytest

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.password_dialog import INVITED
from parlour.client.protocol.display_items import Answer, Note
from parlour.client.room_views.screen import RoomDisplay
from parlour.client.terminal.shown_items import Entered
from tests.client.conversations import lose_connection, notes, sent, texts
from tests.client.server_lines import (
    account,
    error,
    room,
    session_line,
    welcome_to_rooms,
)

UNTIL = "2023-11-21T22:13:20.000000Z"


def joined(*, interactive: bool = True, reconnects: bool = False) -> Conversation:
    """Return the conversation of Ann, who is in the lobby."""
    conversation = Conversation(
        interactive=interactive,
        token="t" * 20,
        reconnects=reconnects,
        jitter=lambda: 0.5,
        room_display=RoomDisplay.CURRENT,
        is_secure=True,
        address="chat.example:5555",
        suffix=lambda name: f"{name}-xyz",
    )
    conversation.receive(welcome_to_rooms() + room("lobby"), 0)
    sent(conversation)
    conversation.items_to_show()
    return conversation


def private_room(name: str) -> bytes:
    line = json.loads(room(name))
    return session_line("room", **line["data"], private=True)


def invited(name: str = "cellar", by: str = "Bob") -> bytes:
    return session_line("invited", room=name, by=by, until=UNTIL)


def test_a_new_private_room_gets_a_name_that_nobody_guesses() -> None:
    conversation = joined()

    conversation.submit_line("/join --private Cellar", 1)
    found = sent(conversation)
    conversation.receive(private_room("cellar-xyz"), 2)

    assert found == [("join", {"room": "cellar-xyz", "private": True})]
    entered = [e for e in conversation.items_to_show() if isinstance(e, Entered)]
    assert [each.text for each in entered] == [
        "You are in #cellar-xyz, a private room: only invited users can enter it"
    ]


def test_the_list_of_ones_rooms_marks_private_ones() -> None:
    conversation = joined()
    conversation.receive(private_room("cellar"), 1)
    conversation.items_to_show()

    conversation.submit_line("/room", 2)
    found = notes(conversation)
    conversation.receive(
        session_line("act", room="cellar", action="public", by="Bob"), 3
    )
    conversation.items_to_show()
    conversation.submit_line("/room", 4)

    assert found == ["1 #lobby (current)\n2 #cellar (private)"]
    assert notes(conversation) == ["1 #lobby (current)\n2 #cellar"]


def test_an_invitation_is_one_line_with_what_to_type() -> None:
    conversation = joined()

    conversation.receive(invited(), 1)

    (note,) = notes(conversation)
    assert note.startswith("Bob invites you to #cellar, until ")
    assert note.endswith(": /join cellar")


def test_an_invitation_is_shown_once_on_several_connections() -> None:
    conversation = joined(reconnects=True)
    conversation.receive(invited(), 1)
    lose_connection(conversation, 2)
    conversation.items_to_show()

    conversation.receive(welcome_to_rooms() + room("lobby") + invited(), 4)
    again = notes(conversation)
    conversation.receive(invited("attic"), 5)

    assert not any("invites" in each for each in again)
    assert len(notes(conversation)) == 1


def test_somebody_is_invited_by_name() -> None:
    conversation = joined()

    conversation.submit_line("/invite Bob --for 2d", 1)
    (kind, data), ping = sent(conversation)
    conversation.receive(
        session_line("invitation", room="lobby", name="Bob", until=UNTIL), 2
    )

    assert (kind, data) == (
        "invite",
        {"room": "lobby", "name": "Bob", "seconds": 172_800},
    )
    assert ping[0] == "ping"
    (note,) = notes(conversation)
    assert note.startswith("Invited Bob to #lobby, until ")


def test_a_code_is_shown_as_a_link_that_works_as_a_command() -> None:
    conversation = joined()

    conversation.submit_line("/invite", 1)
    conversation.receive(
        session_line("invitation", room="lobby", invite="abc", until=UNTIL), 2
    )

    (note,) = [each for each in conversation.items_to_show() if isinstance(each, Note)]
    assert note.text.endswith("It works once:")
    assert note.copied == "/join parlour://chat.example:5555/lobby?invite=abc"


def test_a_code_to_make_an_account_is_for_the_prompt_of_register() -> None:
    conversation = joined()

    conversation.submit_line("/invite --server", 1)
    conversation.receive(session_line("invitation", invite="abc", until=UNTIL), 2)

    (note,) = notes(conversation)
    assert note.endswith("when the client asks for an invitation: abc")


@pytest.mark.parametrize("interactive", [True, False])
def test_a_refused_invitation_is_told(*, interactive: bool) -> None:
    conversation = joined(interactive=interactive)

    conversation.submit_line("/invite Bob", 1)
    conversation.receive(error("not_allowed", about="invite"), 2)

    assert texts(conversation) == ["not_allowed"]
    assert (conversation.exit_code == ExitCode.REFUSED) is not interactive


def test_a_link_is_used_to_enter_its_room() -> None:
    conversation = joined()

    conversation.submit_line("/join parlour://chat.example/cellar?invite=abc", 1)

    assert sent(conversation) == [("join", {"room": "cellar", "invite": "abc"})]


def test_the_link_of_the_command_line_is_used_after_the_welcome() -> None:
    conversation = Conversation(interactive=False, token="t" * 20)
    link = "parlour://chat.example/cellar?invite=abc"

    conversation.use_invitation(link, 0)
    before = [kind for kind, _ in sent(conversation)]
    conversation.receive(welcome_to_rooms() + room("lobby"), 1)

    assert before == ["hello"]
    assert ("join", {"room": "cellar", "invite": "abc"}) in sent(conversation)


def test_one_who_closes_a_room_is_told_so() -> None:
    conversation = joined()
    conversation.receive(room("dev"), 1)
    conversation.items_to_show()

    conversation.submit_line("/close dev", 2)
    (kind, data), _ = sent(conversation)
    reason = "Ann has closed the room"
    conversation.receive(session_line("closed", room="dev", reason=reason), 3)

    assert (kind, data) == ("close", {"room": "dev"})
    assert notes(conversation) == ["#dev is closed for you: Ann has closed the room"]


# -- to make an account -----------------------------------------------------------


def register(conversation: Conversation, *answers: str) -> dict[str, object]:
    """Type /register and the answers; return what is sent."""
    conversation.submit_line("/register", 1)
    for each in answers:
        conversation.submit_line(each, 1)
    found = [data for kind, data in sent(conversation) if kind == "register"]
    assert len(found) == 1
    assert isinstance(found[0], dict)
    return found[0]


def refused_without_code(*, interactive: bool = True) -> Conversation:
    """Return a conversation whose registration has just been refused."""
    conversation = joined(interactive=interactive)
    register(conversation, "long enough", "long enough")
    conversation.receive(error("invite_required", about="register"), 2)
    return conversation


def test_a_registration_that_needs_a_code_asks_for_it() -> None:
    conversation = refused_without_code()
    told = texts(conversation)

    conversation.submit_line("abc", 3)

    data = {"password": "long enough", "invite": "abc"}
    assert told == ["invite_required"]
    assert sent(conversation) == [("register", data)]
    assert not conversation.secret_question


def test_a_registration_that_needs_a_code_is_cancelled_by_an_empty_one() -> None:
    conversation = refused_without_code()

    conversation.submit_line("", 3)
    conversation.receive(room("lobby"), 4)
    asked = conversation.secret_question
    data = register(conversation, "abc", "long enough 2", "long enough 2")

    assert not asked
    assert data == {"password": "long enough 2", "invite": "abc"}


def test_a_code_that_is_refused_is_not_asked_for_again_by_itself() -> None:
    conversation = refused_without_code()

    conversation.submit_line("abc", 3)
    conversation.receive(error("invalid_invite", about="register"), 4)

    assert not conversation.secret_question


def test_in_a_pipe_the_code_comes_with_the_next_registration() -> None:
    conversation = refused_without_code(interactive=False)
    asked = conversation.secret_question

    data = register(conversation, "abc", "long enough", "long enough")

    assert not asked
    assert data == {"password": "long enough", "invite": "abc"}


def test_a_code_of_the_command_line_is_used_for_the_registration() -> None:
    conversation = joined()
    conversation.use_invitation("parlour://chat.example/?invite=abc", 1)
    told = notes(conversation)

    data = register(conversation, "long enough", "long enough")
    conversation.receive(account(), 2)

    assert told == [INVITED]
    assert data == {"password": "long enough", "invite": "abc"}


# -- to list invitations, and to take them back -----------------------------------


def test_a_list_says_who_is_invited_and_which_are_links() -> None:
    conversation = joined()

    conversation.submit_line("/invites", 1)
    found = sent(conversation)
    rows = [
        {"number": 3, "name": "Bob", "by": "Ann", "until": UNTIL},
        {"number": 5, "until": UNTIL},
        "damaged",
    ]
    conversation.receive(
        session_line("invitations", room="lobby", invitations=rows, more=True), 2
    )

    assert found == [("invites", {"room": "lobby"})]
    (answer,) = [e for e in conversation.items_to_show() if isinstance(e, Answer)]
    assert [row.text.partition(", until")[0] for row in answer.rows] == [
        "2 invitations to #lobby:",
        "3 Bob",
        "5 a link",
        "More: /invites 5",
    ]
    assert answer.rows[1].text.endswith(", by Ann")
    assert answer.rows[2].text.endswith(", by the operator")


def test_without_any_the_list_says_so() -> None:
    conversation = joined()

    conversation.submit_line("/invites --server", 1)
    sent(conversation)
    conversation.receive(session_line("invitations", invitations=[], more=False), 2)

    (answer,) = [e for e in conversation.items_to_show() if isinstance(e, Answer)]
    assert [row.text for row in answer.rows] == [
        "No open invitations to register an account"
    ]


@pytest.mark.parametrize(
    ("typed", "meant", "name", "note"),
    [
        ("bob", {"name": "bob"}, "Bob", "Taken back: the invitation of Bob to #lobby"),
        ("5", {"number": 5}, "", "Taken back: the invitation 5, a link to #lobby"),
    ],
)
def test_an_invitation_is_taken_back(
    typed: str, meant: dict[str, object], name: str, note: str
) -> None:
    conversation = joined()

    conversation.submit_line(f"/uninvite {typed}", 1)
    line, (kind, token) = sent(conversation)
    named = {"name": name} if name else {}
    conversation.receive(session_line("uninvited", room="lobby", number=5, **named), 2)
    found = notes(conversation)
    assert isinstance(token, dict)
    conversation.receive(session_line("pong", **token), 3)

    assert (line, kind) == (("uninvite", {"room": "lobby", **meant}), "ping")
    assert found == [note]
    assert notes(conversation) == []


def test_an_invitation_that_there_is_not_is_refused() -> None:
    conversation = joined(interactive=False)
    conversation.submit_line("/uninvite nobody", 1)

    conversation.receive(error("no_such_invitation", about="uninvite"), 2)

    assert conversation.exit_code is ExitCode.REFUSED


def test_the_user_hears_that_an_invitation_was_taken_back() -> None:
    conversation = joined()
    conversation.receive(invited(), 1)
    conversation.items_to_show()

    conversation.receive(session_line("uninvited", room="cellar", by="Bob"), 2)
    found = notes(conversation)
    conversation.receive(invited(), 3)

    assert found == ["Bob has taken back your invitation to #cellar"]
    assert len(notes(conversation)) == 1, "another invitation is shown"
