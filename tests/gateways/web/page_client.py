"""A client of the pages without sockets, which sends what a real request has."""

from flask import Flask
from flask.testing import FlaskClient


def page_client(app: Flask) -> FlaskClient:
    """Return a client of *app* for somebody on this machine."""
    client = app.test_client()
    client.environ_base |= {"REMOTE_ADDR": "127.0.0.1", "REMOTE_PORT": "40000"}
    return client
