"""The client signs in to an account, with its hello or later."""

import pytest

from parlour.client.protocol.account_items import (
    DeviceList,
    DeviceRow,
    PasswordChanged,
    SignedIn,
    SignInRefused,
)
from parlour.client.protocol.display_items import DisplayItem, ProtocolLine, Refusal
from parlour.client.protocol.requests import (
    AskDevices,
    ChangePassword,
    Credentials,
    Login,
    Logout,
    Register,
    Rename,
    RevokeDevice,
    Say,
    SecretRequest,
)
from parlour.client.protocol.secret import Secret
from parlour.client.protocol.sign_in import (
    INSECURE,
    NO_ACCOUNTS,
    ForgetKey,
    StoreKey,
)
from tests.client.protocol.library_client import LibraryClient, texts
from tests.client.server_lines import (
    ENTERED,
    account,
    error,
    plain_message,
    room,
    session_line,
    welcome,
    welcome_to_rooms,
)

PASSWORD = Secret("balcony at night")
KEY = Secret("k" * 43)
WITH_PASSWORD = Credentials("ann", PASSWORD, device="laptop")
WITH_KEY = Credentials("ann", key=KEY)
HELLO_REFUSED = plain_message("[Server]", '"hello" must be the first line')
REFUSED = error("auth_failed", about="hello")
IN = (welcome_to_rooms(), account(), room("lobby"))

each_secret = pytest.mark.parametrize(
    "request_",
    [Login(WITH_PASSWORD), Register(PASSWORD), ChangePassword(PASSWORD, PASSWORD)],
)


def signing_in(
    credentials: Credentials = WITH_KEY,
    *,
    interactive: bool = True,
    is_secure: bool = True,
) -> LibraryClient:
    return LibraryClient(
        interactive=interactive, credentials=credentials, is_secure=is_secure
    )


def refused() -> LibraryClient:
    """Return the client of a user whose hello was refused."""
    client = signing_in()
    client.sent()
    client.receive(REFUSED)
    return client


def about_accounts(items: list[DisplayItem]) -> list[DisplayItem]:
    kinds = SignedIn | SignInRefused | PasswordChanged | DeviceList | Refusal
    return [item for item in items if isinstance(item, kinds)]


def test_hello_signs_in_with_a_key_and_contains_no_name() -> None:
    hello = signing_in().hello()

    assert hello["account"] == "ann"
    assert hello["key"] == "k" * 43
    assert not {"password", "name", "device"} & hello.keys()


def test_hello_signs_in_with_a_password_and_asks_for_a_key() -> None:
    hello = signing_in(WITH_PASSWORD).hello()

    assert hello["account"] == "ann"
    assert hello["password"] == "balcony at night"
    assert hello["device"] == "laptop"
    assert "key" not in hello


def test_a_sign_in_is_shown_once() -> None:
    client = signing_in()

    items = client.receive(*IN)
    client.reconnect()
    again = client.receive(*IN)

    (signed_in,) = about_accounts(items)
    assert isinstance(signed_in, SignedIn)
    assert signed_in[:2] == ("Ann", "member")
    assert about_accounts(again) == []
    assert client.connection.name == "Ann"


def test_another_role_is_shown() -> None:
    client = signing_in()
    client.receive(*IN)

    (item,) = client.receive(account(role="moderator"))

    assert isinstance(item, SignedIn)
    assert item.role == "moderator"


def test_the_key_after_a_password_is_stored_and_signs_in_again() -> None:
    client = signing_in(WITH_PASSWORD)
    client.receive(welcome_to_rooms(), account(key="k" * 43, device=1), room("lobby"))
    client.sent()

    client.reconnect()

    assert client.connection.sign_in.take_key_changes() == [StoreKey("Ann", KEY)]
    hello = client.hello()
    assert (hello["account"], hello["key"]) == ("Ann", "k" * 43)
    assert "password" not in hello


def test_a_key_that_was_not_asked_for_is_ignored() -> None:
    client = signing_in(Credentials("ann", PASSWORD))
    client.receive(welcome_to_rooms(), account(key="k" * 43), room("lobby"))

    client.receive(account("eve", key="k" * 43))

    assert client.connection.sign_in.take_key_changes() == []


def test_a_password_without_a_key_signs_in_again() -> None:
    client = signing_in(Credentials("ann", PASSWORD))
    client.receive(*IN)
    client.sent()

    client.reconnect()

    assert client.hello()["password"] == "balcony at night"


def test_the_shown_line_contains_no_key() -> None:
    client = signing_in(WITH_PASSWORD)
    invalid = session_line("account", name=7, key="k" * 43)

    items = client.receive(welcome_to_rooms(), account(key="k" * 43), invalid)

    shown = [i.line for i in items if isinstance(i, SignedIn | ProtocolLine)]
    assert len(shown) == 3
    assert b"kkk" not in b"".join(shown)
    assert b'"name": "Ann"' in b"".join(shown)


def test_lines_wait_until_the_client_is_signed_in() -> None:
    client = signing_in()
    client.sent()

    early = client.request(Say("hi"))
    client.receive(welcome_to_rooms())
    before = [kind for kind, _ in client.sent()]
    client.receive(account(), room("lobby"))

    assert early == []
    assert before == ["ping"]
    assert "message" in [kind for kind, _ in client.sent()]


def test_a_user_is_told_why_hello_could_not_sign_in_and_tries_again() -> None:
    client = signing_in()
    client.sent()

    items = client.receive(REFUSED)
    sent = client.request(Login(WITH_PASSWORD))
    after = client.receive(*IN)

    assert items == [
        SignInRefused("ann", "auth_failed", line=REFUSED[:-1], code="auth_failed")
    ]
    data = {"account": "ann", "password": "balcony at night", "device": "laptop"}
    assert sent == [("login", data)]
    assert isinstance(about_accounts(after)[0], SignedIn)
    assert client.connection.is_session


def test_a_user_whose_sign_in_failed_continues_as_a_guest() -> None:
    client = refused()

    sent = client.request(Rename("Eve"))
    client.receive(welcome_to_rooms("Eve"), room("lobby"))
    client.sent()
    client.reconnect()

    assert sent == [("set-name", {"name": "Eve"})]
    assert client.connection.name == "Eve"
    hello = client.hello()
    assert hello["name"] == "Eve"
    assert "account" not in hello


def test_a_name_that_a_guest_may_not_have_leaves_the_choice_open() -> None:
    client = refused()
    client.request(Rename("ann"))

    client.receive(error("name_registered", about="set-name"))

    assert client.connection.sign_in.is_refused
    assert client.request(Login(WITH_PASSWORD))[0][0] == "login"


def test_nothing_but_a_login_or_a_name_is_sent_after_a_refused_hello() -> None:
    assert refused().request(Say("hi"), AskDevices()) == []


def test_a_login_overtakes_the_lines_that_wait_for_it() -> None:
    client = signing_in()
    client.request(Say("hi"))
    client.receive(REFUSED)

    client.outbox.add(Login(WITH_PASSWORD), 1.0, is_first=True)
    client.connection.flush(1.0)

    assert [kind for kind, _ in client.sent()] == ["login"]


def test_a_refused_login_after_a_refused_hello_may_be_repeated() -> None:
    client = refused()
    client.request(Login(WITH_PASSWORD))

    items = client.receive(error("auth_failed", about="login"))

    assert texts(items) == [("", "auth_failed")]
    assert client.connection.sign_in.is_refused
    assert client.request(Login(WITH_PASSWORD))[0][0] == "login"


def test_a_guest_whom_the_server_does_not_admit_may_sign_in() -> None:
    client = LibraryClient(interactive=True)
    client.sent()

    client.receive(error("sign_in_required", about="hello"))

    assert client.connection.sign_in.is_refused
    assert client.request(Login(WITH_PASSWORD))[0][0] == "login"


def test_a_ping_is_answered_after_a_refused_hello() -> None:
    client = refused()

    client.receive(session_line("ping", token="7"))

    assert client.sent() == [("pong", {"token": "7"})]


def test_the_connection_is_not_given_up_while_a_user_types_a_password() -> None:
    client = refused()

    assert client.connection.tick(20.0)
    assert client.connection.sign_in.is_refused


def test_a_guest_signs_in_later_and_nothing_overtakes_that() -> None:
    client = LibraryClient()
    client.enter()

    sent = client.request(Login(WITH_PASSWORD), Say("hi"))
    client.receive(account(key="k" * 43))

    assert [kind for kind, _ in sent] == ["login"]
    assert [kind for kind, _ in client.sent()] == ["message"]
    assert client.connection.name == "Ann"


def test_the_rename_of_a_guest_who_has_signed_in_is_their_own() -> None:
    client = LibraryClient()
    client.receive(welcome_to_rooms("192.0.2.1:9"), room("lobby"))
    client.request(Login(WITH_PASSWORD))

    client.receive(
        account(), session_line("renamed", room="lobby", name="192.0.2.1:9", to="Ann")
    )

    assert client.connection.name == "Ann"


def test_register_signs_in_with_the_present_name() -> None:
    client = LibraryClient()
    client.enter()

    sent = client.request(Register(PASSWORD, "laptop"))
    items = client.receive(account(key="k" * 43))

    data = {"password": "balcony at night", "device": "laptop"}
    assert sent == [("register", data)]
    assert isinstance(items[0], SignedIn)
    assert client.connection.sign_in.take_key_changes() == [StoreKey("Ann", KEY)]


def test_a_changed_password_is_shown_and_used_from_then_on() -> None:
    client = signing_in(Credentials("ann", PASSWORD))
    client.receive(*IN)
    client.sent()

    sent = client.request(ChangePassword(PASSWORD, Secret("new password")))
    items = client.receive(account())
    client.reconnect()

    data = {"password": "balcony at night", "new": "new password"}
    assert sent == [("passwd", data)]
    assert [type(item) for item in items] == [PasswordChanged]
    assert client.hello()["password"] == "new password"


def test_devices_are_listed() -> None:
    client = LibraryClient()
    client.enter()
    added = "2026-11-27T12:00:00Z"
    device = {"device": 1, "label": "laptop", "added": added}
    line = session_line(
        "devices", devices=[{**device, "current": True, "sessions": 2}, {"device": "x"}]
    )

    sent = client.request(AskDevices())
    items = client.receive(line)

    assert sent == [("devices", {})]
    row = DeviceRow(1, "laptop", added, is_current=True, sessions=2)
    assert items == [DeviceList((row,), line[:-1])]
    assert client.outbox.is_empty


def test_a_revoked_device_is_named_in_the_answer() -> None:
    client = LibraryClient()
    client.enter()

    sent = client.request(RevokeDevice(3))
    (item,) = client.receive(session_line("devices", devices=[]))

    assert sent == [("revoke", {"device": 3})]
    assert isinstance(item, DeviceList)
    assert item.revoked == 3


def test_a_logout_forgets_the_key_and_does_not_reconnect() -> None:
    client = signing_in()
    client.receive(*IN)
    client.sent()

    sent = client.request(Logout())
    before = client.connection.sign_in.take_key_changes()
    client.receive(session_line("bye", code="bye", reason="you said goodbye"))

    assert sent == [("logout", {})]
    assert before == []
    assert client.connection.sign_in.take_key_changes() == [ForgetKey("Ann")]
    assert client.connection.forbids_reconnect


@pytest.mark.parametrize("code", ["revoked", "auth_failed"])
def test_a_client_does_not_reconnect_if_its_sign_in_is_over(code: str) -> None:
    client = signing_in()
    client.receive(*IN)

    client.receive(session_line("bye", code=code, reason=code))

    assert client.connection.forbids_reconnect


@each_secret
def test_a_secret_is_not_sent_again_on_another_connection(
    request_: SecretRequest,
) -> None:
    client = LibraryClient(interactive=True)
    client.enter()
    client.request(request_)

    client.reconnect()
    (kind, _), *others = client.sent()
    items = client.receive(welcome_to_rooms(), room("lobby"))

    assert (kind, others) == ("hello", [])
    assert client.sent() == []
    assert "the connection was lost before the server had answered" in str(items)


@each_secret
def test_a_secret_is_not_sent_over_an_insecure_connection(
    request_: SecretRequest,
) -> None:
    client = LibraryClient(is_secure=False)
    client.enter()

    assert client.request(request_) == []
    assert texts(client.shown()) == [("", INSECURE)]


def test_hello_does_not_sign_in_over_an_insecure_connection() -> None:
    client = signing_in(is_secure=False)

    hello = client.hello()

    assert not {"account", "key", "password"} & hello.keys()
    assert client.shown() == [SignInRefused("ann", INSECURE, is_admitted=True)]


def test_a_connection_that_is_insecure_later_does_not_sign_in_again() -> None:
    client = signing_in()
    client.receive(*IN)
    client.sent()

    client.reconnect(is_secure=False)

    hello = client.hello()
    assert not {"account", "key", "password", "token"} & hello.keys()


@pytest.mark.parametrize(
    "lines",
    [
        (welcome_to_rooms(), room("lobby"), session_line("pong", token="account?")),
        (welcome(0),),
        (ENTERED, HELLO_REFUSED),
    ],
    ids=["without accounts", "release 1", "plain"],
)
def test_a_server_without_accounts_makes_the_user_a_guest(
    lines: tuple[bytes, ...],
) -> None:
    client = signing_in()

    items = client.receive(*lines)

    assert about_accounts(items) == [
        SignInRefused("ann", NO_ACCOUNTS, is_admitted=True)
    ]
    assert "message" in [kind for kind, _ in client.request(Say("hi"))]


@each_secret
def test_a_server_that_does_not_know_a_request_has_no_accounts(
    request_: SecretRequest,
) -> None:
    client = LibraryClient()
    client.enter()
    client.request(request_)

    items = client.receive(error("unknown_type"))

    assert texts(items) == [("", NO_ACCOUNTS)]
    assert client.outbox.is_empty


@pytest.mark.parametrize("lines", [(welcome(0),), (ENTERED, HELLO_REFUSED)])
def test_no_account_request_is_sent_to_a_server_with_one_room(
    lines: tuple[bytes, ...],
) -> None:
    client = LibraryClient(interactive=True)
    client.receive(*lines)
    client.sent()

    assert client.request(AskDevices(), Login(WITH_PASSWORD)) == []
    assert texts(client.shown()) == [("", NO_ACCOUNTS)] * 2


@pytest.mark.parametrize(
    "lines",
    [
        (REFUSED,),
        (welcome_to_rooms(), session_line("pong", token="account?")),
        (ENTERED, HELLO_REFUSED),
    ],
)
def test_a_program_that_cannot_sign_in_sends_nothing(lines: tuple[bytes, ...]) -> None:
    client = signing_in(interactive=False)
    client.request(Say("hi"))

    client.receive(*lines)

    assert client.connection.sign_in.failure
    assert "message" not in dict(client.sent())


def test_a_program_whose_login_is_refused_sends_nothing_more() -> None:
    client = LibraryClient()
    client.enter()
    client.request(Login(WITH_PASSWORD), Say("hi"))

    client.receive(error("auth_failed", about="login"))

    assert client.connection.sign_in.failure == "auth_failed"
    assert client.sent() == []


def test_no_representation_contains_a_secret() -> None:
    values = (WITH_PASSWORD, Login(WITH_KEY), StoreKey("ann", KEY))

    assert "balcony" not in f"{values!r}{values!s}"
    assert "kkk" not in f"{values!r}{values!s}"
