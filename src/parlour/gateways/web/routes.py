"""Every address of the page, and what it answers: whole HTML, before any script.

All of it can be asked for with GET alone, nothing is kept about who asks, and no
cookie is set. No answer is larger than `shown.MAX_ANSWER` and what surrounds it.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Final

from flask import (
    Flask,
    Response,
    abort,
    jsonify,
    make_response,
    render_template,
    request,
)

from parlour.core.events import LOBBY, Message
from parlour.core.storage import Before, Page, Search, StorageError

from . import allowed_hosts, parameters, rendering
from .allowed_hosts import Hosts
from .chat_queries import Chat, Mode
from .parameters import QueryError
from .requests import ALLOWED
from .safe_text import visible

STATIC: Final = Path(__file__).with_name("static")
YEAR: Final = 365 * 24 * 3600  # seconds: the name of a static file is of one version

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

LOST: Final = {
    404: ("Nothing is here", "This address leads nowhere."),
    405: ("That is not done here", "An address of this page is only read, by GET."),
    500: ("That went wrong", "The server made a mistake, and has written it down."),
}


def make_pages(
    chat: Chat,
    mode: Mode,
    invitation: str,
    known: Hosts = Hosts(),  # noqa: B008 -- it is not changed
) -> Flask:
    """Make the pages of *chat*; *invitation* is how to join from a terminal.

    *known* are the names of the server.
    """
    version = _version()
    app = Flask(__name__, static_url_path=f"/static/{version}")
    app.url_map.merge_slashes = False  # else two slashes redirect
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters["visible"] = visible
    app.jinja_env.globals.update(
        mode=mode, invitation=invitation, blank=rendering.BLANK
    )
    pages = _Pages(chat, known)
    rules: dict[str, Callable[..., str | Response]] = {
        "/": pages.front,
        "/search": pages.search,
        "/m/<spelled>": pages.message,
        "/api/users": pages.users,
        "/api/messages": pages.messages,
        "/healthz": pages.health,
        "/ws": pages.socket,
    }
    for rule, answer in rules.items():
        app.add_url_rule(rule, view_func=answer)
    app.add_url_rule("/favicon.ico", "icon", lambda: app.send_static_file("icon.svg"))
    app.register_error_handler(QueryError, _bad)
    app.register_error_handler(StorageError, _unread)
    for status in LOST:
        app.register_error_handler(status, _lost(status))
    app.before_request(_one_slash)
    app.after_request(_guarded)
    return app


class _Pages:
    """What each address answers. Nothing is kept from one request to the next."""

    def __init__(self, chat: Chat, known: Hosts) -> None:
        self._chat, self._hosts = chat, known

    def front(self) -> str:
        """Show who is here and the newest messages, or an older page of them."""
        earlier = parameters.earlier(request.args)
        view = self._chat.view()  # first, so that the cursor agrees with what is shown
        if earlier is not None:
            return self._earlier(earlier, view.sequence)
        page = self._read(Before(LOBBY, view.sequence + 1, parameters.PAGE))
        people = rendering.people(view.users, time())
        return render_template(
            "chat.html",
            view=view,
            people=people,
            others=len(view.users) - len(people),
            lines=list(rendering.lines(page.messages)),
            first=_first(page.messages, view.sequence + 1),
            more=page.more,
        )

    def _earlier(self, query: Before, head: int) -> str:
        page = self._read(query)
        last = page.messages[-1].sequence if page.messages else query.sequence - 1
        return render_template(
            "older.html",
            lines=list(rendering.lines(page.messages)),
            older=_first(page.messages, 1) if page.more else None,
            newer=last + 1 + parameters.PAGE if last < head else None,
        )

    def search(self) -> str:
        """Show a form, and what was found by it."""
        query = parameters.words(request.args)
        if query is None:
            return render_template("search.html", words="", lines=None)
        page = self._read(query)
        return render_template(
            "search.html",
            words=query.words,
            lines=list(rendering.lines(page.messages, apart=True, words=query.words)),
            older=_first(page.messages, 1) if page.more else None,
        )

    def message(self, spelled: str) -> str | Response:
        """Show one message among its neighbours."""
        sequence = parameters.sequence(spelled)
        if sequence is None:
            abort(404)
        if sequence <= parameters.MAX_SEQUENCE:
            oldest = sequence - parameters.AROUND
            near: list[Message] = []
            for query in (parameters.around(sequence), parameters.upto(sequence)):
                page = self._chat.read(query)
                kept = [each for each in page.messages if each.sequence >= oldest]
                near = rendering.around(kept, sequence)
                if near or not page.more:
                    break
            if near:
                lines = list(rendering.lines(near))
                return render_template("message.html", lines=lines, sequence=sequence)
        title, reason = "This message is not kept", "It never was, or is no longer."
        return _page(404, title, reason)

    def users(self) -> Response:
        """Tell who is here, as many as fit, after the name that is given."""
        after = parameters.name(request.args)
        users = [
            {"name": user.name, "since": rendering.moment(user.since).stamp}
            for user in self._chat.view().users
            if after is None or user.name > after
        ]
        told = rendering.fitting(users, rendering.spelled_size)
        return jsonify(room=LOBBY, users=told, more=len(told) < len(users))

    def messages(self) -> Response:
        """Tell messages, as the session dialect's `history` does, as many as fit."""
        view = self._chat.view()
        query = parameters.listing(request.args, view.sequence)
        page = self._chat.read(query)
        found = [rendering.spelled(message) for message in page.messages]
        if isinstance(query, Before):
            told = rendering.fitting(found[::-1], rendering.spelled_size)[::-1]
        else:
            told = rendering.fitting(found, rendering.spelled_size)
        more = page.more or len(told) < len(found)
        return jsonify(room=LOBBY, epoch=view.epoch, messages=told, more=more)

    def socket(self) -> Response:
        """Tell one who asks without a handshake whether a page may open the socket.

        A script cannot see why its WebSocket was refused; so it asks here, with its
        origin.
        """
        origin = request.args.get("origin")
        if origin is not None:
            is_own = self._hosts.is_own(origin, request.host)
            reason = None if is_own else allowed_hosts.foreign(origin, request.host)
            return jsonify(allowed=is_own, reason=reason)
        response = _plain("The chat is at /ws, for WebSockets.\n", 426)
        response.headers["Upgrade"] = "websocket"  # RFC 9110, 15.5.22
        response.headers["Connection"] = "Upgrade"
        return response

    def _read(self, query: Before | Search) -> Page:
        """Return the newest that fit on a page of what the history has for *query*."""
        page = self._chat.read(query)
        newest = rendering.fitting(page.messages[::-1], rendering.written_size)[::-1]
        more = page.more or len(newest) < len(page.messages)
        return Page(tuple(newest), more=more, total=page.total, gone=page.gone)

    def health(self) -> Response:
        """Tell whether the chat answers."""
        try:
            self._chat.view()
        except StorageError as exc:
            return _plain(f"{exc}\n", 503)
        return _plain("ok\n", 200)


def _first(messages: tuple[Message, ...], otherwise: int) -> int:
    return messages[0].sequence if messages else otherwise


def _version() -> str:
    """Return a name for what the static files are now."""
    digest = sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")


def _page(status: int, title: str, reason: str, code: str = "") -> Response:
    """Answer that something is wrong: as a page, or as JSON to a program."""
    if request.path.startswith("/api/"):
        error = {"code": code or "not_found", "reason": reason}
        return make_response(jsonify(error=error), status)
    page = render_template("error.html", title=title, reason=reason)
    return make_response(page, status)


def _bad(error: Exception) -> Response:
    title = "This address asks for what cannot be"
    return _page(400, title, f"{error}.", "bad_query")


def _unread(error: Exception) -> Response:
    code = error.code if isinstance(error, StorageError) else "history_failed"
    if code == "search_too_long":
        return _bad(error)
    reason = f"The chat does not answer: {error}."
    return _page(503, "That cannot be shown now", reason, code)


def _lost(status: int) -> Callable[[Exception], Response]:
    title, reason = LOST[status]
    codes = {404: "not_found", 405: "not_allowed", 500: "failed"}

    def answer(_: Exception) -> Response:
        response = _page(status, title, reason, codes[status])
        if status == 405:
            response.headers["Allow"] = ALLOWED
        return response

    return answer


def _one_slash() -> None:
    """Know no address with two slashes first; the library takes ``//`` for one."""
    if request.environ["PATH_INFO"].startswith("//"):
        abort(404)


def _guarded(response: Response) -> Response:
    """Add the headers that keep a page to itself."""
    if request.method == "OPTIONS" and response.status_code == 200:
        response.status_code = 204
        response.headers["Allow"] = ALLOWED
    response.headers.update(HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
