"""The Flask application: the addresses of the pages and of the API.

All addresses support only GET, except that of the form without scripts. The pages keep
no state and set no cookies. A response has at most `rendering.MAX_RESPONSE` bytes of
content, plus the markup around it.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
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

from parlour.core.events import LOBBY, RoomName
from parlour.core.ports import Mode
from parlour.core.storage import StorageError

from . import parameters, paths, rendering
from .allowed_hosts import AllowedHosts
from .api import WEBSOCKET_NOTE, Api, Json
from .chat_queries import ChatQueries
from .form_session import Speaker
from .pages import Pages, RoomNotOpenError, View
from .parameters import Arguments, QueryError, RoomNameError
from .requests import allowed_methods
from .safe_text import visible, visible_name
from .security_headers import SECURITY_HEADERS

STATIC: Final = Path(__file__).with_name("static")
FORM_ID_SIZE: Final = 24  # random bytes
YEAR: Final = 365 * 24 * 3600  # seconds: addresses of static files include a version

ERRORS: Final = {
    404: ("not_found", "Page not found", "There is no page at this address."),
    405: (
        "not_allowed",
        "Method not allowed",
        "This address has no such method.",
    ),
    500: ("failed", "Server error", "An internal error occurred and was logged."),
}
"""The code, title and reason of responses by status."""

Answer = str | Response


def make_app(
    chat: ChatQueries,
    mode: Mode,
    invitation: str,
    hosts: AllowedHosts = AllowedHosts(),  # noqa: B008 -- it is not changed
    speaker: Speaker | None = None,
) -> Flask:
    """Return the application for *chat*; terminals join with the command *invitation*.

    *hosts* decide which origins may open a WebSocket. Without a *speaker*, there is no
    form for pages without scripts.
    """
    version = _static_version()
    app = Flask(__name__, static_url_path=f"/static/{version}")
    app.url_map.merge_slashes = False  # otherwise, // redirects to /
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update(visible=visible, visible_name=visible_name)
    app.jinja_env.globals.update(
        mode=mode,
        invitation=invitation,
        blank=rendering.BLANK,
        room_path=paths.room_path,
        older_path=paths.older_path,
        LOBBY=LOBBY,
        room=LOBBY,  # by default
        say_path=paths.SAY_PATH if speaker else None,
        new_form_id=lambda: token_urlsafe(FORM_ID_SIZE),
    )
    _add_pages(app, Pages(chat))
    _add_api(app, Api(chat, hosts))
    if speaker is not None:
        _add_form(app, speaker)
    app.add_url_rule("/favicon.ico", "icon", lambda: app.send_static_file("icon.svg"))
    app.register_error_handler(RoomNameError, _bad_room_name)
    app.register_error_handler(QueryError, _bad_query)
    app.register_error_handler(StorageError, _chat_failed)
    for status in ERRORS:
        app.register_error_handler(status, _error_handler(status))
    app.before_request(_reject_double_slash)
    app.after_request(_add_headers)
    return app


def _add_pages(app: Flask, pages: Pages) -> None:
    def chat(room: RoomName) -> Answer:
        return _render(pages.chat(room, request.args))

    def message(room: RoomName, digits: str) -> Answer:
        sequence = parameters.sequence(digits)
        if sequence is None:
            abort(404)
        if view := pages.message(room, sequence):
            return _render(view)
        reason = "It does not exist, or it is no longer stored."
        return _error(404, "not_found", "Message not found", reason, room)

    def any_chat(room: str) -> Answer:
        name = parameters.room_name(room)
        return _moved(room, name, paths.room_path(name)) or chat(name)

    def any_message(room: str, digits: str) -> Answer:
        name = parameters.room_name(room)
        address = paths.message_path(name, digits)
        return _moved(room, name, address) or message(name, digits)

    def rooms() -> Answer:
        if typed := parameters.value(request.args, "room").strip():
            name = parameters.room_name(typed.removeprefix("#"))
            return _redirect(paths.room_path(name))
        return _render(pages.rooms(request.args))

    def not_open(error: RoomNotOpenError) -> Response:
        if request.path.startswith("/api/"):
            return _error(404, "no_such_room", "Room not open", f"{error}")
        return make_response(_render(pages.closed_room(error.room)), 404)

    rules: dict[str, Callable[..., Answer]] = {
        "/": lambda: chat(LOBBY),
        "/m/<digits>": lambda digits: message(LOBBY, digits),
        "/r/<room>": any_chat,
        "/r/<room>/m/<digits>": any_message,
        "/rooms": rooms,
        "/search": lambda: _render(pages.search(request.args)),
    }
    for rule, view in rules.items():
        app.add_url_rule(rule, rule, view)
    app.register_error_handler(RoomNotOpenError, not_open)


def _add_api(app: Flask, api: Api) -> None:
    def answer(view: Callable[[Arguments], Json]) -> Callable[[], Response]:
        return lambda: jsonify(view(request.args))

    def websocket() -> Response:
        origin = request.args.get("origin")
        if origin is not None:
            return jsonify(api.origin(origin, request.host))
        response = _plain_text(WEBSOCKET_NOTE, 426)
        response.headers["Upgrade"] = "websocket"  # RFC 9110, 15.5.22
        response.headers["Connection"] = "Upgrade"
        return response

    def health() -> Response:
        error = api.health()
        return _plain_text(f"{error}\n", 503) if error else _plain_text("ok\n", 200)

    rules: dict[str, Callable[[], Answer]] = {
        "/api/rooms": answer(api.rooms),
        "/api/users": answer(api.users),
        "/api/messages": answer(api.messages),
        "/ws": websocket,
        "/healthz": health,
    }
    for rule, view in rules.items():
        app.add_url_rule(rule, rule, view)


def _add_form(app: Flask, speaker: Speaker) -> None:
    def say() -> Answer:
        peer = request.environ["REMOTE_ADDR"], int(request.environ["REMOTE_PORT"])
        post = parameters.post(request.form, peer)
        status = 422
        try:
            reason = post.refusal or speaker.say(post)
        except StorageError as exc:
            status, reason = 503, f"{exc}"
        if not reason:
            return _redirect(paths.named_room_path(post.room, post.name), 303)
        page = render_template("say.html", post=post, room=post.room, reason=reason)
        return make_response(page, status)

    app.add_url_rule(paths.SAY_PATH, "say", say, methods=["POST"])


def _render(view: View) -> str:
    return render_template(view.template, **view.values)


def _moved(given: str, room: RoomName, address: str) -> Answer | None:
    """Return a redirect to the one address of a room; None if it was requested."""
    if given == room != LOBBY:
        return None
    query = request.query_string.decode("ascii", "ignore")
    return _redirect(f"{address}?{query}" if query else address, 301)


def _redirect(address: str, status: int = 302) -> Response:
    """Return a redirect to an address of this server."""
    return Response(status=status, headers={"Location": address})


def _static_version() -> str:
    """Return a digest of the static files."""
    digest = sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _plain_text(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")


def _error(
    status: int, code: str, title: str, reason: str, room: RoomName = LOBBY
) -> Response:
    """Return an error response: JSON for the API, a page for other addresses.

    The page leads back to *room*.
    """
    if request.path.startswith("/api/"):
        error = {"code": code, "reason": reason}
        return make_response(jsonify(error=error), status)
    page = render_template("error.html", title=title, reason=reason, room=room)
    return make_response(page, status)


def _bad_query(error: Exception) -> Response:
    return _error(400, "bad_query", "Invalid address", f"{error}.")


def _bad_room_name(error: RoomNameError) -> Response:
    reason = f"{error}"
    reason = f"{reason[0].upper()}{reason[1:]}."
    status = 400 if request.path.startswith("/api/") else 404
    return _error(status, error.code, "No such room", reason)


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
            response.headers["Allow"] = allowed_methods(request.path)
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
        response.headers["Allow"] = allowed_methods(request.path)
    response.headers.update(SECURITY_HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
