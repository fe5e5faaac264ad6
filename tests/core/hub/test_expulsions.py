"""Connections whose sessions somebody ends hear nothing more, at once."""

from tests.core.account_peers import (
    PASSWORD,
    connect_account,
    connect_guest,
    register,
    told,
)
from tests.core.fake_server import FakeServer, line


def test_a_revoked_device_does_not_hear_what_is_recorded_before_its_own_message() -> (
    None
):
    server = FakeServer()
    phone = register(server, "Ann", device="phone")
    laptop = connect_account(server, "Ann", password=PASSWORD)
    bob = connect_guest(server, "Bob")
    for each in (phone, laptop, bob):
        told(each)
    server.is_storage_paused = True

    laptop.send(line("revoke", {"device": 1}))
    bob.send_text("not for the thief")
    phone.send_text("still here")
    server.commit()

    assert phone.ended is not None
    assert told(phone) == ["bye revoked"]
