"""The values of all settings in one context, and the configuration made from them."""

import sys
from pathlib import Path
from typing import Final, Literal, TypedDict, Unpack

from parlour.core.log_level import LogLevel
from parlour.core.rate_limit import Rate
from parlour.core.rules import GuestNames, Guests, Registration
from parlour.server.config import Bound, Config, Engine, Ops, People, TLSFiles, Web

from ..greeting_type import Greeting
from ..history_location import history_path, runtime_directory
from ..option_types import AutoPort, Memory, NoPort
from .dependent import Ignored, ignored_without, missing_setting

NOTHING_WITH_TLS: Final = (
    "--tls-port off needs a page with --web-tls-port: nothing else uses TLS"
)


class ChosenSettings(TypedDict):
    """The values of all settings, as their types return them."""

    host: str
    port: int | NoPort
    proxy_protocol_from: tuple[str, ...]
    tls_cert: Path | None
    tls_key: Path | None
    tls_port: int | NoPort
    engine: Engine
    recv_size: int
    drain_timeout: int
    history: Path | Memory | None
    max_history: tuple[Bound, ...]
    web_port: int | AutoPort | None
    web_tls_port: int | None
    web_host: str
    web: Literal["read", "write", "off"] | None
    web_allow: tuple[str, ...]
    web_prefix: str
    web_proxy_from: tuple[str, ...]
    ops_port: int | None
    ops_host: str
    ops_allow: tuple[str, ...]
    guests: Guests
    guest_names: GuestNames
    greeting: Greeting | None
    registration: Registration | None
    max_users: int | None
    max_per_address: int | None
    max_line: int
    rate: Rate | None
    show_chat: Literal["auto", "on", "off"]
    log_level: LogLevel | None
    log_format: Literal["text", "json"]
    log_people: People


def collected(**values: Unpack[ChosenSettings]) -> ChosenSettings:
    """Return the *values* of all settings."""
    return values


def server_config(chosen: ChosenSettings, trace: Path | None) -> Config:
    """Return the configuration of a server with the *chosen* settings.

    Raises `CommandLineError` if one of them needs another, or if there is no directory
    for the default history.
    """
    show_chat, log_level = chosen["show_chat"], chosen["log_level"]
    shown = show_chat == "on" or (show_chat == "auto" and sys.stdout.isatty())
    greeting = chosen["greeting"]
    port, tls = _number(chosen["port"]), _tls(chosen)
    files_port = port if port is not None else tls and tls.port
    return Config(
        host=chosen["host"],
        port=port,
        tls=tls,
        proxies=chosen["proxy_protocol_from"],
        engine=chosen["engine"],
        recv_size=chosen["recv_size"],
        history=history_path(chosen["history"], files_port or 0),
        drain_timeout=chosen["drain_timeout"],
        max_history=chosen["max_history"],
        web=_page(chosen, has_tls=tls is not None),
        ops=_ops(chosen),
        guests=chosen["guests"],
        guest_names=chosen["guest_names"],
        greeting=greeting.text if greeting else "",
        registration=chosen["registration"],
        max_users=chosen["max_users"],
        max_per_address=chosen["max_per_address"],
        max_line=chosen["max_line"],
        rate=chosen["rate"],
        show_chat=shown,
        log_level=log_level or ("warning" if shown and sys.stderr.isatty() else "info"),
        log_format=chosen["log_format"],
        log_people=chosen["log_people"],
        runtime_directory=runtime_directory(),
        trace=trace,
    )


def ignored_settings(chosen: ChosenSettings) -> list[Ignored]:
    """Return the settings without effect, since others are not *chosen*.

    Raises `CommandLineError` if one of them is an option.
    """
    has_tls = chosen["tls_cert"] is not None
    has_ports = chosen["web_port"] is not None or (
        has_tls and chosen["web_tls_port"] is not None
    )
    found = [] if has_tls else ignored_without("tls-cert", "no TLS")
    if not has_ports and chosen["web"] != "off":
        found += ignored_without("web-port", "no page")
    if chosen["ops_port"] is None:
        found += ignored_without("ops-port", "no port for metrics")
    return found


def _tls(chosen: ChosenSettings) -> TLSFiles | None:
    """Return the configuration of TLS, or None if there is no certificate.

    Raises `CommandLineError` if the chat has no port, half of the pair is missing, or
    nothing would use it.
    """
    cert, key, port = chosen["tls_cert"], chosen["tls_key"], _number(chosen["tls_port"])
    has_plain_port = _number(chosen["port"]) is not None
    if cert is None and key is None:
        if not has_plain_port:
            raise missing_setting("--port off needs --tls-cert and --tls-key", "port")
        return None
    if cert is None:
        raise missing_setting("--tls-key needs --tls-cert", "tls-key")
    if key is None:
        raise missing_setting("--tls-cert needs --tls-key", "tls-cert")
    if port is None and not has_plain_port:
        why = "--port off needs a --tls-port: there is no other port"
        raise missing_setting(why, "port")
    if port is None and (chosen["web_tls_port"] is None or chosen["web"] == "off"):
        raise missing_setting(NOTHING_WITH_TLS, "tls-port")
    return TLSFiles(cert, key, port)


def _page(chosen: ChosenSettings, *, has_tls: bool) -> Web | None:
    """Return the configuration of the page, or None if it is not served."""
    port, mode = chosen["web_port"], chosen["web"]
    tls_port = chosen["web_tls_port"] if has_tls else None
    if mode == "off":
        return None
    if port is None and tls_port is None:
        return None
    return Web(
        None if isinstance(port, AutoPort) else port,
        chosen["web_host"],
        mode,
        chosen["web_allow"],
        has_plain_port=port is not None,
        tls_port=tls_port,
        proxies=chosen["web_proxy_from"],
        prefix=chosen["web_prefix"],
    )


def _ops(chosen: ChosenSettings) -> Ops | None:
    """Return the configuration of health checks and metrics, if they are served."""
    port = chosen["ops_port"]
    if port is None:
        return None
    return Ops(port, chosen["ops_host"], chosen["ops_allow"])


def _number(port: int | NoPort) -> int | None:
    return None if isinstance(port, NoPort) else port
