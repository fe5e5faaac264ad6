"""A client of the pages without sockets, which sends what a real request has."""

from collections.abc import Iterable
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from flask.testing import FlaskClient

from parlour.core.ports import Peer
from parlour.gateways.web.identity import SENDER

HERE: Final = Peer("127.0.0.1", 40_000)
"""Somebody on this machine."""


def page_client(app: Flask) -> FlaskClient:
    """Return a client of *app* for somebody on this machine."""
    client = app.test_client()
    client.environ_base[SENDER] = HERE  # type: ignore[assignment]  # it is any object
    return client


def for_this_machine(app: Flask) -> WSGIApplication:
    """Return *app* for a server that does not know who has sent a request."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return app(environ | {SENDER: HERE}, start)

    return answer
