"""The answers of the admin socket."""

import json

import pytest

from parlour.core.events import Refused
from parlour.core.protocol.admin_answers import (
    ANSWERS,
    AccountFacts,
    AccountList,
    Answer,
    DeviceFacts,
    DeviceList,
    Done,
    InvitationFacts,
    InvitationFactsList,
    SanctionFacts,
    SanctionFactsList,
    decode_answer,
    encode_answer,
)
from parlour.core.protocol.process_answers import (
    Draining,
    Reloaded,
    RoomFacts,
    RoomFactsList,
    Stats,
    UserFacts,
    UserFactsList,
)

PHONE = DeviceFacts(2, "phone", "2026-01-31T12:00:00.000000Z", online=False)
CODE = InvitationFacts(3, "2026-01-31T12:00:00.000000Z")
ANN = AccountFacts("Ann", "admin", "2026-01-31T12:00:00.000000Z", 2, disabled=False)


@pytest.mark.parametrize(
    "answer",
    [
        Done("Ann"),
        Done(),
        AccountList((ANN,), 500),
        AccountList(()),
        DeviceList("Ann", (PHONE,)),
        InvitationFactsList(
            (InvitationFacts(3, "2026"), InvitationFacts(4, "2026", "Ann"))
        ),
        SanctionFactsList((SanctionFacts(1, "ban", "bob", "2026"),)),
        UserFactsList(
            (UserFacts(7, "Ann", account=True, address="192.0.2.1:9", kind="client"),),
            more=True,
        ),
        RoomFactsList((RoomFacts(1, "lobby", 2, 30),)),
        Stats({"users": 2, "uptime_seconds": 1.5, "version": "1"}),
        Reloaded(("rate",), ("port",)),
        Draining(10.0),
        Refused("no_such_account", "there is no such account"),
    ],
)
def test_an_answer_is_decoded_as_it_was_encoded(answer: Answer) -> None:
    assert decode_answer(encode_answer(answer)) == answer


def test_facts_that_are_not_known_are_left_out() -> None:
    assert json.loads(encode_answer(AccountList((ANN,)))) == {
        "type": "accounts",
        "data": {
            "accounts": [
                {
                    "name": "Ann",
                    "role": "admin",
                    "created": "2026-01-31T12:00:00.000000Z",
                    "devices": 2,
                    "disabled": False,
                }
            ]
        },
    }


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"{}", b'{"type": "pong"}', b'{"type": "error", "data": 7}']
)
def test_what_is_no_answer_is_an_error(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_answer(line)


def test_the_answers_have_these_types() -> None:
    assert set(ANSWERS) == {
        "done",
        "draining",
        "accounts",
        "devices",
        "invitations",
        "sanctions",
        "audit",
        "erased-texts",
        "users",
        "rooms",
        "stats",
        "reloaded",
        "error",
    }
