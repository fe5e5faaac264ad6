"""The priorities of lines in systemd's journal."""

import logging

import pytest

from parlour.server.systemd.journal_stream import with_priority


@pytest.mark.parametrize(
    ("level", "priority"),
    [
        (logging.CRITICAL, "<2>"),
        (logging.ERROR, "<3>"),
        (logging.WARNING, "<4>"),
        (logging.INFO, "<6>"),
        (logging.DEBUG, "<7>"),
    ],
)
def test_each_line_has_the_priority_of_its_level(level: int, priority: str) -> None:
    record = logging.LogRecord("parlour", level, "", 0, "", None, None)

    assert with_priority("one\ntwo", record) == f"{priority}one\n{priority}two"
