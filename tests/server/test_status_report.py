"""The banner of a server."""

import pytest

from parlour.core.ports import Mode
from parlour.core.rules import Guests
from parlour.server.status_report import PageFacts, ServerFacts, banner

LOCAL = ServerFacts("1", "asyncio", ["127.0.0.1:5555"], True, 10, 10, "none")
REACHABLE = LOCAL._replace(
    addresses=["0.0.0.0:5555"],
    is_local=False,
    reachable=["192.0.2.7:5555", "[2001:db8::7]:5555"],
)
PAGE = PageFacts([], ["0.0.0.0:8080"], "read", False, False, ["192.0.2.7:8080"])


def test_a_local_server_is_joined_at_its_address() -> None:
    lines = banner(LOCAL).splitlines()

    assert lines[-1] == "join with: python3 client.py 127.0.0.1 5555"
    assert "other machines" not in banner(LOCAL)


def test_a_reachable_server_is_joined_at_an_address_for_other_machines() -> None:
    lines = banner(REACHABLE).splitlines()

    assert "other machines reach it at 192.0.2.7:5555 and [2001:db8::7]:5555" in lines
    assert lines[-1] == "join with: python3 client.py 192.0.2.7 5555"


def test_the_banner_warns_of_another_program_at_localhost() -> None:
    facts = LOCAL._replace(taken=["[::1]:5555", "[::1]:8080"])

    where = "[::1]:5555 and [::1]:8080"
    warning = f"warning: another program has {where}: do not use localhost"
    assert warning in banner(facts).splitlines()
    assert "localhost" not in banner(LOCAL)


def test_the_url_of_a_reachable_page_is_for_other_machines() -> None:
    lines = banner(LOCAL._replace(page=PAGE)).splitlines()

    assert "page: http://192.0.2.7:8080/ (read only)" in lines


def test_a_server_without_other_addresses_is_joined_on_its_machine() -> None:
    facts = REACHABLE._replace(reachable=[])

    assert banner(facts).endswith("join with: python3 client.py 127.0.0.1 5555")


def test_names_by_number_are_recommended_where_others_see_addresses() -> None:
    advice = "--guest-names number hides it"

    assert advice in banner(REACHABLE)
    assert advice not in banner(REACHABLE._replace(guest_names="number"))
    assert advice not in banner(REACHABLE._replace(guests="read"))
    assert advice not in banner(LOCAL)


@pytest.mark.parametrize(
    ("guests", "warning"),
    [
        (
            "on",
            (
                "warning: there is no encryption and no password; "
                "anyone who can reach the server can read and write"
            ),
        ),
        (
            "read",
            (
                "warning: there is no encryption; anyone who can reach the server can "
                "read, and only this machine can sign in"
            ),
        ),
        ("off", "warning: there is no encryption, so only this machine can sign in"),
    ],
)
def test_the_warning_says_what_guests_may_do(guests: Guests, warning: str) -> None:
    lines = banner(REACHABLE._replace(guests=guests)).splitlines()

    assert warning in lines
    assert "warning" not in banner(LOCAL._replace(guests=guests))


PROXIED = LOCAL._replace(
    page=PageFacts(
        [], ["127.0.0.1:8080"], "write", True, False, proxied=["chat.example.org"]
    ),
    registration="invite",
)


def test_a_page_behind_a_proxy_is_not_for_this_machine_only() -> None:
    lines = banner(PROXIED).splitlines()

    whom = "this machine, and for users of the page at chat.example.org"
    assert f"for {whom}, up to 10 users" in lines
    assert (
        "accounts: an invitation is needed to register: parlour account invite" in lines
    )
    assert lines[-1] == "join with: python3 client.py 127.0.0.1 5555"


@pytest.mark.parametrize(
    ("guests", "mode", "warning"),
    [
        ("on", "write", ["no password is needed to read and write through the proxy"]),
        ("on", "read", ["no password is needed to read through the proxy"]),
        ("read", "write", ["no password is needed to read through the proxy"]),
        ("off", "write", []),
    ],
)
def test_the_warning_says_what_guests_may_do_through_a_proxy(
    guests: Guests, mode: Mode, warning: list[str]
) -> None:
    assert PROXIED.page is not None
    page = PROXIED.page._replace(mode=mode)
    lines = banner(PROXIED._replace(guests=guests, page=page)).splitlines()

    assert [line for line in lines if line.startswith("warning: ")] == [
        f"warning: {each}" for each in warning
    ]
    assert "--guest-names" not in "".join(lines), "they are called by its address"


def test_registration_that_is_open_to_visitors_of_a_proxy_is_said() -> None:
    lines = banner(PROXIED._replace(registration="open")).splitlines()

    assert "accounts: everybody may register" in lines
