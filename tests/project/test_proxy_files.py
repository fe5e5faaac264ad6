"""The examples for proxies can run on the machine of the server."""

import re
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.mark.parametrize("name", ["haproxy.cfg", "nginx.conf"])
def test_a_proxy_has_other_ports_than_the_server(name: str) -> None:
    text = (DEPLOY / name).read_text()
    own = set(re.findall(r"(?m)^\s*(?:bind|listen) (?:\S*:)?(\d+)", text))
    of_server = set(re.findall(r"127\.0\.0\.1:(\d+)", text))

    assert own
    assert of_server
    assert own.isdisjoint(of_server)
