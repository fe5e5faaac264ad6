"""A reading is encoded once in each format, whoever asks for it."""

import pytest

from parlour.server.batch_times import BatchTimes
from parlour.server.monitoring.exposition import Exposition
from parlour.server.monitoring.readings import read
from parlour.server.monitoring.versions import versions
from tests.server.running_servers import serve_async

OPEN_METRICS = "application/openmetrics-text"


def test_headers_that_choose_one_format_share_what_was_encoded() -> None:
    exposition = Exposition(versions("async"))
    with serve_async() as server:
        reading = read(server.runtime, BatchTimes())

    first, again, other = (
        exposition.encode(reading, accept, is_ready=True)
        for accept in ("text/plain", "*/*, x/1", f"{OPEN_METRICS};version=1.0.0")
    )

    assert again[0] is first[0]
    assert again[1] == first[1]
    assert other[1].startswith(OPEN_METRICS)


def test_what_was_encoded_before_the_server_stopped_is_not_used_after_that() -> None:
    exposition = Exposition(versions("async"))
    with serve_async() as server:
        reading = read(server.runtime, BatchTimes())

    texts = [
        exposition.encode(reading, "", is_ready=is_ready)[0].decode()
        for is_ready in (True, False)
    ]

    assert ["parlour_ready 1.0" in text for text in texts] == [True, False]


@pytest.mark.parametrize(
    "accept",
    [
        "application/openmetrics-text; version=1.0\x0e0",
        "application/openmetrics-text; version=one",
        "text/plain; version=1.0.0a",
        "text/plain; version=",
        "application/openmetrics-text; version=1..0",
    ],
)
def test_an_accept_header_with_an_odd_version_gets_the_plain_format(
    accept: str,
) -> None:
    exposition = Exposition(versions("async"))
    with serve_async() as server:
        reading = read(server.runtime, BatchTimes())

    _, kind = exposition.encode(reading, accept, is_ready=True)

    assert kind == "text/plain; version=0.0.4; charset=utf-8"
