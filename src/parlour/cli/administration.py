"""Asks a server for what its operator wants, or changes its history if none runs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from parlour.system.standard_streams import print_error

from .errors import FAILED, ToolError, fail
from .history_location import history_path, runtime_directory
from .history_tools import reporting_errors
from .option_types import Memory
from .tool_output import printable

if TYPE_CHECKING:
    from parlour.core.protocol.admin_answers import Answer
    from parlour.journal.tools.administration import OfflineAdministration

IN_USE_TIMEOUT: Final = 5.0  # seconds to wait for another tool to close the history
IN_USE_RETRY: Final = 0.05  # seconds between two tries


class Administrator:
    """What asks the server with a history, or on a port, or its history.

    Between two questions, it uses the history only if it had to open it: then it has
    that locked until it is closed.
    """

    def __init__(
        self, history: Path | None, port: int, *, is_default: bool = False
    ) -> None:
        """Administer the server with *history*; *is_default*: nobody has named it."""
        from parlour.server.admin_socket.location import socket_path  # noqa: PLC0415

        self._history, self._port = history, port
        self._socket = socket_path(history, port, runtime_directory())
        in_memory = socket_path(None, port, runtime_directory())
        self._in_memory = in_memory if is_default else None
        self._offline: OfflineAdministration | None = None
        self._has_reported = False

    @property
    def has_history(self) -> bool:
        """Whether there is a history, or one in memory is asked for."""
        return self._history is None or self._history.exists()

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

    def _ask_server(self, line: bytes, *, is_long: bool) -> "Answer | None":
        """Return the answer of the server; None if none listens on the socket."""
        from parlour.server.admin_socket.client import (  # noqa: PLC0415
            BACKUP_TIMEOUT,
            TIMEOUT,
            NoAnswerError,
            NoServerError,
            ask_server,
        )

        if self._socket is None:
            return None
        try:
            return ask_server(
                self._socket, line, BACKUP_TIMEOUT if is_long else TIMEOUT
            )
        except NoServerError:
            return None
        except NoAnswerError as exc:
            unknown = "it is not known whether this was done"
            fail(printable(f"{self._socket}: {exc}; {unknown}"), FAILED)
        except OSError as exc:
            advice = "run this as the user of the server"
            fail(printable(f"{self._socket}: {exc.strerror}: {advice}"), FAILED)

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
            fail(f"no server {which}", FAILED)
        if needs_server(kind):
            silent = f"no server with this history answers{self._memory_hint()}"
            fail(printable(f"{path}: {silent}"), FAILED)
        if kind != "account-create" and not path.exists():
            hint = f"give --history or --port as for the server{self._memory_hint()}"
            fail(printable(f"{path}: there is no such history; {hint}"), FAILED)
        make_directory(path.parent)
        try:
            return OfflineAdministration(path, time.time, steady)
        except InUseError as exc:
            if is_late:
                silent = f"no server listens on the admin socket {self._socket}"
                if self._socket is None:
                    silent = "its server can have no admin socket here"
                fail(printable(f"{exc} ({silent})"), FAILED)
        time.sleep(IN_USE_RETRY)
        return None

    def _memory_hint(self) -> str:
        """Return what helps if the server on the port has its history in memory."""
        with suppress(OSError):  # the runtime directory of another user
            if self._in_memory is not None and self._in_memory.exists():
                return "; if its history is in memory, add --history memory"
        return ""


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
