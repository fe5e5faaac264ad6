"""Applies a changed configuration to a running server."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

from parlour.core.hub import Hub
from parlour.core.limits import Limits

from . import event_log
from .config import Config
from .event_log import log


class InvalidConfigurationError(Exception):
    """A configuration with errors; *problems* are lines that say where and what."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Reread(NamedTuple):
    """A configuration that was read again, and the names of the changed settings."""

    config: Config
    applicable: tuple[str, ...]
    """Those that a running server can change."""
    pending: tuple[str, ...]
    """Those that take effect when the server starts again."""


ReadAgain = Callable[[], Reread]
"""Reads the configuration again. Raises `InvalidConfigurationError`."""


class Reloader:
    """What reloads the configuration of the server with *hub*.

    *is_local* says whether only this machine can reach the server, and *bound* returns
    the limits that the process can have with a configuration. *reload_certificates*
    loads those for TLS again. Only the main thread calls it.
    """

    def __init__(
        self,
        hub: Hub,
        read_again: ReadAgain,
        bound: Callable[[Config], Limits],
        reload_certificates: Callable[[], None] | None = None,
        *,
        is_local: bool,
    ) -> None:
        self._hub, self._read_again, self._bound = hub, read_again, bound
        self._is_local, self._reload_certificates = is_local, reload_certificates

    def reload(
        self, lock: AbstractContextManager[object]
    ) -> Reread | InvalidConfigurationError:
        """Read the configuration again, and apply it; the hub is used inside *lock*.

        If it has errors, they are logged and returned, and nothing changes.
        """
        try:
            found = self._read_again()
        except InvalidConfigurationError as exc:
            for problem in exc.problems:
                log(logging.ERROR, "configuration.invalid", reason=problem)
            return exc
        config = found.config
        limits, rules = self._bound(config), config.rules(is_local=self._is_local)
        with lock:
            self._hub.change_limits(limits)
            self._hub.rules.change_to(rules)
        event_log.change(config.log_level, config.log_people)
        log(
            logging.INFO,
            "configuration.reloaded",
            changed=" ".join(found.applicable),
            needs_restart=" ".join(found.pending),
        )
        if self._reload_certificates is not None:
            self._reload_certificates()
        return found
