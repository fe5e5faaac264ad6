"""The dashboard, the alerts and the guide name metrics that a server has."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from parlour.core.gauges import read_gauges
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.server.monitoring.metric import COUNTER, GAUGE, HISTOGRAM, Metric
from parlour.server.monitoring.metrics import METRICS
from parlour.server.status_report import stats
from tests.project.pages import DOCS, ROOT, rows, spans
from tests.server.monitoring.monitored import Monitored
from tests.server.monitoring.scraping import ask, parsed
from tests.server.running_servers import serve_async
from tests.server.tls.pairs import localhost_pair

DASHBOARD = ROOT / "deploy" / "grafana-dashboard.json"
ALERTS = ROOT / "deploy" / "prometheus-alerts.yml"
GUIDE = DOCS / "howto" / "monitor.md"
REFERENCE = DOCS / "reference" / "metrics.md"
NAME = re.compile(r"\b(?:parlour|process)_[a-z_]+\b")
SELECTOR = re.compile(r"\b((?:parlour|process)_[a-z_]+)\{([^}]*)\}")
GROUPING = re.compile(r"\bby \(([a-z, ]+)\)")
LABEL = re.compile(r"([a-z_]+)(?:=~|!=|=)")
ADDED = {"instance", "job"}
"""Labels that Prometheus adds."""


@pytest.fixture
def exposed() -> dict[str, set[str]]:
    """Return the names of all samples of a server, and the labels of each."""
    monitored = Monitored()
    certificates = localhost_pair().certificates
    with (
        monitored.monitor,
        serve_async(Limits(), monitor=monitored.monitor, certificates=certificates),
    ):
        found: dict[str, set[str]] = {}
        for series in parsed(ask(monitored.port, "/metrics").body):
            name, _, labels = series.partition("{")
            found.setdefault(name, set()).update(LABEL.findall(labels))
    return found


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    return found


def expressions() -> Iterator[str]:
    """Yield the expressions of the dashboard and of the alerts."""
    for panel in panels():
        yield from (target["expr"] for target in panel.get("targets", []))
    variables = json.loads(DASHBOARD.read_text("utf-8"))["templating"]["list"]
    yield from (each.get("definition", "") for each in variables)
    yield from re.findall(r"expr: (.*)", ALERTS.read_text("utf-8"))


def test_every_metric_of_the_dashboard_and_the_alerts_exists(
    exposed: dict[str, set[str]],
) -> None:
    used = {name for each in expressions() for name in NAME.findall(each)}

    assert len(used) > 30
    assert used <= set(exposed)


def test_every_label_of_the_dashboard_and_the_alerts_exists(
    exposed: dict[str, set[str]],
) -> None:
    for expression in expressions():
        for name, labels in SELECTOR.findall(expression):
            assert set(LABEL.findall(labels)) <= exposed[name] | ADDED, expression
        names = NAME.findall(expression)
        known = set().union(*(exposed[name] for name in names)) | ADDED
        for group in GROUPING.findall(expression):
            assert set(group.split(", ")) <= known, expression


def test_a_total_is_only_used_as_a_rate_or_an_increase() -> None:
    for expression in expressions():
        for name in re.findall(r"\bparlour_[a-z_]+(?:_total|_bucket)\b", expression):
            before = expression.partition(name)[0]
            assert before.endswith(("rate(", "increase(")), expression


def test_the_panels_of_the_dashboard_have_numbers_and_places_of_their_own() -> None:
    places = [
        (x, y)
        for panel in panels()
        for x in range(
            panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"]
        )
        for y in range(
            panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"]
        )
    ]

    assert len({panel["id"] for panel in panels()}) == len(panels())
    assert len(set(places)) == len(places)
    assert max(x for x, _ in places) < 24


def test_the_guide_lists_exactly_the_alerts() -> None:
    named = re.findall(r"alert: (\w+)", ALERTS.read_text("utf-8"))
    listed = [spans(row["Alert"])[0] for row in rows(GUIDE, "Alert")]

    assert listed == named


def test_the_reference_lists_exactly_the_metrics_of_a_server(
    exposed: dict[str, set[str]],
) -> None:
    listed = {spans(row["Metric"])[0]: row for row in rows(REFERENCE, "Metric")}
    suffixes = ("_bucket", "_sum", "_count")
    histograms = {name for name, row in listed.items() if row["Kind"] == "histogram"}
    parts = {f"{name}{suffix}" for name in histograms for suffix in suffixes}

    assert set(exposed) == (set(listed) - histograms) | parts
    for name in set(listed) - histograms:
        assert set(spans(listed[name]["Labels"])) == exposed[name], name


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_names_follow_the_conventions(metric: Metric) -> None:
    assert re.fullmatch(r"parlour(_[a-z]+)+", metric.name)
    assert metric.name.endswith("_total") == (metric.kind is COUNTER)
    assert metric.kind in {COUNTER, GAUGE, HISTOGRAM}
    assert metric.meaning.endswith(".")
    assert "milliseconds" not in metric.name


def test_the_operator_reads_the_numbers_by_the_names_of_the_metrics() -> None:
    found = stats(read_gauges(Hub(Limits()), 0.0), 1.0)

    names = {metric.name.removeprefix("parlour_") for metric in METRICS}
    assert set(found) - names == {"version"}


def test_a_bound_is_named_after_what_it_bounds() -> None:
    names = {metric.name for metric in METRICS}
    bounds = {name for name in names if "max" in name}

    assert {name.replace("_max_", "_", 1) for name in bounds} <= names - bounds
    assert all(name.startswith("parlour_max_") for name in bounds)
