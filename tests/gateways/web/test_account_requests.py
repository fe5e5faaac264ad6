"""Hostile requests about accounts: forged, replayed, from other sites, redirected."""

import json

import pytest

from parlour.core.limits import MAX_ACCOUNT_SESSIONS
from parlour.gateways.web.cookies import (
    Cookies,
    Credentials,
    cookie_value,
    parse_cookies,
)
from parlour.gateways.web.form_tokens import FormTokens
from parlour.gateways.web.paths import return_path
from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.clients import request, status
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.clients import receive_event, send
from tests.server.running_servers import SocketPeer, serve_async

FORMS = ["/sign-in", "/register", "/sign-out", "/account/password", "/account/revoke"]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1.evil.example",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:1{port}",
    ],
)
def test_a_page_of_another_origin_cannot_send_a_form(
    person: AccountClient, path: str, origin: str
) -> None:
    person.origin = origin.format(port=person.port)

    assert person.send(path, {}).status == 403
    assert person.cookies == {}


@pytest.mark.parametrize("path", [*FORMS, "/say"])
def test_a_form_with_the_cookie_needs_an_origin(
    person: AccountClient, path: str
) -> None:
    person.cookies = {f"parlour-{person.port}": "SnVsaWV0.key"}
    person.origin = None

    response = person.send(path, {})

    assert response.status == 403
    assert "needs an Origin" in response.text


def test_a_form_needs_the_token_of_its_own_browser(person: AccountClient) -> None:
    person.register("Juliet")
    other = AccountClient(person.port)
    theirs, mine = other.token("/sign-in"), person.token("/account")
    change = {"password": PASSWORD, "new": "sweet sorrow", "repeated": "sweet sorrow"}

    for token in ("", "x", theirs, mine[:-1], mine.upper(), "ž"):
        fields = {"csrf": token} | change
        assert person.send("/account/password", fields).status == 403
        assert person.send("/account/revoke", fields | {"device": "1"}).status == 403
        assert person.send("/sign-out", fields).status == 403
    said = {"csrf": theirs, "room": "lobby", "message": "forged", "id": "f" * 32}
    assert person.send("/say", said).status == 422

    assert "signed in as" in person.get("/account").text
    AccountClient(person.port).sign_in("Juliet")
    assert "forged" not in person.get("/api/messages").text


def test_a_token_from_before_the_sign_in_is_worthless_after_it(
    person: AccountClient,
) -> None:
    before = person.token("/sign-in")
    person.register("Juliet")

    assert person.send("/sign-out", {"csrf": before}).status == 403
    assert person.send("/sign-out", {"csrf": person.token("/account")}).status == 303


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
def test_an_old_form_says_who_has_signed_in_meanwhile(
    person: AccountClient, path: str
) -> None:
    before = person.token(path)
    person.register("Juliet")

    response = person.send(path, {"csrf": before})

    assert response.status == 403
    assert "You are signed in as <bdi>Juliet</bdi> already." in response.text


def test_a_cookie_is_worthless_after_the_sign_out(person: AccountClient) -> None:
    person.register("Juliet")
    stolen = dict(person.cookies)
    person.post("/sign-out")

    person.cookies = stolen
    page = person.get("/account")

    assert (page.status, page.header("Location")) == (303, "/sign-in?next=%2Faccount")
    assert "Juliet" not in person.get("/").text


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
def test_nobody_signs_in_by_a_link(person: AccountClient, path: str) -> None:
    AccountClient(person.port).register("Juliet")
    token, password = person.token(path), PASSWORD.replace(" ", "+")

    page = person.get(f"{path}?csrf={token}&name=Juliet&password={password}")

    assert page.status == 200
    assert person.account_cookies == {}
    assert PASSWORD not in page.text


def test_nobody_signs_out_by_a_link(person: AccountClient) -> None:
    person.register("Juliet")

    assert "Sign out?" in person.get("/sign-out?next=/").text
    assert person.get("/account/revoke").status == 405
    assert "signed in as" in person.get("/account").text


@pytest.mark.parametrize(
    "address",
    [
        "http://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example/",
        "/\n/evil.example/",
        " //evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        "/sign-in",
        "/sign-out?next=/",
        "/register#x",
        "/say",
        "/ž",
        "/" + "x" * 1000,
        "/a\r\nSet-Cookie: a=b",
    ],
)
def test_the_way_back_leads_to_no_other_site_and_to_no_form(address: str) -> None:
    assert return_path(address) == "/"


@pytest.mark.parametrize(
    "address", ["/", "/r/dev", "/r/kuchyn%C4%9B?before=9", "/search?q=//a", "/account"]
)
def test_the_way_back_leads_to_a_page(address: str) -> None:
    assert return_path(address) == address


def test_a_sign_in_redirects_to_no_other_site(person: AccountClient) -> None:
    AccountClient(person.port).register("Juliet")
    fields = {"name": "Juliet", "password": PASSWORD, "next": "//evil.example/"}

    assert "evil" not in person.get("/sign-in?next=//evil.example/").text
    assert person.post("/sign-in", **fields).header("Location") == "/"


def test_names_are_shown_as_text(person: AccountClient) -> None:
    name = '"><img src=x onerror=alert(1)>'

    page = person.post("/sign-in", name=name, password="wrong")
    link = person.get("/register?name=%3Cscript%3E&next=%22%3E%3Cscript%3E")

    assert "<img" not in page.text
    assert "<script>" not in link.text
    assert "&#34;&gt;&lt;img" in page.text


def test_labels_of_devices_are_shown_as_text(
    gateway: RunningGateway, person: AccountClient
) -> None:
    person.register("Juliet")
    terminal, label = gateway.server.connect(), "<script>alert(1)</script>\u202eevil"
    credentials = {"account": "Juliet", "password": PASSWORD, "device": label}
    send(terminal, "hello", version=1, rooms=[], **credentials)
    refused = receive_event(terminal, "error", "account")
    assert refused.get("code") == "bad_data"
    credentials["device"] = label[:25]
    send(terminal, "login", **credentials)
    receive_event(terminal, "account")

    page = person.get("/account").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_other_methods_and_types_are_refused(person: AccountClient) -> None:
    assert person.send("/sign-in", {}, "application/json").status == 415
    assert person.send("/sign-in", {"name": "x" * 70_000}).status == 413
    assert person.send("/account", {}).status == 405
    assert person.get("/sign-in?name=a&name=b").status == 400


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a",
        ".",
        "a.",
        ".k",
        "!.k",
        "A.k.k",
        "gA.k",
        "A" * 999 + ".k",
        "QQ.k k",
        "ž.k",
    ],
)
def test_a_cookie_that_is_none_is_ignored(value: str) -> None:
    header = f"a=b; parlour-80={value}; c"

    assert parse_cookies(header, "localhost:80", is_secure=False) == Cookies(
        None, has_account=True
    )


def test_a_cookie_is_of_its_port_and_has_any_name() -> None:
    key = Credentials("Žofie", "k-_9")
    header = f"parlour-80={cookie_value(key)}; parlour-80=QQ.other"

    assert parse_cookies(header, "localhost:80", is_secure=False).key == key
    assert parse_cookies(header, "localhost:81", is_secure=False) == Cookies()
    assert parse_cookies(header, None, is_secure=False) == Cookies()
    assert "k-_9" not in repr(key)


def test_a_secure_cookie_counts_before_another() -> None:
    header = "parlour=QQ.plain; __Host-parlour=QQ.secure"

    found = parse_cookies(header, "chat.example.org", is_secure=False)

    assert found.key == Credentials("A", "secure")


def test_over_tls_only_the_name_counts_that_browsers_accept_with_tls_alone() -> None:
    host, form = "chat.example.org", "f" * 20
    plain = f"parlour=QQ.plain; parlour-form={form}"
    secure = f"__Host-parlour=QQ.k; __Host-parlour-form={form}"
    below = f"__Secure-parlour=QQ.k; __Secure-parlour-form={form}"
    found = Cookies(Credentials("A", "k"), has_account=True, form_secret=form)

    for prefix in ("", "/chat"):
        assert parse_cookies(plain, host, prefix, is_secure=True) == Cookies()
    assert parse_cookies(f"{plain}; {secure}", host, is_secure=True) == found
    assert parse_cookies(f"{plain}; {below}", host, "/chat", is_secure=True) == found


def test_a_cookie_of_the_whole_host_does_not_count_below_a_prefix() -> None:
    old, own = "__Host-parlour=QQ.old", "__Secure-parlour=QQ.own"
    host = "chat.example.org"

    assert parse_cookies(
        f"{old}; {own}", host, "/chat", is_secure=False
    ).key == Credentials("A", "own")
    assert parse_cookies(old, host, "/chat", is_secure=False) == Cookies()
    assert parse_cookies(own, host, is_secure=False) == Cookies()


def test_all_cookie_headers_of_a_request_count(
    gateway: RunningGateway, person: AccountClient
) -> None:
    person.register("Juliet")
    head = f"GET /account HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\n"

    page = request(gateway, f"{head}Cookie: {person.cookie}\r\nCookie: a=b")

    assert status(page) == 200


def test_another_server_has_other_tokens() -> None:
    one, other = FormTokens(), FormTokens()

    assert one.is_valid(one.token("browser"), "browser")
    assert not one.is_valid(other.token("browser"), "browser")


def test_a_key_of_another_account_signs_nobody_in(person: AccountClient) -> None:
    AccountClient(person.port).register("Romeo")
    person.register("Juliet")
    (name,) = person.account_cookies
    person.cookies[name] = cookie_value(Credentials("Romeo", person.key))

    assert person.get("/account").status == 303


def fill_up(gateway: RunningGateway) -> list[SocketPeer]:
    """Open as many sessions of Juliet as there may be."""
    peers = [gateway.server.connect() for _ in range(MAX_ACCOUNT_SESSIONS + 1)]
    for each in peers:
        who = {"account": "Juliet", "password": PASSWORD}
        send(each, "hello", version=1, late=True, rooms=["lobby"], **who)
        answer = receive_event(each, "account", "error")
    assert answer["code"] == "too_many_sessions"
    return peers


def test_forms_about_an_account_work_with_all_of_its_sessions_open() -> None:
    with run_gateway(serve_async, accounts=("Juliet",)) as gateway:
        fill_up(gateway)
        browser = AccountClient(gateway.port).sign_in("Juliet")
        other = AccountClient(gateway.port).sign_in("Juliet")
        browser.revoke(2)

        new = {"new": "sweet sorrow", "repeated": "sweet sorrow"}
        changed = browser.post(
            "/account/password", page="/account", password=PASSWORD, **new
        )
        left = browser.post("/sign-out")

        assert other.get("/account").status == 303, "the device is revoked"
        assert changed.header("Location") == "/account?done=password"
        assert (left.status, browser.account_cookies) == (303, {})


def test_one_can_sign_out_and_say_something_with_all_sessions_open() -> None:
    with run_gateway(serve_async, accounts=("Juliet",)) as gateway:
        peers = fill_up(gateway)
        browser = AccountClient(gateway.port).sign_in("Juliet")
        said = {"room": "lobby", "message": "Ay me!", "id": "f" * 32}

        assert browser.post("/say", page="/", **said).status == 303
        assert browser.post("/sign-out").status == 303

        assert receive_event(peers[0], "message")["message"] == "Ay me!"
        assert "Ay me!" in browser.get("/").text


def test_nobody_hears_that_somebody_sends_a_form_about_an_account() -> None:
    with run_gateway(serve_async, accounts=("Juliet",)) as gateway:
        peer = gateway.server.connect()
        send(peer, "hello", version=1, late=True, rooms=["lobby"], name="Romeo")
        receive_event(peer, "room")
        browser = AccountClient(gateway.port).sign_in("Juliet")
        said = {"room": "lobby", "message": "Ay me!", "id": "f" * 32}
        browser.post("/say", page="/", **said)
        receive_event(peer, "left")

        assert browser.post("/sign-out").status == 303
        send(peer, "ping", token="the end")

        assert json.loads(peer.receive())["type"] == "pong"


def test_the_session_of_a_form_ends_with_the_form() -> None:
    with run_gateway(serve_async, accounts=("Juliet",)) as gateway:
        for _ in range(MAX_ACCOUNT_SESSIONS + 1):
            browser = AccountClient(gateway.port).sign_in("Juliet")

        assert browser.get("/account").status == 200
