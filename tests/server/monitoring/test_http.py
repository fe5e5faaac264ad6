"""Requests are decoded strictly, and responses are complete."""

from http import HTTPStatus

import pytest

from parlour.server.monitoring.http import (
    BadRequestError,
    Request,
    decode_request,
    encode_response,
    text,
)


def test_a_request_has_its_path_without_the_query() -> None:
    head = b"GET /metrics?a=b HTTP/1.1\r\nHost: here:1\r\nAccept: text/plain\r\n\r\n"

    assert decode_request(head) == Request("GET", "/metrics", "here:1", "text/plain")


def test_a_request_of_http_1_0_needs_no_host() -> None:
    assert decode_request(b"GET / HTTP/1.0\r\n\r\n").host is None


@pytest.mark.parametrize(
    "head",
    [
        b"hello\r\n\r\n",
        b"GET metrics HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/2\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost : b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_other_requests_are_refused(head: bytes) -> None:
    with pytest.raises(BadRequestError):
        decode_request(head)


def test_a_response_says_that_the_connection_closes() -> None:
    assert encode_response(text(HTTPStatus.OK, "ok")) == (
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
    data = encode_response(text(HTTPStatus.OK, "ok"), has_body=False)

    assert b"Content-Length: 3\r\n" in data
    assert data.endswith(b"\r\n\r\n")
