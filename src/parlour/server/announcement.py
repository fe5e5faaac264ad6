"""What a server says once it accepts connections: to its user, the log and systemd."""

import logging
from collections.abc import Sequence
from typing import Literal

import parlour
from parlour.core.limits import Limits
from parlour.core.rules import Rules

from . import event_log
from .banner import PageFacts, ServerFacts, banner
from .config import MAX_USERS, Config, Web
from .event_log import log
from .listeners import Listeners
from .systemd.notification import Notifier
from .tls.listening import TLS


class Announcement:
    """Tells the person, or the program, that started a server with *facts*."""

    def __init__(
        self,
        facts: ServerFacts,
        log_format: Literal["text", "json"],
        tls: TLS | None,
        notifier: Notifier,
    ) -> None:
        self._facts, self._log_format = facts, log_format
        self._tls, self._notifier = tls, notifier

    def __call__(self) -> None:
        """Show the banner, or log the events that replace it in a JSON log."""
        facts = self._facts
        if self._log_format == "json":
            _log_listening(facts)
        else:
            event_log.show(banner(facts))
        for address in facts.taken:
            log(logging.WARNING, "localhost.taken", address=address)
        if self._tls is not None:
            self._tls.log_certificate()
        self._notifier.ready()


def server_facts(
    config: Config,
    engine: str,
    limits: Limits,
    listeners: Listeners,
    history: str,
    tls: TLS | None,
    rules: Rules,
) -> ServerFacts:
    """Return the facts about a server that is about to serve.

    *engine* and *history* describe these.
    """
    return ServerFacts(
        version=parlour.__version__,
        engine=engine,
        plain=listeners.plain.addresses,
        tls=listeners.tls.addresses,
        taken=listeners.taken,
        names=tls.certificates.facts.names if tls is not None else (),
        max_users=limits.max_users,
        wanted_users=config.max_users or MAX_USERS[config.engine],
        history=history,
        page=_page_facts(listeners, config.web) if config.web is not None else None,
        guests=rules.guests,
        guest_names=rules.guest_names,
        registration=rules.registration,
        ops=listeners.ops.addresses,
        proxies=config.proxies,
        client=config.client,
    )


def _page_facts(listeners: Listeners, web: Web) -> PageFacts | None:
    """Return where the page listens, if it does, and what its users may do."""
    plain, tls = listeners.page.addresses, listeners.page_tls.addresses
    if not plain.bound and not tls.bound:
        return None
    is_local = plain.is_local and tls.is_local
    return PageFacts(
        plain,
        tls,
        web.mode_for(is_local=is_local),
        is_fallback_port=listeners.is_fallback_port,
        prefix=web.prefix,
        proxied=(*web.proxied, *_proxies(web)) if is_local else (),
    )


def _proxies(web: Web) -> Sequence[str]:
    """Return the proxies of the page, if it has no name that says more."""
    return () if web.proxied else [f"{each} (a proxy)" for each in web.proxies]


def _log_listening(facts: ServerFacts) -> None:
    """Log where the server listens, and whether others reach it without TLS."""
    host, _, port = (*facts.plain.bound, *facts.tls.bound)[0].rpartition(":")
    log(
        logging.INFO,
        "listening",
        host=host.strip("[]"),
        port=int(port),
        addresses=" ".join(facts.plain.bound) or None,
        tls_addresses=" ".join(facts.tls.bound) or None,
        engine=facts.engine,
        max_users=facts.max_users,
        history=facts.history,
        page=next(iter(facts.page_urls), None),
        ops=facts.ops_url,
        version=facts.version,
    )
    if facts.unencrypted:
        addresses = " ".join(facts.unencrypted)
        log(logging.WARNING, "encryption.missing", addresses=addresses)
