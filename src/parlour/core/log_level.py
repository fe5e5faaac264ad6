"""The levels of the log, of which the operator chooses the lowest to be written."""

from typing import Literal

LogLevel = Literal["debug", "info", "warning", "error"]
