"""The Flask application: the addresses of the page, as complete HTML without scripts.

All addresses support only GET. The pages keep no state and set no cookies. A response
has at most `rendering.MAX_RESPONSE` bytes of content, plus the markup around it.
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
from parlour.core.ports import Mode
from parlour.core.storage import Before, Page, Search, StorageError

from . import allowed_hosts, parameters, rendering
from .allowed_hosts import AllowedHosts
from .chat_queries import ChatQueries
from .parameters import QueryError
from .requests import ALLOWED_METHODS
from .safe_text import visible
from .security_headers import SECURITY_HEADERS

STATIC: Final = Path(__file__).with_name("static")
YEAR: Final = 365 * 24 * 3600  # seconds: addresses of static files include a version

ERRORS: Final = {
    404: ("not_found", "Page not found", "There is no page at this address."),
    405: ("not_allowed", "Method not allowed", "This address supports only GET."),
    500: ("failed", "Server error", "An internal error occurred and was logged."),
}
"""The code, title and reason of responses by status."""


def make_app(
    chat: ChatQueries,
    mode: Mode,
    invitation: str,
    hosts: AllowedHosts = AllowedHosts(),  # noqa: B008 -- it is not changed
) -> Flask:
    """Return the application for *chat*; terminals join with the command *invitation*.

    *hosts* decide which origins may open a WebSocket.
    """
    version = _static_version()
    app = Flask(__name__, static_url_path=f"/static/{version}")
    app.url_map.merge_slashes = False  # otherwise, // redirects to /
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters["visible"] = visible
    app.jinja_env.globals.update(
        mode=mode, invitation=invitation, blank=rendering.BLANK
    )
    views = _Views(chat, hosts)
    rules: dict[str, Callable[..., str | Response]] = {
        "/": views.chat,
        "/search": views.search,
        "/m/<digits>": views.message,
        "/api/users": views.users,
        "/api/messages": views.messages,
        "/healthz": views.health,
        "/ws": views.websocket,
    }
    for rule, view in rules.items():
        app.add_url_rule(rule, view_func=view)
    app.add_url_rule("/favicon.ico", "icon", lambda: app.send_static_file("icon.svg"))
    app.register_error_handler(QueryError, _bad_query)
    app.register_error_handler(StorageError, _chat_failed)
    for status in ERRORS:
        app.register_error_handler(status, _error_handler(status))
    app.before_request(_reject_double_slash)
    app.after_request(_add_headers)
    return app


class _Views:
    """The view functions. They keep no state between requests."""

    def __init__(self, chat: ChatQueries, hosts: AllowedHosts) -> None:
        self._chat, self._hosts = chat, hosts

    def chat(self) -> str:
        """Show the users and the newest messages, or a page of older messages."""
        older = parameters.older_page(request.args)
        snapshot = self._chat.snapshot()  # first: the page resumes from its cursor
        if older is not None:
            return self._older_page(older, snapshot.sequence)
        page = self._read(Before(LOBBY, snapshot.sequence + 1, parameters.PAGE_SIZE))
        users = rendering.render_users(snapshot.users, time())
        return render_template(
            "chat.html",
            snapshot=snapshot,
            users=users,
            others=len(snapshot.users) - len(users),
            messages=list(rendering.render_messages(page.messages)),
            first=_first(page.messages, snapshot.sequence + 1),
            more=page.has_more,
        )

    def _older_page(self, query: Before, head: int) -> str:
        page = self._read(query)
        last = page.messages[-1].sequence if page.messages else query.sequence - 1
        return render_template(
            "older.html",
            messages=list(rendering.render_messages(page.messages)),
            older=_first(page.messages, 1) if page.has_more else None,
            newer=last + 1 + parameters.PAGE_SIZE if last < head else None,
        )

    def search(self) -> str:
        """Show the search form, and the messages that match."""
        query = parameters.search(request.args)
        if query is None:
            return render_template("search.html", words="", messages=None)
        page = self._read(query)
        found = rendering.render_messages(
            page.messages, is_grouped=False, words=query.words
        )
        return render_template(
            "search.html",
            words=query.words,
            messages=list(found),
            older=_first(page.messages, 1) if page.has_more else None,
        )

    def message(self, digits: str) -> str | Response:
        """Show one message with its neighbours."""
        sequence = parameters.sequence(digits)
        if sequence is None:
            abort(404)
        if sequence <= parameters.MAX_SEQUENCE:
            oldest = sequence - parameters.NEIGHBOURS
            near: list[Message] = []
            # A page may be full before it reaches the message itself.
            for query in (parameters.around(sequence), parameters.up_to(sequence)):
                page = self._chat.read(query)
                found = [each for each in page.messages if each.sequence >= oldest]
                near = rendering.neighbours(found, sequence)
                if near or not page.has_more:
                    break
            if near:
                messages = list(rendering.render_messages(near))
                return render_template(
                    "message.html", messages=messages, sequence=sequence
                )
        reason = "It does not exist, or it is no longer stored."
        return _error(404, "not_found", "Message not found", reason)

    def users(self) -> Response:
        """List the users by name, from the one after a given name."""
        after = parameters.after_name(request.args)
        users = [
            {"name": user.name, "since": rendering.render_time(user.since).stamp}
            for user in self._chat.snapshot().users
            if after is None or user.name > after
        ]
        sent = rendering.fitting(users, rendering.json_size)
        return jsonify(room=LOBBY, users=sent, more=len(sent) < len(users))

    def messages(self) -> Response:
        """List messages, like `history` in the session dialect."""
        snapshot = self._chat.snapshot()
        query = parameters.message_list(request.args, snapshot.sequence)
        page = self._chat.read(query)
        found = [rendering.as_json(message) for message in page.messages]
        if isinstance(query, Before):
            sent = rendering.fitting(found[::-1], rendering.json_size)[::-1]
        else:
            sent = rendering.fitting(found, rendering.json_size)
        more = page.has_more or len(sent) < len(found)
        return jsonify(room=LOBBY, epoch=snapshot.epoch, messages=sent, more=more)

    def websocket(self) -> Response:
        """Respond to a request without a handshake.

        A script cannot see why its handshake was refused, so it requests the reason
        here, with its origin.
        """
        origin = request.args.get("origin")
        if origin is not None:
            host = request.host
            is_allowed = self._hosts.allows_origin(origin, host)
            reason = None if is_allowed else allowed_hosts.foreign_origin(origin, host)
            return jsonify(allowed=is_allowed, reason=reason)
        response = _plain_text("The chat is at /ws, for WebSockets.\n", 426)
        response.headers["Upgrade"] = "websocket"  # RFC 9110, 15.5.22
        response.headers["Connection"] = "Upgrade"
        return response

    def health(self) -> Response:
        """Report whether the chat responds."""
        try:
            self._chat.snapshot()
        except StorageError as exc:
            return _plain_text(f"{exc}\n", 503)
        return _plain_text("ok\n", 200)

    def _read(self, query: Before | Search) -> Page:
        """Return the newest messages for *query* that fit on a page."""
        page = self._chat.read(query)
        newest = rendering.fitting(page.messages[::-1], rendering.html_size)[::-1]
        more = page.has_more or len(newest) < len(page.messages)
        return Page(
            tuple(newest), has_more=more, total=page.total, expired=page.expired
        )


def _first(messages: tuple[Message, ...], otherwise: int) -> int:
    return messages[0].sequence if messages else otherwise


def _static_version() -> str:
    """Return a digest of the static files."""
    digest = sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _plain_text(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")


def _error(status: int, code: str, title: str, reason: str) -> Response:
    """Return an error response: JSON for the API, a page for other addresses."""
    if request.path.startswith("/api/"):
        error = {"code": code, "reason": reason}
        return make_response(jsonify(error=error), status)
    page = render_template("error.html", title=title, reason=reason)
    return make_response(page, status)


def _bad_query(error: Exception) -> Response:
    return _error(400, "bad_query", "Invalid address", f"{error}.")


def _chat_failed(error: Exception) -> Response:
    code = error.code if isinstance(error, StorageError) else "history_failed"
    if code == "search_too_long":
        return _bad_query(error)
    reason = f"The chat does not respond: {error}."
    return _error(503, code, "The chat is not available", reason)


def _error_handler(status: int) -> Callable[[Exception], Response]:
    code, title, reason = ERRORS[status]

    def respond(_: Exception) -> Response:
        response = _error(status, code, title, reason)
        if status == 405:
            response.headers["Allow"] = ALLOWED_METHODS
        return response

    return respond


def _reject_double_slash() -> None:
    """Respond with 404 to paths that begin with ``//``; werkzeug would match ``/``."""
    if request.environ["PATH_INFO"].startswith("//"):
        abort(404)


def _add_headers(response: Response) -> Response:
    """Add the security headers; allow caching only of static files."""
    if request.method == "OPTIONS" and response.status_code == 200:
        response.status_code = 204
        response.headers["Allow"] = ALLOWED_METHODS
    response.headers.update(SECURITY_HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
