"""The room dev in real browsers: Ann owns it, and Ada is an admin."""

from collections.abc import Iterator

import pytest

from tests.gateways.web.account_forms import enter
from tests.gateways.web.browser import Tab, Visits
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.running_servers import serve_threads

LONG = "W" * 32
"""An account with a name as long as any."""


@pytest.fixture
def gateway() -> Iterator[RunningGateway]:
    """Run a server with accounts; Ann owns the room dev, and Ada is an admin."""
    with run_gateway(
        serve_threads,
        accounts=("Ada", "Ann", "Meg", LONG),
        admins=("Ada",),
        rooms=(("dev", 2),),
    ) as running:
        yield running


def open_as(gateway: RunningGateway, visit: Visits, name: str) -> Tab:
    """Open the room dev as an account."""
    tab = visit(gateway.url, "sign-in?next=/r/dev")
    enter(tab, name)
    return tab.expect_room("#dev")


@pytest.fixture
def ann(gateway: RunningGateway, visit: Visits) -> Tab:
    return open_as(gateway, visit, "Ann")


@pytest.fixture
def bob(gateway: RunningGateway, visit: Visits, ann: Tab) -> Tab:
    tab = visit(gateway.url, "r/dev").join("Bob").expect_room("#dev")
    ann.expect_users("Ann", "Bob")
    return tab
