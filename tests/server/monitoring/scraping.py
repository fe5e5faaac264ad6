"""Requests for health, readiness and metrics, as scrapers send them."""

from http.client import HTTPConnection
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

TIMEOUT = 10.0  # seconds until a test gives up waiting


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    body: str
    headers: dict[str, str]


class Metrics(dict[str, float]):
    """The values of metrics by their names and labels, as Prometheus writes them."""

    def of(self, name: str, **labels: str) -> float:
        return self[series(name, labels)]


def series(name: str, labels: dict[str, str]) -> str:
    found = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    return f"{name}{{{found}}}" if found else name


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    """Send a request, and return the answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request(method, path, headers=headers)
        found = connection.getresponse()
        named = {name.lower(): value for name, value in found.getheaders()}
        return Answer(found.status, found.read().decode(), named)
    finally:
        connection.close()


def parsed(text: str) -> Metrics:
    """Return the values in *text*, in the text format of Prometheus."""
    return Metrics(
        {
            series(sample.name, sample.labels): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
    )


def scrape(port: int) -> Metrics:
    """Return the metrics of a server."""
    answer = ask(port, "/metrics")
    assert answer.status == 200, answer.body
    return parsed(answer.body)
