"""Applies a changed configuration to a running server."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, NamedTuple

from parlour.core.hub import Hub
from parlour.core.limits import Limits

from . import event_log
from .config import Config
from .event_log import log
from .tls.certificate_error import CertificateError
from .tls.log_events import log_certificate

if TYPE_CHECKING:
    from .tls.certificates import Certificates, Pair

CERTIFICATE: Final = "certificate"
"""What has changed if the files of the certificate have: no setting has that name."""


class InvalidConfigurationError(Exception):
    """A configuration with errors; *problems* are lines that say where and what."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class ReloadedConfig(NamedTuple):
    """A configuration that was loaded again, and what is to be said of its settings."""

    config: Config
    """Settings that need a restart are in it as they were at the start."""
    changed: tuple[str, ...]
    """The names of those that have changed, and CERTIFICATE if there is another one."""
    pending: tuple[str, ...]
    """The names of those that need a restart to change."""
    ignored: tuple[str, ...]
    """Lines about those without effect."""


LoadConfig = Callable[[], ReloadedConfig]
"""Loads the configuration again. Raises `InvalidConfigurationError`."""


class Reloader:
    """What reloads the configuration of the server with *hub*.

    *is_local* says whether only this machine can reach the server, and *bound* returns
    the limits that the process can have with a configuration. *certificates* are those
    for TLS, if there is TLS. Only the main thread calls it.
    """

    def __init__(
        self,
        hub: Hub,
        load_config: LoadConfig,
        bound: Callable[[Config], Limits],
        certificates: "Certificates | None" = None,
        *,
        is_local: bool,
    ) -> None:
        self._hub, self._load_config, self._bound = hub, load_config, bound
        self._is_local, self._certificates = is_local, certificates

    def reload(
        self, lock: AbstractContextManager[object]
    ) -> ReloadedConfig | InvalidConfigurationError:
        """Read the configuration again, and apply it; the hub is used inside *lock*.

        If it has errors, they are logged and returned, and nothing changes.
        """
        try:
            found = self._load_config()
            pair = self._load_pair(found.config)
        except InvalidConfigurationError as exc:
            for problem in exc.problems:
                log(logging.ERROR, "configuration.invalid", reason=problem)
            return exc
        self._apply(found.config, lock)
        if self._certificates is not None and pair is not None:
            if self._certificates.replace(pair):
                found = found._replace(changed=(*found.changed, CERTIFICATE))
            log_certificate(pair.facts, time.time())
        for ignored in found.ignored:
            log(logging.WARNING, "settings.ignored", names=ignored)
        log(
            logging.INFO,
            "configuration.reloaded",
            changed=" ".join(found.changed),
            needs_restart=" ".join(found.pending),
        )
        return found

    def _load_pair(self, config: Config) -> "Pair | None":
        """Load the certificate and the key, if there is TLS.

        Raises `InvalidConfigurationError`.
        """
        if self._certificates is None or config.tls is None:
            return None
        from .tls.certificates import load_pair  # noqa: PLC0415 -- loads OpenSSL

        try:
            return load_pair(config.tls.cert, config.tls.key)
        except CertificateError as exc:
            raise InvalidConfigurationError([str(exc)]) from None

    def _apply(self, config: Config, lock: AbstractContextManager[object]) -> None:
        limits, rules = self._bound(config), config.rules(is_local=self._is_local)
        with lock:
            self._hub.change_limits(limits)
            self._hub.rules.change_to(rules)
        event_log.change(config.log_level, config.log_people)
