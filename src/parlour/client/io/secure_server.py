"""Connects to a server with TLS, and only to the one that the user trusts.

The system's authorities vouch for a server, or those of ``--ca``. Otherwise the user is
asked once, and the fingerprint of the certificate is remembered: trust on first use.
"""

import ssl
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from parlour.system.standard_streams import print_error
from parlour.system.tls.stream import NotTLSError, TLSError, UnverifiedError

from .certificate_texts import changed, question, reason_of, refusal
from .connecting import IS_RUNNING, Unreachable, Untrusted, connect, server_address
from .known_hosts import KnownHosts
from .origins import AUTHORITY, pin_of, pinned
from .private_file import PrivateFileError
from .tls_handshake import (
    HANDSHAKE_TIMEOUT,
    ServerEndedError,
    shake_hands,
    unverifying_context,
    verifying_context,
)
from .transport import Transport

IS_IT: Final = "Is this the port of a server with TLS?"


class SecureServer:
    """The server *host* at *port*, which has to prove who it is.

    It is known by the authorities in the file *ca*, by its *fingerprint*, or, without
    either, by the system's authorities or *known*, the servers that the user trusts.
    *ask* shows a text to the user, and returns whether the answer is yes, or None
    without a terminal. Raises `CannotVerifyError` if *ca* cannot be used.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        ca: Path | None,
        fingerprint: str | None,
        known: KnownHosts | None,
        ask: Callable[[str], bool | None],
    ) -> None:
        self._host, self._port = host, port
        self._address = server_address(host, port)
        self._has_ca, self._fingerprint = ca is not None, fingerprint or ""
        self._known, self._ask = known, ask
        self._verifying = verifying_context(ca)
        self._unverifying = unverifying_context()
        self.origin = ""
        """The origin that each connection must have: at first, that of stored keys."""

    def expected_origin(self) -> str:
        """Return what is going to be the origin, as far as it is known before."""
        if self._fingerprint:
            return pinned(self._fingerprint)
        if not self._has_ca and (known := self._find_known()):
            return pinned(known)
        return AUTHORITY

    def connect(self) -> Transport:
        """Connect to the server, always to the same one.

        Raises :class:`Untrusted`, or another :class:`Unreachable`.
        """
        transport = self._connect()
        if self.origin and transport.origin != self.origin:
            transport.close()
            raise Untrusted(changed(self._address, self.origin, transport.origin))
        self.origin = transport.origin
        return transport

    def _connect(self) -> Transport:
        if pin := pin_of(self.origin) or self._fingerprint:
            return self._connect_pinned(pin)
        if self._has_ca or self.origin == AUTHORITY:
            try:
                return self._connect_verified()
            except UnverifiedError as exc:
                raise Untrusted(self._unverified(exc)) from None
        if known := self._find_known():
            return self._connect_known(known)
        try:
            return self._connect_verified()
        except UnverifiedError as exc:
            return self._connect_asking(exc)

    def _connect_pinned(self, pin: str) -> Transport:
        """Connect to the server whose certificate has the fingerprint *pin*."""
        transport = self._shake_hands(self._unverifying, pinned)
        if transport.fingerprint != pin:
            transport.close()
            is_option = pin == self._fingerprint
            message = changed(
                *(self._address, pinned(pin), transport.origin), is_option=is_option
            )
            raise Untrusted(message)
        return transport

    def _connect_known(self, known: str) -> Transport:
        """Connect to a server with a *known* fingerprint, or else with an authority."""
        try:
            return self._connect_pinned(known)
        except Untrusted as exc:
            try:
                transport = self._connect_verified()
            except UnverifiedError:
                raise exc from None
        self._forget()  # the authority vouches for it from now on
        return transport

    def _connect_verified(self) -> Transport:
        """Connect to the server for which an authority vouches.

        Raises `UnverifiedError`.
        """
        return self._shake_hands(self._verifying, lambda _: AUTHORITY)

    def _connect_asking(self, unverified: UnverifiedError) -> Transport:
        """Ask the user whether to trust the server, and connect again."""
        stranger = self._shake_hands(self._unverifying, pinned)
        found, der = stranger.fingerprint, stranger.certificate
        stranger.close()
        reason = reason_of(unverified)
        text = question(
            *(self._address, reason, found, der), remembers=self._known is not None
        )
        if (is_trusted := self._ask(text)) is None:
            raise Untrusted(refusal(self._address, reason, found))
        if not is_trusted:
            raise Untrusted(f"{self._address} is not trusted, so nothing was sent")
        transport = self._connect_pinned(found)
        self._remember(found)
        return transport

    def _shake_hands(
        self, context: ssl.SSLContext, origin: Callable[[str], str]
    ) -> Transport:
        """Return a connection with *origin*, which gets the server's fingerprint.

        Raises `UnverifiedError`, or :class:`Unreachable`.
        """
        hint = f"{IS_RUNNING} {IS_IT}"
        with ExitStack() as stack:
            sock = connect(self._host, self._port, hint=hint)
            stack.callback(sock.close)
            try:
                tls = shake_hands(sock, context, self._host)
            except UnverifiedError:
                raise
            except (TLSError, OSError, ValueError) as exc:
                raise Unreachable(self._failure(exc)) from None
            stack.pop_all()
        transport = Transport(sock, "", tls)
        transport.origin = origin(transport.fingerprint)
        return transport

    def _failure(self, exc: Exception) -> str:
        """Return why there is no connection with TLS, and what to do."""
        where = f"cannot connect to {self._address} with TLS"
        match exc:
            case NotTLSError():
                return f"{where}: the server does not speak TLS. {IS_IT}"
            case TimeoutError():
                return f"{where}: no answer within {HANDSHAKE_TIMEOUT:.0f} s. {IS_IT}"
            case ServerEndedError() | ConnectionError():
                return f"{where}: the server has closed the connection. {IS_IT}"
        return f"{where}: {exc}"

    def _unverified(self, exc: UnverifiedError) -> str:
        reason = reason_of(exc)
        return f"{self._address} is not trusted, so nothing was sent: {reason}"

    def _find_known(self) -> str:
        """Return the known fingerprint of the server, or ""."""
        try:
            return self._known.find(self._address) if self._known is not None else ""
        except PrivateFileError as exc:
            raise Untrusted(f"the known servers cannot be used: {exc}") from None

    def _remember(self, fingerprint: str) -> None:
        if self._known is not None:
            try:
                self._known.remember(self._address, fingerprint)
            except PrivateFileError as exc:
                self._report_not_stored(exc)

    def _forget(self) -> None:
        if self._known is not None:
            try:
                self._known.forget(self._address)
            except PrivateFileError as exc:
                self._report_not_stored(exc)

    @staticmethod
    def _report_not_stored(exc: PrivateFileError) -> None:
        print_error(f"parlour: the known servers are not stored: {exc}\n")
