"""Asks a server for what its operator wants, or changes its history if none runs."""

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from parlour.system.standard_streams import print_error

from .errors import FAILED, ToolError, fail
from .history_location import admin_sockets, history_path
from .history_tools import reporting_errors
from .option_types import Memory
from .tool_output import printable

if TYPE_CHECKING:
    from parlour.core.protocol.admin_answers import Answer
    from parlour.journal.tools.administration import OfflineAdministration

IN_USE_TIMEOUT: Final = 5.0  # seconds to wait for another tool to close the history
IN_USE_RETRY: Final = 0.05  # seconds between two tries
AS_THE_SERVER: Final = "give --history or --port as for the server"
START: Final = f"start the server, or {AS_THE_SERVER}"


class Administrator:
    """What asks the server with a history, or on a port, or its history.

    If nobody has named the history, that may be a server on the port with a history in
    memory. Between two questions, it uses the history only if it had to open it: then
    it has that locked until it is closed.
    """

    def __init__(
        self, history: Path | None, port: int, *, is_default: bool = False
    ) -> None:
        """Administer the server with *history*; *is_default*: nobody has named it."""
        self._history, self._port = history, port
        self._is_default = is_default
        self._offline: OfflineAdministration | None = None
        self._has_reported = False

    def ask_existing(self, kind: str, **data: object) -> "Answer | None":
        """Return the answer of `ask`; None if there is neither server nor history."""
        from parlour.core.protocol.admin_requests import encode_request  # noqa: PLC0415

        if self._history is not None and not self._history.exists():
            return self._ask_server(encode_request(kind, data), is_long=False)
        return self.ask(kind, **data)

    def ask(self, kind: str, **data: object) -> "Answer":
        """Return the answer to a request of type *kind*. Exits if there is none."""
        from parlour.core.events import Refused  # noqa: PLC0415
        from parlour.core.protocol.admin_answers import Done  # noqa: PLC0415
        from parlour.core.protocol.admin_requests import (  # noqa: PLC0415
            decode_request,
            encode_request,
        )

        line = encode_request(kind, data)
        deadline = time.monotonic() + IN_USE_TIMEOUT
        while self._offline is None:
            answer = self._ask_server(line, is_long=kind == "backup")
            if answer is not None:
                return answer
            self._offline = self._open(kind, is_late=time.monotonic() > deadline)
        found = decode_request(line)
        if isinstance(found, Refused):
            return found
        answer = self._offline.ask(found[1])
        if isinstance(answer, Done) and not self._has_reported:
            self._has_reported = True
            where = f"no server uses {self._history}, which was changed"
            print_error(printable(where) + "\n")
        return answer

    def close(self) -> None:
        """Close the history, if it is open."""
        if self._offline is not None:
            self._offline.close()

    @property
    def _sockets(self) -> list[Path]:
        return admin_sockets(self._history, self._port, is_default=self._is_default)

    def _ask_server(self, line: bytes, *, is_long: bool) -> "Answer | None":
        """Return the answer of the server; None if none listens on its socket."""
        for path in self._sockets:
            answer = self._ask_at(path, line, is_long=is_long)
            if answer is not None:
                return answer
        return None

    @staticmethod
    def _ask_at(path: Path, line: bytes, *, is_long: bool) -> "Answer | None":
        """Return the answer of a server at *path*; None if none listens there."""
        from parlour.server.admin_socket.client import (  # noqa: PLC0415
            BACKUP_TIMEOUT,
            TIMEOUT,
            NoAnswerError,
            NoServerError,
            ask_server,
        )

        try:
            return ask_server(path, line, BACKUP_TIMEOUT if is_long else TIMEOUT)
        except NoServerError:
            return None
        except NoAnswerError as exc:
            unknown = "it is not known whether this was done"
            fail(printable(f"{path}: {exc}; {unknown}"), FAILED)
        except OSError as exc:
            advice = "run this as the user of the server"
            fail(printable(f"{path}: {exc.strerror}: {advice}"), FAILED)

    def _open(self, kind: str, *, is_late: bool) -> "OfflineAdministration | None":
        """Open the history; return None if another process uses it, unless *is_late*.

        That process may be another tool, or a server that starts or stops.
        """
        from parlour.journal.sqlite.file_owner import make_directory  # noqa: PLC0415
        from parlour.journal.sqlite.write_lock import InUseError  # noqa: PLC0415
        from parlour.journal.tools.administration import (  # noqa: PLC0415
            OfflineAdministration,
            needs_server,
        )
        from parlour.server.storage import steady  # noqa: PLC0415

        path = self._history
        if path is None:
            which = f"with a history in memory listens on port {self._port}"
            fail(f"no server {which}: {START}", FAILED)
        if needs_server(kind):
            silent = f"no server with this history answers; {START}"
            fail(printable(f"{path}: {silent}"), FAILED)
        if not path.exists():
            self._check_new(path, kind)
        make_directory(path.parent)
        try:
            return OfflineAdministration(path, time.time, steady)
        except InUseError as exc:
            if is_late:
                silent = "its server can have no admin socket here"
                if sockets := self._sockets:
                    silent = f"no server listens on the admin socket {sockets[0]}"
                fail(printable(f"{exc} ({silent})"), FAILED)
        time.sleep(IN_USE_RETRY)
        return None

    def _check_new(self, path: Path, kind: str) -> None:
        """Exit unless a request of type *kind* may create the history at *path*.

        A server that listens on the port would not use it.
        """
        missing = f"{path}: there is no such history"
        if kind != "account-create":
            fail(printable(f"{missing}; {AS_THE_SERVER}"), FAILED)
        if self._is_default and _is_port_in_use(self._port):
            other = f"but a server listens on port {self._port}"
            advice = "give --history as for that server, and run this as its user"
            fail(printable(f"{missing}, {other}: {advice}"), FAILED)


def _is_port_in_use(port: int) -> bool:
    """Return whether a program listens on *port* here, without connecting to it.

    It may listen at any address: another one cannot have the port at all of them then.
    """
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            with socket.socket(family) as sock:
                if family is socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind(("", port))
        except OSError as exc:  # also of a system without IPv6
            if exc.errno == errno.EADDRINUSE:
                return True
    return False


@contextmanager
def administering(history: Path | Memory | None, port: int) -> Iterator[Administrator]:
    """Return what asks the server that the options mean, and report errors."""
    with reporting_errors():
        path = history_path(history, port, ToolError)
        administrator = Administrator(path, port, is_default=history is None)
        try:
            yield administrator
        finally:
            administrator.close()
