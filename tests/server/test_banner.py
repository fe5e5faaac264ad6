"""The banner of a server."""

import pytest

from parlour.core.ports import Mode
from parlour.core.rules import Guests
from parlour.server.addresses import Addresses
from parlour.server.banner import PageFacts, ServerFacts, banner

LOCAL = ServerFacts("1", "asyncio", Addresses(["127.0.0.1:5555"]), 10, 10, "none")
REACHABLE = LOCAL._replace(
    plain=Addresses(
        ["0.0.0.0:5555"], ["192.0.2.7:5555", "[2001:db8::7]:5555"], is_local=False
    )
)
TLS = Addresses(["0.0.0.0:5556"], ["192.0.2.7:5556"], is_local=False)
WITH_TLS = REACHABLE._replace(tls=TLS, names=["localhost", "chat.example.org"])
TLS_ONLY = WITH_TLS._replace(plain=Addresses())
PAGE = PageFacts(
    Addresses(["0.0.0.0:8080"], ["192.0.2.7:8080"], is_local=False), Addresses(), "read"
)
UNENCRYPTED = "there is no encryption on 0.0.0.0:5555, so nobody can sign in there"
JOIN = "join with: python3 client.py"
PAGE_TLS = Addresses(["0.0.0.0:8443"], ["192.0.2.7:8443"], is_local=False)


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
    facts = REACHABLE._replace(plain=REACHABLE.plain._replace(reachable=[]))

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
        Addresses(["127.0.0.1:8080"]),
        Addresses(),
        "write",
        proxied=["chat.example.org"],
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


def test_the_banner_says_which_addresses_have_tls() -> None:
    first = banner(WITH_TLS).splitlines()[0]
    only = banner(TLS_ONLY).splitlines()[0]

    where = "0.0.0.0:5555, and with TLS on 0.0.0.0:5556"
    assert first == f"Parlour 1 listens on {where} (asyncio)"
    assert only == "Parlour 1 listens on 0.0.0.0:5556 with TLS only (asyncio)"


def test_others_are_invited_to_join_by_tls_at_a_name_of_the_certificate() -> None:
    local = WITH_TLS._replace(plain=LOCAL.plain)

    for facts in (TLS_ONLY, WITH_TLS, local):
        last = banner(facts).splitlines()[-1]
        assert last == f"{JOIN} chat.example.org 5556 --tls"


@pytest.mark.parametrize(
    ("names", "host"),
    [
        (["chat", "chat.lan"], "chat.lan"),
        (["laptop", "localhost", "127.0.0.1", "192.0.2.7"], "192.0.2.7"),
        (["chat", "localhost"], "192.0.2.7"),
        (["chat", "2001:db8::7"], "2001:db8::7"),
    ],
)
def test_a_name_that_others_cannot_look_up_is_not_used(
    names: list[str], host: str
) -> None:
    last = banner(TLS_ONLY._replace(names=names)).splitlines()[-1]

    assert last == f"{JOIN} {host} 5556 --tls"


@pytest.mark.parametrize("names", [[], ["localhost"], ["*.example.org", "127.0.0.1"]])
def test_others_are_invited_at_an_address_if_no_name_is_theirs(
    names: list[str],
) -> None:
    last = banner(TLS_ONLY._replace(names=names)).splitlines()[-1]

    assert last == f"{JOIN} 192.0.2.7 5556 --tls"


def test_the_banner_names_only_the_port_with_tls_for_others() -> None:
    lines = banner(WITH_TLS).splitlines()

    assert "other machines reach it with TLS at 192.0.2.7:5556" in lines
    assert not [line for line in lines if "192.0.2.7:5555" in line]


def test_an_ipv6_address_with_tls_is_a_word_of_its_own() -> None:
    only = TLS_ONLY._replace(names=[], tls=Addresses(["[::1]:5556"]))

    assert banner(only).endswith(f"{JOIN} ::1 5556 --tls")


def test_this_machine_is_invited_to_join_without_tls_if_it_can() -> None:
    local = Addresses(["127.0.0.1:5556"])
    both, only = LOCAL._replace(tls=local), LOCAL._replace(tls=local, plain=Addresses())

    assert banner(both).endswith("python3 client.py 127.0.0.1 5555")
    assert banner(only).endswith("python3 client.py 127.0.0.1 5556 --tls")


def test_the_page_is_named_over_https_first() -> None:
    page = PAGE._replace(tls=PAGE_TLS)
    both = banner(WITH_TLS._replace(page=page)).splitlines()
    only = banner(WITH_TLS._replace(page=page._replace(plain=Addresses())))

    urls = "https://chat.example.org:8443/ and http://192.0.2.7:8080/"
    assert f"page: {urls} (read only)" in both
    assert "page: https://chat.example.org:8443/ (read only)" in only.splitlines()


@pytest.mark.parametrize(
    ("facts", "guests", "warnings"),
    [
        (
            WITH_TLS,
            "on",
            [
                f"{UNENCRYPTED}; no password is needed to read and write here",
            ],
        ),
        (
            WITH_TLS,
            "off",
            [UNENCRYPTED],
        ),
        (TLS_ONLY, "on", ["no password is needed to read and write here"]),
        (TLS_ONLY, "read", ["no password is needed to read here"]),
        (TLS_ONLY, "off", []),
    ],
)
def test_the_warning_says_what_is_not_encrypted(
    facts: ServerFacts, guests: Guests, warnings: list[str]
) -> None:
    lines = banner(facts._replace(guests=guests)).splitlines()

    assert [line for line in lines if line.startswith("warning: ")] == [
        f"warning: {each}" for each in warnings
    ]


def test_the_banner_says_that_others_reach_the_chat_through_a_proxy() -> None:
    lines = banner(LOCAL._replace(proxies=["127.0.0.2"])).splitlines()

    assert "for this machine, and for users of the proxy at 127.0.0.2" in lines[1]
    warning = "no password is needed to read and write through the proxy"
    assert f"warning: {warning}" in lines
    assert any("--guest-names number hides it" in each for each in lines)
