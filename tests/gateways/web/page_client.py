"""A client of the pages without sockets, which sends what a real request has."""

from flask import Flask
from flask.testing import FlaskClient

from parlour.core.ports import Peer
from parlour.gateways.web.identity import SENDER


def page_client(app: Flask) -> FlaskClient:
    """Return a client of *app* for somebody on this machine."""
    client = app.test_client()
    sender = Peer("127.0.0.1", 40_000)
    client.environ_base[SENDER] = sender  # type: ignore[assignment]  # it is any object
    return client
