"""The requests of the admin socket."""

import pytest

from parlour.core.events import Refused, RoomName
from parlour.core.protocol.admin_requests import (
    OWN_REQUESTS,
    CreateAccount,
    EnableAccount,
    ListAccounts,
    MakeInvitation,
    RevokeDevice,
    decode_request,
    encode_request,
)
from parlour.core.protocol.commands import (
    Announce,
    Ban,
    Kick,
    ListInvitations,
    ListSanctions,
    SetTopic,
    Uninvite,
)

CODE = "a" * 64
HASH = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHQ$aGFzaA"


@pytest.mark.parametrize(
    ("kind", "data", "request_"),
    [
        (
            "account-create",
            {"name": "Ann", "password": HASH, "role": "admin"},
            CreateAccount("Ann", HASH, "admin"),
        ),
        (
            "account-create",
            {"name": "Ann", "password": HASH},
            CreateAccount("Ann", HASH, "member"),
        ),
        (
            "account-enable",
            {"name": "Ann", "enabled": False},
            EnableAccount("Ann", False),
        ),
        ("account-revoke", {"name": "Ann", "device": 2}, RevokeDevice("Ann", 2)),
        ("accounts", {"after": 500}, ListAccounts(500)),
        ("accounts", {}, ListAccounts(0)),
        (
            "invite",
            {"code": CODE, "seconds": 60},
            MakeInvitation(code=CODE, seconds=60),
        ),
        ("invite", {"code": CODE, "room": "dev"}, MakeInvitation("dev", code=CODE)),
        ("invite", {"name": "bob", "room": "dev"}, MakeInvitation("dev", "bob")),
        ("invites", {}, ListInvitations(None, 0)),
        ("invites", {"room": "dev", "after": 9}, ListInvitations(RoomName("dev"), 9)),
        ("uninvite", {"number": 3}, Uninvite(None, "", 3)),
        (
            "uninvite",
            {"room": "dev", "name": "bob"},
            Uninvite(RoomName("dev"), "bob", 0),
        ),
        (
            "kick",
            {"room": "dev", "name": "bob", "reason": "noise"},
            Kick(RoomName("dev"), "bob", "noise"),
        ),
        ("ban", {"name": "192.0.2.1", "room": None}, Ban(None, "192.0.2.1", None, "")),
        ("announce", {"text": "hello"}, Announce("hello")),
        ("topic", {"room": "dev", "topic": ""}, SetTopic(RoomName("dev"), "")),
        ("sanctions", {"room": None}, ListSanctions(None)),
    ],
)
def test_a_request_is_decoded(
    kind: str, data: dict[str, object], request_: object
) -> None:
    assert decode_request(encode_request(kind, data)) == (kind, request_)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "not_json"),
        (b"hello", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"type": "\xff"}', "bad_utf8"),
        (b"[]", "not_an_object"),
        (b"{}", "no_type"),
        (b'{"type": 7}', "no_type"),
        (b'{"type": "account-rename", "data": {}}', "unknown_type"),
        (b'{"type": "why"}', "unknown_type"),
        (b'{"type": "message", "data": "hi"}', "unknown_type"),
        (b'{"type": "account-devices"}', "bad_data"),
        (b'{"type": "account-devices", "data": {"name": ""}}', "bad_data"),
        (b'{"type": "account-devices", "data": {"name": "A", "x": 1}}', "bad_data"),
        (
            b'{"type": "account-revoke", "data": {"name": "A", "device": -1}}',
            "bad_data",
        ),
        (b'{"type": "accounts", "data": {"after": 1e99}}', "bad_data"),
        (b'{"type": "invite", "data": {"room": "dev"}}', "bad_data"),
        (b'{"type": "invite", "data": {"name": "bob"}}', "bad_data"),
        (b'{"type": "invite", "data": {"room": "dev", "code": "secret"}}', "bad_data"),
        (b'{"type": "uninvite", "data": {"number": "3"}}', "bad_data"),
        (b'{"type": "uninvite"}', "bad_data"),
        (b'{"type": "announce", "data": {"text": "\\u001b"}}', "bad_data"),
    ],
)
def test_any_other_line_is_refused(line: bytes, code: str) -> None:
    found = decode_request(line)

    assert isinstance(found, Refused)
    assert found.code == code


@pytest.mark.parametrize(
    "password",
    ["correct horse", "", "$argon2id$" + "x" * 300, "$argon2id$a b", f"{HASH}\n"],
)
def test_only_the_hash_of_a_password_is_accepted(password: str) -> None:
    data = {"name": "Ann", "password": password}

    found = decode_request(encode_request("account-create", data))

    assert isinstance(found, Refused)
    assert found.code == "bad_data"
    assert "horse" not in found.reason


def test_the_own_requests_of_the_operator_change_no_line_of_moderators() -> None:
    assert not set(OWN_REQUESTS) & {"kick", "mute", "role", "devices", "revoke"}
