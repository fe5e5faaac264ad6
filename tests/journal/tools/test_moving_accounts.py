"""Accounts, roles, sanctions and the audit log move by an export, without secrets."""

import json
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.core.entries import (
    AccountEnabled,
    AccountIgnored,
    DeviceAdded,
    Entry,
    PasswordSet,
    RoomSet,
    SanctionKind,
    Target,
)
from parlour.core.events import LOBBY, AccountNumber, Act, SessionId
from parlour.core.names.folding import fold_key
from parlour.core.roles import Role
from parlour.core.storage import ReadActs, Sanction, StoredAccount, consecutive
from parlour.journal.sqlite import acts
from parlour.journal.sqlite.files import FileError
from parlour.journal.tools import imported_tables
from parlour.journal.tools.exporting import export_lines
from parlour.journal.tools.importing import Imported, import_lines
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    ALL,
    DEFAULT_RETENTION,
    END,
    JULIET,
    NOW,
    ROMEO,
    VERONA,
    Clocks,
    batch,
    encoded,
    maintain_fully,
    open_store,
    registered,
    role_set,
    said,
    sanctioned,
)
from tests.journal.test_state_laws import (
    ACCOUNT_ENTRY,
    BEGINNING,
    INVITATION_ENTRY,
    ORDER_ENTRY,
    ROOM_ENTRY,
    applied,
    start,
)

TYBALT = AccountNumber(2)
OPERATOR = SessionId(0)
SECRETS = (
    "$argon2id$hash",
    "renewed",
    "key of a phone",
    "its label",
    "token of Paris",
)


def fill(path: Path) -> None:
    """Fill the history *path* with a bit of everything."""
    juliet = registered("Juliet", (LOBBY, VERONA), device=SECRETS[2], label=SECRETS[3])
    paris = Target("Paris", token=SECRETS[4], network="192.0.2.0/24")
    with closing(open_store(path)) as store:
        for each in (
            juliet.replace(password=SECRETS[0]),
            registered("Tybalt", role=Role.ADMIN),
            PasswordSet(OPERATOR, TYBALT, 1, SECRETS[1]),
            said("ay", VERONA).replace(account=JULIET),
            DeviceAdded(JULIET, 1, SECRETS[2] + "2", SECRETS[3]),
            AccountIgnored(ROMEO, JULIET, "Paris", fold_key("Paris")),
            AccountEnabled(TYBALT, is_enabled=False),
            role_set(JULIET, Role.OWNER, VERONA),
            RoomSet(ROMEO, "Juliet", VERONA, is_locked=True, slow=30),
            sanctioned(target=paris, until=NOW + 60, reason="sun"),
            sanctioned(SanctionKind.BAN, None, Target("Tybalt", TYBALT)),
        ):
            store.append(batch(each))


def test_accounts_and_what_keeps_order_are_exported_after_the_messages(
    path: Path,
) -> None:
    fill(path)

    found = [json.loads(line) for line in export_lines(path)]

    at = "2023-11-14T22:13:20.250000Z"
    assert [each["type"] for each in found[:2]] == ["room", "message"]
    assert found[0]["data"] == {
        "room": "verona",
        "topic": "",
        "open": True,
        "locked": True,
        "slow": 30,
    }
    assert found[1]["data"]["account"] == 1
    assert found[2:7] == [
        {
            "type": "account",
            "data": {
                "number": 1,
                "name": "Juliet",
                "role": "member",
                "created": at,
                "rooms": ["lobby", "verona"],
                "ignored": ["Paris"],
                "read": {"lobby": 0, "verona": 0},
            },
        },
        {
            "type": "account",
            "data": {
                "number": 2,
                "name": "Tybalt",
                "role": "admin",
                "created": at,
                "disabled": True,
            },
        },
        {"type": "role", "data": {"room": "verona", "account": 1, "role": "owner"}},
        {
            "type": "sanction",
            "data": {
                "kind": "mute",
                "since": at,
                "name": "Paris",
                "room": "verona",
                "network": "192.0.2.0/24",
                "by": "Romeo",
                "until": "2023-11-14T22:14:20.250000Z",
                "reason": "sun",
            },
        },
        {
            "type": "sanction",
            "data": {
                "kind": "ban",
                "since": at,
                "name": "Tybalt",
                "account": 2,
                "by": "Romeo",
            },
        },
    ]
    assert {each["type"] for each in found[7:]} == {"act"}
    assert [each["data"]["action"] for each in found[7:]] == [
        *("passwd", "disable", "owner", "lock", "slow", "mute", "ban")
    ]


def test_nothing_secret_is_exported(path: Path) -> None:
    fill(path)

    text = "\n".join(export_lines(path))

    assert not [secret for secret in SECRETS if secret in text]


def test_everything_but_secrets_is_imported(path: Path, tmp_path: Path) -> None:
    fill(path)
    other = tmp_path / "other.db"
    lines = list(export_lines(path))

    assert import_lines(encoded(lines), other) == Imported(1, 2, ())

    assert list(export_lines(other)) == lines
    assert verify(other).problems == []
    with closing(open_store(other)) as store:
        loaded, page = store.load(), store.read(ReadActs(None, END, ALL))
    juliet = StoredAccount(JULIET, "Juliet", "", Role.MEMBER, NOW)
    ignored = ((fold_key("Paris"), "Paris"),)
    assert loaded.accounts == (
        juliet.replace(
            rooms=(LOBBY, VERONA), ignored=ignored, reads=((LOBBY, 0), (VERONA, 0))
        ),
        StoredAccount(TYBALT, "Tybalt", "", Role.ADMIN, NOW, is_enabled=False),
    )
    room = loaded.rooms[1]
    assert (room.name, room.is_locked, room.slow) == (VERONA, True, 30)
    assert room.roles == ((JULIET, Role.OWNER),)
    paris, tybalt = Target("Paris", network="192.0.2.0/24"), Target("Tybalt", TYBALT)
    by, until = "Romeo", NOW + 60
    assert loaded.sanctions == (
        Sanction(1, SanctionKind.MUTE, VERONA, paris, by, NOW, until, "sun"),
        Sanction(2, SanctionKind.BAN, None, tybalt, by, NOW, None, ""),
    )
    assert page.acts[5] == Act(6, NOW, by, "mute", VERONA, "Paris", until, "sun")


def test_a_server_continues_with_the_next_numbers(path: Path, tmp_path: Path) -> None:
    fill(path)
    other = tmp_path / "other.db"
    import_lines(encoded(list(export_lines(path))), other)

    with closing(open_store(other)) as store:
        store.append(batch(registered("Paris")))
        store.append(batch(sanctioned()))
        loaded, page = store.load(), store.read(ReadActs(None, END, 1))

    assert [loaded.last_account, loaded.last_sanction, page.acts[0].number] == [3, 3, 8]


def test_a_sanction_of_a_guest_without_a_network_is_left_out(path: Path) -> None:
    with closing(open_store(path)) as store:
        store.append(batch(said("ay")))
        store.append(batch(sanctioned(target=Target("Paris", token="a token"))))

        found = [json.loads(line)["type"] for line in export_lines(path)]

    assert found == ["room", "message", "act"]


def test_single_rooms_are_exported_without_accounts(path: Path, tmp_path: Path) -> None:
    fill(path)

    lines = list(export_lines(path, rooms=[VERONA]))

    assert [json.loads(line)["type"] for line in lines] == ["room", "message"]
    assert "account" not in json.loads(lines[1])["data"]
    import_lines(encoded(lines), tmp_path / "other.db", room=VERONA)


def test_many_acts_are_exported_in_order(path: Path, tmp_path: Path) -> None:
    with closing(open_store(path)) as store:
        switched = [AccountEnabled(JULIET, is_enabled=bool(n % 2)) for n in range(2500)]
        store.append(batch(registered("Juliet"), *switched))
    other = tmp_path / "other.db"
    lines = list(export_lines(path))

    import_lines(encoded(lines), other)

    assert len(lines) == 2501
    assert list(export_lines(other)) == lines
    assert verify(other).acts == 2500


def line(kind: str, /, **data: object) -> str:
    return json.dumps({"type": kind, "data": data})


def account(number: object = 1, name: object = "Juliet", **more: object) -> str:
    found = {"number": number, "name": name, "role": "member"}
    return line("account", **(found | {"created": "2026-01-31T12:00:00Z"} | more))


def role(room: object = "lobby", number: object = 1, role: object = "owner") -> str:
    return line("role", room=room, account=number, role=role)


def sanction(**more: object) -> str:
    found = {"kind": "ban", "since": "2026-01-31T12:00:00Z", "name": "Paris"}
    return line("sanction", **(found | {"network": "192.0.2.1"} | more))


def act(**more: object) -> str:
    found = {"time": "2026-01-31T12:00:00Z", "action": "ban", "name": "Paris"}
    return line("act", **(found | more))


FUTURE = "9998-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([account(0)], "it is not as `parlour export` writes it: Expected `int` >= 1"),
        ([account(True)], "Expected `int`, got `bool`"),
        ([account(1 << 40)], "Expected `int` <= 1099511627775"),
        ([account(), account(1, "Tybalt")], "account 1 does not follow the one"),
        (
            [account(2), account(1, "Tybalt")],
            "account 1 does not follow the one",
        ),
        ([account(), account(2, "JULIET")], "there is an earlier account Juliet"),
        ([account(name="")], "its name is not a valid name: a name has 1 to 32"),
        ([account(name=" Juliet")], "its name is not a valid name: it would be Juliet"),
        ([account(name="127.0.0.1:80")], "a name does not look like an address"),
        ([account(name="Server")], "that name is reserved"),
        ([account(name="\ud800")], "it contains a lone surrogate"),
        (
            [account(role="operator")],
            "a role on the server is one of member",
        ),
        ([account(role="owner")], "a role on the server is one of member"),
        ([account(created=FUTURE)], "its time is in the future"),
        ([account(created="today")], "its time is not in the format 2026-"),
        ([account(password="$argon2id$")], "contains unknown field `password`"),
        ([account(rooms=["verona"])], "no earlier line is about the room verona"),
        ([account(rooms=["Lobby"])], "its room is not a valid room name"),
        ([account(rooms=[f"r{n}" for n in range(101)])], "in more than 100 rooms"),
        ([account(rooms=["lobby"] * 201)], "Expected `array` of length <= 200"),
        ([account(ignored=["x"] * 201)], "Expected `array` of length <= 200"),
        ([account(ignored=["x" * 129])], "Expected `str` of length <= 128"),
        ([role()], "no earlier line is about the account 1"),
        ([account(), role("verona")], "no earlier line is about the room verona"),
        (
            [account(), role(role="admin")],
            "a role in a room is one of moderator",
        ),
        ([account(), role(), role()], "account 1 has a role in lobby already"),
        (
            [account(), account(2, "Paris"), role(), role(number=2)],
            "has an owner already",
        ),
        ([sanction(kind="kick")], "it is neither a mute nor a ban"),
        ([sanction(network="")], "it is of nobody"),
        ([sanction(account=1)], "no earlier line is about the account 1"),
        ([sanction(token="secret")], "contains unknown field `token`"),
        ([sanction(room="verona")], "no earlier line is about the room verona"),
        ([sanction(since=FUTURE)], "its time is in the future"),
        ([sanction(until="never")], "its time is not in the format 2026-"),
        ([sanction(reason="x" * 201)], "Expected `str` of length <= 200"),
        ([sanction(name="\x1b[2J")], "it has characters that cannot be printed"),
        ([act(action="")], "Expected `str` matching regex"),
        ([act(action="Ban")], "Expected `str` matching regex"),
        ([act(by="a\nb")], "it has characters that cannot be printed"),
        ([act(room="Lobby")], "its room is not a valid room name"),
        ([act(time=FUTURE)], "its time is in the future"),
        ([line("device", key="x")], "it is not a message, an erasure, a room"),
    ],
)
def test_nothing_is_imported_if_a_line_is_invalid(
    path: Path, lines: list[str], reason: str
) -> None:
    with pytest.raises(FileError) as caught:
        import_lines(encoded(lines), path)

    text = str(caught.value)
    assert text.startswith(f"line {len(lines)} cannot be imported: ")
    assert reason in text
    assert {each.name for each in path.parent.iterdir()} == {"chat.db.lock"}


def test_accounts_are_not_imported_with_a_room_that_gets_another_name(
    path: Path,
) -> None:
    with pytest.raises(FileError, match="only a room and its messages get another"):
        import_lines(encoded([account()]), path, room=VERONA)


def test_a_name_that_looks_like_an_earlier_one_is_imported_and_reported(
    path: Path,
) -> None:
    lines = [account(name="Bill"), account(2, "BiII")]

    assert import_lines(encoded(lines), path) == Imported(0, 2, ("BiII",))

    assert [json.loads(each)["data"]["name"] for each in export_lines(path)] == [
        *("Bill", "BiII")
    ]


@pytest.mark.parametrize(
    ("module", "bound", "lines"),
    [
        (imported_tables, "MAX_ACCOUNTS", [account(), account(2, "Paris")]),
        (imported_tables, "MAX_IMPORTED", [sanction(), sanction()]),
        (acts, "MAX_ACTS", [act(), act()]),
    ],
)
def test_the_number_of_lines_of_a_kind_is_limited(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    bound: str,
    lines: list[str],
) -> None:
    monkeypatch.setattr(module, bound, 1)

    with pytest.raises(FileError, match=r"line 2 cannot .*: there are more than 1 "):
        import_lines(encoded(lines), path)


def test_an_account_that_ignores_as_many_names_as_it_can_is_imported(
    path: Path, tmp_path: Path
) -> None:
    names = [f"{n:03}" + "\x01" * 125 for n in range(200)]
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet")))
        entries = [AccountIgnored(ROMEO, JULIET, n, fold_key(n)) for n in names]
        store.append(batch(*entries))
    lines = list(export_lines(path))

    import_lines(encoded(lines), tmp_path / "other.db")

    assert list(export_lines(tmp_path / "other.db")) == lines


ENTRY = ROOM_ENTRY | ACCOUNT_ENTRY | ORDER_ENTRY | INVITATION_ENTRY


def as_proposed(entry: Entry) -> Entry:
    """Return *entry* as a server proposes it: with the key of a name that there is."""
    if not isinstance(entry, AccountIgnored):
        return entry
    name = entry.name or "Paris"
    return entry.replace(name=name, key=fold_key(name))


@settings(deadline=None, max_examples=60)
@given(st.lists(ENTRY.map(as_proposed), max_size=30), st.booleans())
def test_an_export_of_what_was_imported_is_the_same(
    entries: list[Entry], has_direct: bool
) -> None:
    with TemporaryDirectory() as directory:
        path, other = Path(directory) / "chat.db", Path(directory) / "other.db"
        with closing(Clocks().open_store(path, DEFAULT_RETENTION)) as store:
            state = start(store.load(), consecutive)
            for each in (*BEGINNING, *entries):
                store.append(batch(*applied(state, [each])[0]))
            maintain_fully(store)
        lines = list(export_lines(path, has_direct=has_direct))

        import_lines(encoded(lines), other)

        assert list(export_lines(other, has_direct=has_direct)) == lines
        assert verify(other).problems == []
