"""A user or a script signs in, and what happens if that fails."""

import pytest

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.input_lines import NEEDS_SIGN_IN
from parlour.client.password_dialog import SignInOptions
from parlour.client.protocol.display_items import OwnLine
from parlour.client.protocol.requests import Credentials
from parlour.client.protocol.secret import Secret
from parlour.client.protocol.sign_in import INSECURE, ForgetKey, StoreKey
from parlour.client.shutdown import State
from tests.client.conversations import client, lose_connection, notes, sent
from tests.client.server_lines import (
    account,
    error,
    room,
    session_line,
    welcome,
    welcome_to_rooms,
)

KEY = Secret("k" * 43)
WITH_KEY = Credentials("ann", key=KEY)
REFUSED = error("auth_failed", about="hello")


def talk(
    credentials: Credentials | None = None,
    *,
    interactive: bool = True,
    is_secure: bool = True,
    reconnects: bool = False,
    keys: dict[str, Secret] | None = None,
) -> Conversation:
    return Conversation(
        interactive=interactive,
        token="t" * 20,
        jitter=lambda: 0.5,
        sign_in=SignInOptions(credentials, keys or {}, "laptop"),
        is_secure=is_secure,
        reconnects=reconnects,
    )


def joined(
    you: str = "Ann", *, interactive: bool = True, keys: dict[str, Secret] | None = None
) -> Conversation:
    """Return the conversation of a guest in the lobby."""
    conversation = talk(interactive=interactive, keys=keys)
    conversation.receive(welcome_to_rooms(you) + room("lobby"), 0)
    sent(conversation)
    conversation.items_to_show()
    return conversation


def signed_in(*, interactive: bool = True, reconnects: bool = False) -> Conversation:
    conversation = talk(WITH_KEY, interactive=interactive, reconnects=reconnects)
    conversation.receive(welcome_to_rooms() + account() + room("lobby"), 0)
    sent(conversation)
    conversation.items_to_show()
    return conversation


def type_lines(conversation: Conversation, *lines: str) -> None:
    for line in lines:
        assert conversation.submit_line(line, 1.0)


# -- passwords -----------------------------------------------------------------


def test_login_asks_for_the_password_and_signs_in() -> None:
    conversation = joined()
    type_lines(conversation, "/login romeo")

    question, asked = conversation.secret_question, notes(conversation)
    type_lines(conversation, "balcony at night")

    assert question == "password"
    assert asked == ["Type the password of romeo. It is not shown"]
    data = {"account": "romeo", "password": "balcony at night", "device": "laptop"}
    assert sent(conversation) == [("login", data)]
    assert conversation.secret_question == ""


def test_what_is_typed_as_a_password_is_not_shown() -> None:
    conversation = joined()

    type_lines(conversation, "/login romeo", "/quit balcony")

    shown = [i for i in conversation.items_to_show() if isinstance(i, OwnLine)]
    assert [item.text for item in shown] == ["/login romeo"]


def test_login_without_a_name_is_for_the_account_that_was_refused() -> None:
    conversation = talk(WITH_KEY)
    conversation.receive(REFUSED, 0)
    sent(conversation)

    type_lines(conversation, "/login", "balcony at night")

    (kind, data), *_ = sent(conversation)
    assert kind == "login"
    assert isinstance(data, dict)
    assert (data["account"], data.get("key")) == ("ann", None)


def test_login_without_a_name_needs_one() -> None:
    conversation = joined("192.0.2.1:9")

    type_lines(conversation, "/login")

    assert notes(conversation) == [
        "Not signed in: type the name of your account: /login NAME"
    ]
    assert conversation.secret_question == ""


def test_login_uses_a_stored_key_once() -> None:
    conversation = joined(keys={"fold romeo": KEY})
    type_lines(conversation, "/login Romeo")

    first = sent(conversation)
    conversation.receive(error("auth_failed", about="login"), 1)
    type_lines(conversation, "/login Romeo")

    assert first == [("login", {"account": "Romeo", "key": "k" * 43})]
    assert conversation.secret_question == "password"


def test_an_empty_password_cancels() -> None:
    conversation = joined()

    type_lines(conversation, "/login romeo", "")

    assert notes(conversation)[-1] == "Not signed in: cancelled"
    assert sent(conversation) == []
    assert conversation.secret_question == ""


def test_register_asks_for_a_new_password_twice() -> None:
    conversation = joined()
    type_lines(conversation, "/register")

    first = conversation.secret_question
    type_lines(conversation, "balcony at night")
    second = conversation.secret_question
    type_lines(conversation, "balcony at night")

    assert (first, second) == ("new password", "new password again")
    data = {"password": "balcony at night", "device": "laptop"}
    assert sent(conversation) == [("register", data)]


def test_two_different_new_passwords_are_not_sent_but_asked_for_again() -> None:
    conversation = joined()

    type_lines(conversation, "/register", "balcony at night", "balcony at dawn")

    note = "Not accepted: the two new passwords are different"
    assert notes(conversation)[-2] == note
    assert sent(conversation) == []
    assert conversation.secret_question == "new password"

    type_lines(conversation, "balcony at noon", "balcony at noon")

    data = {"password": "balcony at noon", "device": "laptop"}
    assert sent(conversation) == [("register", data)]


def test_after_a_short_new_password_another_one_is_asked_for() -> None:
    conversation = joined()

    type_lines(conversation, "/register", "1234567")

    note = "Not accepted: a password has at least 8 characters"
    assert notes(conversation)[-2] == note
    assert conversation.secret_question == "new password"

    type_lines(conversation, "")

    assert conversation.secret_question == ""
    assert sent(conversation) == []


def test_a_program_is_not_asked_again() -> None:
    conversation = joined(interactive=False)

    type_lines(conversation, "/register", "1234567")

    assert notes(conversation)[-1] == "Not done: a password has at least 8 characters"
    assert conversation.secret_question == ""


def test_a_long_password_is_not_accepted() -> None:
    conversation = joined()

    type_lines(conversation, "/login romeo", "ü" * 129)

    assert notes(conversation)[-2] == "Not accepted: a password has at most 256 bytes"
    assert conversation.secret_question == "password"


def test_passwd_asks_for_the_old_password_and_a_new_one_twice() -> None:
    conversation = signed_in()

    type_lines(conversation, "/passwd", "balcony at night", "new secret", "new secret")

    data = {"password": "balcony at night", "new": "new secret"}
    assert sent(conversation) == [("passwd", data)]


def test_a_guest_has_no_password_to_change() -> None:
    conversation = joined()

    type_lines(conversation, "/passwd")

    assert notes(conversation) == ["Not done: you are not signed in: /login"]


def test_a_user_who_is_signed_in_does_not_sign_in_again() -> None:
    conversation = signed_in()

    type_lines(conversation, "/login romeo")

    assert notes(conversation) == ["Not signed in: you are signed in as Ann"]


def test_no_password_is_asked_for_on_an_insecure_connection() -> None:
    conversation = talk(is_secure=False)
    conversation.receive(welcome_to_rooms() + room("lobby"), 0)
    conversation.items_to_show()

    type_lines(conversation, "/login romeo")

    assert conversation.secret_question == ""
    assert notes(conversation) == [f"Not signed in: {INSECURE}"]


def test_no_password_is_asked_for_where_there_are_no_accounts() -> None:
    conversation = talk()
    conversation.receive(welcome(0), 0)
    conversation.items_to_show()

    type_lines(conversation, "/register")

    assert notes(conversation) == ["Not done: this server has no accounts"]


def test_no_password_is_asked_for_without_a_connection() -> None:
    conversation = talk(reconnects=True)
    conversation.receive(welcome_to_rooms() + room("lobby"), 0)
    lose_connection(conversation, 1)
    conversation.items_to_show()

    type_lines(conversation, "/login romeo")

    note = "Not signed in: there is no connection to the server"
    assert notes(conversation) == [note]


def test_a_password_in_a_command_is_refused_and_not_shown() -> None:
    conversation = joined()

    type_lines(conversation, "/login romeo balcony")

    line, note = conversation.items_to_show()
    assert line == OwnLine("/login …")
    assert "A password is never part of a command" in str(note)
    assert sent(conversation) == []
    assert conversation.secret_question == ""


# -- a terminal ----------------------------------------------------------------


def test_nothing_is_said_before_the_user_has_signed_in_again() -> None:
    conversation = talk(WITH_KEY)
    conversation.receive(REFUSED, 0)
    conversation.items_to_show()

    is_accepted = conversation.submit_line("hi", 1.0)

    assert not is_accepted
    assert notes(conversation) == [f"Not sent: {NEEDS_SIGN_IN}"]


def test_a_line_typed_before_the_refusal_is_sent_after_the_login() -> None:
    conversation = talk(WITH_KEY)
    conversation.submit_line("hi", 0)
    conversation.receive(REFUSED, 0)
    sent(conversation)

    type_lines(conversation, "/login ann", "balcony at night")
    first = [kind for kind, _ in sent(conversation)]
    conversation.receive(welcome_to_rooms() + account() + room("lobby"), 1)

    assert first == ["login"]
    assert "message" in [kind for kind, _ in sent(conversation)]


def test_a_user_continues_as_a_guest() -> None:
    conversation = talk(WITH_KEY)
    conversation.receive(REFUSED, 0)
    sent(conversation)

    type_lines(conversation, "/setname Eve")

    assert sent(conversation) == [("set-name", {"name": "Eve"})]
    assert conversation.state is State.OPEN


def test_a_new_key_is_to_be_stored() -> None:
    conversation = joined()
    type_lines(conversation, "/login romeo", "balcony at night")

    conversation.receive(account("romeo", key="k" * 43), 1)

    assert conversation.key_changes() == [StoreKey("romeo", KEY)]
    assert conversation.key_changes() == []


def test_a_key_that_cannot_be_stored_is_reported() -> None:
    conversation = joined()

    conversation.keys_not_stored("the disk is full")

    assert notes(conversation) == [
        "The key of this device is not stored: the disk is full"
    ]


def test_logout_forgets_the_key_and_ends() -> None:
    conversation = signed_in(reconnects=True)
    type_lines(conversation, "/logout")

    lines = sent(conversation)
    conversation.receive(session_line("bye", code="bye", reason="goodbye"), 1)
    conversation.disconnected(1)

    assert lines == [("logout", {})]
    assert conversation.key_changes() == [ForgetKey("Ann")]
    assert conversation.state is State.CLOSED
    assert conversation.exit_code == ExitCode.SUCCESS


def test_a_revoked_device_ends_with_its_exit_code() -> None:
    conversation = signed_in(reconnects=True)

    conversation.receive(session_line("bye", code="revoked", reason="revoked"), 1)
    conversation.disconnected(1)

    assert conversation.state is State.CLOSED
    assert conversation.exit_code == ExitCode.SIGN_IN_REFUSED


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (
            "the device was revoked",
            ["To sign in again, restart the client and enter: /login Ann"],
        ),
        ("the account was erased", []),
    ],
)
def test_a_revocation_says_how_to_sign_in_again(reason: str, told: list[str]) -> None:
    conversation = signed_in()

    conversation.receive(session_line("bye", code="revoked", reason=reason), 1)

    assert [each for each in notes(conversation) if "/login" in each] == told


@pytest.mark.parametrize("code", ["name_registered", "name_taken"])
def test_a_refused_name_of_an_account_says_how_to_sign_in(code: str) -> None:
    conversation = client(interactive=True, name="romeo")

    conversation.receive(welcome_to_rooms("guest") + error(code, about="hello"), 0)

    told = [each for each in notes(conversation) if "sign in" in each]
    assert told == ["To sign in: /login romeo"] * (code == "name_registered")


def test_devices_are_asked_for_and_revoked() -> None:
    conversation = signed_in()

    type_lines(conversation, "/devices", "/revoke 3")

    assert sent(conversation) == [("devices", {}), ("revoke", {"device": 3})]


# -- a script ------------------------------------------------------------------


def test_a_script_types_its_password_on_the_next_line() -> None:
    conversation = joined(interactive=False)

    conversation.receive_input(b"/login romeo\nbalcony at night\nhello\n", 1.0)
    first = [kind for kind, _ in sent(conversation)]
    conversation.receive(account("romeo"), 1.0)

    assert first == ["login"]
    assert [kind for kind, _ in sent(conversation)] == ["message"]


def test_a_script_that_cannot_sign_in_sends_nothing_and_ends() -> None:
    conversation = talk(WITH_KEY, interactive=False)
    conversation.receive_input(b"hello\n", 0.0)
    kinds = [kind for kind, _ in sent(conversation)]

    conversation.receive(REFUSED, 0.1)

    assert kinds == ["hello"]
    assert conversation.state is State.CLOSING
    assert notes(conversation) == ["Not signed in as ann: auth_failed"]
    assert [kind for kind, _ in sent(conversation)] == ["bye"]
    assert conversation.exit_code == ExitCode.SIGN_IN_REFUSED


def test_a_script_whose_login_is_refused_sends_nothing_more() -> None:
    conversation = joined(interactive=False)
    conversation.receive_input(b"/login romeo\nbalcony at night\nhello\n", 1.0)
    sent(conversation)

    conversation.receive(error("auth_failed", about="login"), 1.0)

    assert "message" not in dict(sent(conversation))
    assert conversation.exit_code == ExitCode.SIGN_IN_REFUSED


def test_a_script_without_a_password_ends() -> None:
    conversation = joined(interactive=False)

    conversation.receive_input(b"/login romeo\n", 1.0)
    conversation.receive_input(b"", 1.0)

    assert "Not signed in: the input has ended" in notes(conversation)
    assert conversation.exit_code == ExitCode.SIGN_IN_REFUSED


def test_a_script_sends_no_hello_over_an_insecure_connection() -> None:
    conversation = talk(WITH_KEY, interactive=False, is_secure=False)

    assert sent(conversation) == []
    assert conversation.state is State.CLOSING
    assert notes(conversation) == [f"Not signed in as ann: {INSECURE}"]
    assert conversation.exit_code == ExitCode.SIGN_IN_REFUSED


def test_a_script_does_not_come_back_as_a_guest() -> None:
    conversation = signed_in(interactive=False, reconnects=True)
    lose_connection(conversation, 1)

    conversation.connected(2, is_secure=False)

    assert sent(conversation) == []
    assert conversation.state is State.CLOSING
    assert conversation.exit_code == ExitCode.SIGN_IN_REFUSED


def test_a_script_signs_in_again_when_it_comes_back() -> None:
    conversation = signed_in(interactive=False, reconnects=True)
    lose_connection(conversation, 1)

    conversation.connected(2, is_secure=True)

    (kind, data), *_ = sent(conversation)
    assert kind == "hello"
    assert isinstance(data, dict)
    assert (data["account"], data["key"]) == ("Ann", "k" * 43)
