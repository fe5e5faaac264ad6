import pytest

from parlour.client.protocol.requests import AskDevices, Logout, RevokeDevice, Say
from parlour.client.terminal.account_commands import (
    StartLogin,
    StartPasswordChange,
    StartRegister,
    may_hold_secret,
    without_secret,
)
from parlour.client.terminal.commands import (
    Confirm,
    InvalidCommand,
    ParsedLine,
    parse_line,
)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("/login", StartLogin("")),
        ("/login romeo", StartLogin("romeo")),
        ('/login "Jan Novák"', StartLogin("Jan Novák")),
        ("/register", StartRegister()),
        ("/passwd", StartPasswordChange()),
        ("/devices", AskDevices()),
        ("/revoke 12", RevokeDevice(12)),
        ("/logout", Logout()),
    ],
)
def test_a_command_about_accounts_is_parsed(line: str, found: ParsedLine) -> None:
    assert parse_line(line) == found


@pytest.mark.parametrize("line", ["/revoke", "/revoke x", "/revoke -1", "/revoke ²"])
def test_a_device_is_named_by_its_number(line: str) -> None:
    assert parse_line(line) == InvalidCommand(
        "Usage: /revoke N (for example /revoke 2)"
    )


@pytest.mark.parametrize("confirm", [True, False])
@pytest.mark.parametrize(
    "line",
    [
        "/login romeo balcony",
        '/login "romeo" balcony',
        "/LOGIN romeo balcony",
        "/login romeo\nbalcony",
        "/register balcony",
        "/passwd balcony dawn",
        " /login romeo balcony",
        "\\login romeo balcony",
        "\uff0flogin romeo balcony",
        "/ login romeo balcony",
        " \\ passwd balcony dawn",
    ],
)
def test_a_password_in_a_command_is_refused_with_the_reason(
    line: str, confirm: bool
) -> None:
    found = parse_line(line, confirm=confirm)

    assert isinstance(found, InvalidCommand)
    assert found.reason.startswith("A password is never part of a command")
    assert "balcony" not in found.reason


def test_a_name_of_several_words_is_to_be_quoted() -> None:
    found = parse_line("/login Jan Novák")

    assert isinstance(found, InvalidCommand)
    assert found.reason.endswith(
        'A name of several words is quoted: /login "Jan Novak"'
    )


def test_two_slashes_make_a_message() -> None:
    assert parse_line("//login romeo x") == Say("/login romeo x")


def test_a_blank_before_a_command_without_a_secret_is_asked_about() -> None:
    assert isinstance(parse_line(" /login", confirm=True), Confirm)


@pytest.mark.parametrize(
    "line",
    [
        *("/login", "/login romeo", " /PASSWD x", "\\register x"),
        *("/logn romeo balcony", "/login: romeo balcony", "/paswd balcony"),
        *("/ login romeo balcony", "/ logn romeo balcony"),
        *("/identify balcony", "/auth romeo balcony", "/oper romeo balcony"),
        *("/signin romeo balcony", "/account balcony", "/id balcony"),
    ],
)
def test_a_line_that_may_hold_a_secret_is_not_remembered(line: str) -> None:
    assert may_hold_secret(line)


@pytest.mark.parametrize(
    "line",
    ["", " ", "hello", "login romeo", "//login", "/", "/devices", "/jion x", "/l"],
)
def test_another_line_is_remembered(line: str) -> None:
    assert not may_hold_secret(line)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("/login romeo", "/login romeo"),
        ("/login romeo balcony", "/login …"),
        ("/logn romeo balcony", "/logn …"),
        ("/setname romeo", "/setname romeo"),
        ("/identify balcony", "/identify …"),
    ],
)
def test_a_line_is_shown_without_its_secret(line: str, shown: str) -> None:
    assert without_secret(line) == shown
