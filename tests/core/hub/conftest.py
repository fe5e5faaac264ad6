import pytest

from tests.core.fake_server import FakeServer


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()
