"""Variables of the service manager are read once, and then removed."""

import os

import pytest

from parlour.server.systemd.notification import notifier_of
from parlour.server.systemd.socket_activation import (
    ActivationError,
    inherited_sockets,
)


def test_the_variables_of_the_notification_are_removed() -> None:
    environment = {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "1", "HOME": "/"}
    environment["WATCHDOG_PID"] = "1"

    notifier_of(environment).close()

    assert environment == {"HOME": "/"}


def test_the_variables_of_the_sockets_are_removed_also_if_they_are_for_another() -> (
    None
):
    environment = {"LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "chat"}

    assert inherited_sockets(environment) == {}
    assert environment == {}


@pytest.mark.parametrize(
    ("count", "names", "reason"),
    [
        ("2", "chat", "LISTEN_FDNAMES has not 2 names: chat"),
        ("65", "", "LISTEN_FDS is 65, more than 64"),
    ],
)
def test_false_numbers_of_sockets_are_refused(
    count: str, names: str, reason: str
) -> None:
    environment = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": count}
    environment["LISTEN_FDNAMES"] = names

    with pytest.raises(ActivationError, match=reason):
        inherited_sockets(environment)
