"""Requests are decoded strictly, and responses are complete."""

from http import HTTPStatus

import pytest

from parlour.server.monitoring.http import MAX_HEAD, Exchange, Request, Response, text

GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


def test_a_request_has_its_path_without_the_query() -> None:
    head = b"GET /metrics?a=b HTTP/1.1\r\nHost: here:1\r\nAccept: text/plain\r\n\r\n"

    assert Exchange().receive(head) == Request(
        "GET", "/metrics", "here:1", "text/plain"
    )


def test_a_request_may_arrive_in_parts() -> None:
    exchange = Exchange()

    found = [exchange.receive(GET[at : at + 1]) for at in range(len(GET))]

    assert found[:-1] == [None] * (len(GET) - 1)
    assert found[-1] == Request("GET", "/", "here", "")


def test_a_request_of_http_1_0_needs_no_host() -> None:
    assert Exchange().receive(b"GET / HTTP/1.0\r\n\r\n") == Request(
        "GET", "/", None, ""
    )


@pytest.mark.parametrize(
    "head",
    [
        b"hello\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/2\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost : b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_other_requests_are_refused(head: bytes) -> None:
    exchange = Exchange()

    found = exchange.receive(head)

    assert isinstance(found, Response)
    assert found.status == 400
    assert exchange.encode(found).startswith(b"HTTP/1.1 400 Bad Request\r\n")


def test_a_head_that_is_too_long_is_refused() -> None:
    found = Exchange().receive(b"GET / HTTP/1.1\r\nX: " + b"y" * MAX_HEAD)

    assert isinstance(found, Response)
    assert found.status == 431


def test_the_end_before_a_request_is_no_request() -> None:
    with pytest.raises(EOFError):
        Exchange().receive(b"")


def test_a_response_says_that_the_connection_closes() -> None:
    exchange = Exchange()
    exchange.receive(GET)

    assert exchange.encode(text(HTTPStatus.OK, "ok")) == (
        b"HTTP/1.1 200 OK\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Length: 3\r\n"
        b"Cache-Control: no-store\r\n"
        b"X-Content-Type-Options: nosniff\r\n"
        b"Connection: close\r\n"
        b"\r\n"
        b"ok\n"
    )


def test_the_answer_to_head_has_the_length_of_the_body_alone() -> None:
    exchange = Exchange()
    exchange.receive(b"HEAD" + GET[3:])

    data = exchange.encode(text(HTTPStatus.OK, "ok"))

    assert b"Content-Length: 3\r\n" in data
    assert data.endswith(b"\r\n\r\n")
