"""The links of invitations: where they lead, with which encryption."""

import pytest

from parlour.client.protocol.invitation_links import MAX_LINK, parse_link
from parlour.client.protocol.secret import Secret


@pytest.mark.parametrize(
    ("text", "host", "port", "room", "has_tls"),
    [
        ("parlour://chat.example/garden", "chat.example", 5555, "garden", False),
        ("parlour://[::1]:7000/garden", "::1", 7000, "garden", False),
        ("parlours://chat.example/garden", "chat.example", 5556, "garden", True),
        ("parlours://chat.example:7000/", "chat.example", 7000, "", True),
    ],
)
def test_a_link_says_where_the_server_is(
    text: str, host: str, port: int, room: str, has_tls: bool
) -> None:
    found = parse_link(f"{text}?invite=abc")

    assert found is not None
    assert (found.host, found.port, found.room) == (host, port, room)
    assert found.code == Secret("abc")
    assert found.has_tls is has_tls


def test_with_tls_the_port_of_a_link_without_one_is_that_of_tls() -> None:
    found = parse_link("parlour://chat.example/garden", has_tls=True)

    assert found is not None
    assert (found.port, found.has_tls) == (5556, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "chat.example",
        "ftp://chat.example/garden",
        "parlour://chat.example",
        "parlour:///garden",
        "parlour://chat.example:x/garden",
        "parlour://chat.example/one/two",
        f"parlour://chat.example/{'a' * MAX_LINK}",
    ],
)
def test_other_texts_are_no_links(text: str) -> None:
    assert parse_link(text) is None
