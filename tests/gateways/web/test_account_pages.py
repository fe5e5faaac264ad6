"""The pages about accounts: what they show, and what their forms do."""

import json

import pytest

from parlour.core.rules import Rules
from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.parsed_html import Html
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.clients import receive_event, send
from tests.server.running_servers import Serve, on_both_drivers, serve_async

COOKIE = "HttpOnly; Path=/; SameSite=Lax"


@on_both_drivers
def test_a_person_registers_signs_out_and_signs_in(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        browser = AccountClient(gateway.port)

        registered = browser.post(
            "/register", name=" Juliet ", password=PASSWORD, repeated=PASSWORD
        )
        assert (registered.status, registered.header("Location")) == (303, "/")
        assert "Signed in as <bdi>Juliet</bdi>" in browser.get("/").text
        left = browser.post("/sign-out", next="/r/dev")
        assert (left.status, left.header("Location")) == (303, "/r/dev")
        assert "Juliet" not in browser.get("/").text
        back = browser.post(
            "/sign-in", name="juliet", password=PASSWORD, next="/r/dev?before=9"
        )

        assert (back.status, back.header("Location")) == (303, "/r/dev?before=9")
        assert "Signed in as <bdi>Juliet</bdi>" in browser.get("/").text


def test_the_cookie_cannot_be_read_by_scripts_and_lasts_a_year(
    person: AccountClient,
) -> None:
    fields = {"name": "Juliet", "password": PASSWORD, "repeated": PASSWORD}
    (cookie,) = person.post("/register", **fields).set_cookies

    assert cookie.startswith(f"parlour-{person.port}=")
    assert cookie.endswith(f"Max-Age=31536000; {COOKIE}")
    assert "Secure" not in cookie


def test_under_tls_the_cookie_is_secure_and_of_this_host_alone() -> None:
    with run_gateway(serve_async, allowed=("chat.example.org",)) as gateway:
        browser = AccountClient(gateway.port, host="chat.example.org")
        browser.origin = "https://chat.example.org"  # of the proxy in front
        browser.register("Juliet")

        (name,) = browser.account_cookies
        cookie = browser.post("/sign-out", page="/account").set_cookies[1]

    assert name == f"__Host-parlour-{gateway.port}"
    assert cookie.endswith("Secure")


def test_each_sign_in_makes_another_key(person: AccountClient) -> None:
    person.register("Juliet")
    planted = "planted-by-somebody-else"
    other = AccountClient(person.port)
    other.cookies = {f"parlour-{person.port}": f"SnVsaWV0.{planted}"}

    other.sign_in("Juliet")

    assert len({person.key, other.key, planted}) == 3


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"name": "Romeo"}, "password", "The account or the password is wrong."),
        ({"password": "wrong"}, "password", "The account or the password is wrong."),
        ({"password": "x" * 300}, "password", "The account or the password is wrong."),
        ({"csrf": ""}, "form", "This form was too old; send it again."),
    ],
)
def test_a_failed_sign_in_says_why_and_keeps_the_name(
    person: AccountClient, changes: dict[str, str], place: str, reason: str
) -> None:
    AccountClient(person.port).register("Juliet")
    fields = {"name": "Juliet", "password": PASSWORD, "next": "/r/dev"} | changes

    response = person.post("/sign-in", **fields)

    assert response.status in {422, 403}
    assert response.errors == {place: reason}
    values = values_of(response.text)
    assert values["name"] == fields["name"]
    assert values["password"] == ""
    assert values["next"] == "/r/dev"
    assert PASSWORD not in response.text
    assert person.account_cookies == {}


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"name": "Romeo"}, "name", "taken"),
        ({"name": "juliet"}, "name", "registered"),
        ({"name": "127.0.0.1:99"}, "name", "address"),
        ({"name": "[Server]"}, "name", "reserved"),
        ({"name": ""}, "name", "1 to 32"),
        ({"password": "short", "repeated": "short"}, "password", "8 characters"),
        ({"repeated": "another one"}, "repeated", "different"),
    ],
)
def test_a_failed_registration_says_why_and_keeps_the_name(
    gateway: RunningGateway, changes: dict[str, str], place: str, reason: str
) -> None:
    AccountClient(gateway.port).register("Juliet")
    peer = gateway.server.connect()
    send(peer, "hello", version=1, name="Romeo")
    receive_event(peer, "welcome")
    browser = AccountClient(gateway.port)
    fields = {"name": "Nurse", "password": PASSWORD, "repeated": PASSWORD} | changes

    response = browser.post("/register", **fields)

    assert response.status == 422
    ((shown, text),) = response.errors.items()
    assert shown == place
    assert reason in text
    assert values_of(response.text)["name"] == fields["name"]
    assert PASSWORD not in response.text
    has_link = "Sign in with this name" in response.text
    assert has_link == (fields["name"] == "juliet")


def values_of(page: str) -> dict[str, str]:
    """Return the values of the fields in a form, by name."""
    fields = [each.attributes for each in Html(page).all("input")]
    return {each["name"]: each.get("value", "") for each in fields}


def test_the_fields_tell_a_password_manager_what_they_are(
    person: AccountClient,
) -> None:
    def fields(path: str) -> dict[str, str]:
        found = [each.attributes for each in Html(person.get(path).text).all("input")]
        kinds = {"text", "password"}
        return {e["name"]: e["autocomplete"] for e in found if e["type"] in kinds}

    assert fields("/sign-in") == {"name": "username", "password": "current-password"}
    assert fields("/register") == {
        "name": "username",
        "password": "new-password",
        "repeated": "new-password",
    }
    person.register("Juliet")
    assert fields("/account") == {
        "name": "username",
        "password": "current-password",
        "new": "new-password",
        "repeated": "new-password",
    }


def test_wrong_passwords_are_limited_and_the_page_says_for_how_long(
    person: AccountClient,
) -> None:
    AccountClient(person.port).register("Juliet")
    for _ in range(5):
        person.post("/sign-in", name="Juliet", password="wrong")

    limited = person.post("/sign-in", name="Juliet", password=PASSWORD)
    other = person.post("/sign-in", name="Nurse", password=PASSWORD)

    assert limited.status == 429
    assert "Too many wrong passwords; try again in 1" in limited.errors["form"]
    assert other.status == 422


def test_the_account_page_lists_the_devices_and_revokes_them(
    person: AccountClient,
) -> None:
    person.register("Juliet")
    other = AccountClient(person.port).sign_in("Juliet")

    page = person.get("/account")
    assert page.text.count("<bdi>Browser on Linux</bdi>") == 2
    assert page.text.count(">Revoke</button>") == 1
    revoked = person.post("/account/revoke", page="/account", device="2")

    assert revoked.header("Location") == "/account?done=revoked"
    assert "The device is revoked." in person.get("/account?done=revoked").text
    assert "You are signed out" in other.get("/").text
    assert "You are signed out" not in other.get("/").text  # told once
    assert other.account_cookies == {}


@pytest.mark.parametrize("device", ["9", "0", "-1", "x", "", "9" * 18, "9" * 30])
def test_a_device_that_is_none_cannot_be_revoked(
    person: AccountClient, device: str
) -> None:
    person.register("Juliet")

    response = person.post("/account/revoke", page="/account", device=device)

    assert response.status == 422
    assert list(response.errors) == ["form"]
    assert "signed in as <b><bdi>Juliet" in person.get("/account").text


def test_a_new_password_signs_all_other_devices_out(person: AccountClient) -> None:
    person.register("Juliet")
    other = AccountClient(person.port).sign_in("Juliet")
    fields = {
        "password": PASSWORD,
        "new": "parting is such",
        "repeated": "sweet sorrow",
    }

    different = person.post("/account/password", page="/account", **fields)
    wrong = person.post(
        "/account/password",
        page="/account",
        **fields | {"password": "wrong", "repeated": "parting is such"},
    )
    done = person.post(
        "/account/password", page="/account", **fields | {"repeated": "parting is such"}
    )

    assert list(different.errors) == ["repeated"]
    assert wrong.errors == {"password": "The old password is wrong."}
    assert done.header("Location") == "/account?done=password"
    assert "signed in as" in person.get("/account").text
    assert other.get("/account").header("Location") == "/sign-in?next=%2Faccount"
    AccountClient(person.port).sign_in("Juliet", "parting is such")


def test_the_form_without_scripts_speaks_as_the_account(
    gateway: RunningGateway,
) -> None:
    romeo = gateway.server.connect()
    send(romeo, "hello", version=1, name="Romeo")
    browser = AccountClient(gateway.port).register("Juliet")
    said = {"room": "lobby", "message": "ay me", "id": "f" * 32}

    page = browser.get("/")
    sent = browser.post("/say", page="/", **said)

    assert 'name="name"' not in page.text[page.text.index("<noscript>") :]
    assert (sent.status, sent.header("Location")) == (303, "/")
    message = receive_event(romeo, "message")
    assert (message["source"], message["message"]) == ("Juliet", "ay me")


def test_a_message_of_somebody_who_was_signed_out_is_kept(
    person: AccountClient,
) -> None:
    person.register("Juliet")
    AccountClient(person.port).sign_in("Juliet").revoke(1)
    said = {"room": "lobby", "message": "ay me", "id": "f" * 32}

    response = person.send("/say", said)

    assert response.status == 422
    assert "You are signed out, so the message was not sent" in response.text
    assert "ay me</textarea>" in response.text
    assert "Max-Age=0" in response.set_cookies[0]


def test_a_password_is_not_accepted_over_an_unencrypted_connection(
    person: AccountClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    AccountClient(person.port).register("Juliet")
    fields = {"name": "Juliet", "password": PASSWORD, "csrf": person.token("/sign-in")}
    monkeypatch.setattr("parlour.server.runtime.is_secure", lambda _: False)

    page = person.get("/sign-in")
    sent = person.send("/sign-in", fields)

    assert "came to you unencrypted" in page.text
    assert "password" not in values_of(page.text)
    assert sent.status == 403


@pytest.mark.parametrize("rules", [Rules(registration="closed"), Rules(guests="read")])
def test_without_registration_there_is_no_page_and_no_link_to_it(rules: Rules) -> None:
    with run_gateway(serve_async, rules=rules) as gateway:
        browser = AccountClient(gateway.port)

        assert browser.get("/register").status == 404
        assert "/register" not in browser.get("/sign-in").text
        assert "/register" not in browser.get("/").text


def test_the_key_and_the_password_are_on_no_page(person: AccountClient) -> None:
    person.register("Juliet")
    key = person.key
    shown = [
        person.get(path)
        for path in ("/", "/account", "/sign-out", "/api/users", "/rooms", "/sign-in")
    ]

    assert len(key) > 40
    assert all(key not in each.text for each in shown)
    assert all(PASSWORD not in each.text for each in shown)
    assert all(key not in json.dumps(each.headers) for each in shown)
    assert {each.header("Cache-Control") for each in shown} == {"no-store"}


def test_a_registration_that_failed_can_be_sent_again(person: AccountClient) -> None:
    fields = {"name": "Juliet", "password": "short", "repeated": "short"}
    assert person.post("/register", **fields).status == 422

    person.register("Juliet")
