"""The Flask application: the addresses of the pages and of the API.

All addresses support only GET, except those of forms. The pages keep no state, and set
no cookies before somebody wants to sign in. A response has at most
`rendering.MAX_RESPONSE` bytes of content, plus the markup around it.
"""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Final
from urllib.parse import quote

from flask import (
    Flask,
    Response,
    abort,
    jsonify,
    make_response,
    render_template,
    request,
)

from parlour.core.events import LOBBY, Refused, RoomName
from parlour.core.ports import Mode
from parlour.core.rules import Rules
from parlour.core.storage import StorageError

from . import parameters, paths, rendering
from .account_forms import AccountForms
from .account_routes import AccountRoutes
from .accounts import SIGN_IN_REQUIRED, Accounts
from .allowed_origins import AllowedOrigins
from .api import WEBSOCKET_NOTE, Api, Json
from .audit_routes import AuditRoutes
from .chat_queries import ChatQueries
from .error_pages import add_error_pages, error_page
from .form_session import Speaker
from .identity import ANONYMOUS, Identity, sent_cookies
from .order_routes import OrderRoutes
from .pages import Pages, RoomNotOpenError, View
from .parameters import Arguments
from .paths import ACCOUNT_PAGES, FORM_PATHS, SAY_PATH
from .redirects import redirect
from .requests import allowed_methods
from .room_form_routes import RoomFormRoutes
from .safe_text import visible, visible_name
from .say_route import SayRoute
from .security_headers import SECURITY_HEADERS
from .visitor_queries import RoomBanError, VisitorQueries

STATIC: Final = Path(__file__).with_name("static")
FORM_ID_SIZE: Final = 24  # random bytes
YEAR: Final = 365 * 24 * 3600  # seconds: addresses of static files include a version
OPEN: Final = ANONYMOUS | ACCOUNT_PAGES | {SAY_PATH}
"""The endpoints and paths for everybody, also for those who are banned."""

Answer = str | Response


def make_app(
    chat: ChatQueries,
    mode: Mode,
    invitation: str,
    origins: AllowedOrigins = AllowedOrigins(),  # noqa: B008 -- it is not changed
    speaker: Speaker | None = None,
    accounts: Accounts | None = None,
    rules: Rules | None = None,
    forms: AccountForms | None = None,
) -> Flask:
    """Return the application for *chat*; terminals join with the command *invitation*.

    *origins* may open a WebSocket. Without a *speaker*, there is no form for pages
    without scripts; nobody can sign in without *accounts*, or send the other forms of
    an account without *forms*.
    """
    rules = Rules() if rules is None else rules
    version = _static_version()
    app = Flask(__name__, static_url_path=f"/static/{version}")
    app.url_map.merge_slashes = False  # otherwise, // redirects to /
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update(
        sentence=rendering.sentence, visible=visible, visible_name=visible_name
    )
    app.jinja_env.globals.update(
        invitation=invitation,
        blank=rendering.BLANK,
        room_path=paths.room_path,
        older_path=paths.older_path,
        LOBBY=LOBBY,
        room=LOBBY,  # by default
        say_path=paths.SAY_PATH if speaker else None,
        paths=paths,
        sign_in_required=SIGN_IN_REQUIRED,
        keeps_order=lambda _: False,
        rules=rules,
        new_form_id=lambda: token_urlsafe(FORM_ID_SIZE),
    )
    app.before_request(_check_path)
    identity = Identity(chat, accounts, rules)
    routes = AccountRoutes(accounts, identity, rules) if accounts else None
    _add_identity(app, identity, mode, routes)
    queries = VisitorQueries(chat, identity)
    _add_pages(app, Pages(queries, lambda: identity.name))
    _add_api(app, Api(queries, origins), Api(chat, origins).health)
    if speaker is not None:
        SayRoute(speaker, identity).add_to(app)
    if routes is not None:
        routes.add_to(app)
    if forms is not None:
        OrderRoutes(forms, identity).add_to(app)
        AuditRoutes(forms, queries, identity).add_to(app)
        RoomFormRoutes(forms, identity).add_to(app)
    app.add_url_rule("/favicon.ico", "icon", lambda: app.send_static_file("icon.svg"))
    add_error_pages(app)
    app.after_request(_add_headers)
    return app


def _add_pages(app: Flask, pages: Pages) -> None:
    def chat(room: RoomName) -> Answer:
        return _render(pages.chat(room, request.args))

    def message(room: RoomName, digits: str) -> Answer:
        sequence = parameters.number(digits)
        if sequence is None:
            abort(404)
        if view := pages.message(room, sequence):
            return _render(view)
        reason = "It does not exist, or it is no longer stored."
        return error_page(404, "not_found", "Message not found", reason, room)

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
            return redirect(paths.room_path(name))
        return _render(pages.rooms(request.args))

    def not_open(error: RoomNotOpenError) -> Response:
        if request.path.startswith("/api/"):
            return error_page(404, "no_such_room", "Room not open", f"{error}")
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
    app.register_error_handler(RoomBanError, lambda error: _banned(error.why))


def _add_api(
    app: Flask, api: Api, check_health: Callable[[], StorageError | None]
) -> None:
    plain_text = partial(Response, mimetype="text/plain")

    def answer(view: Callable[[Arguments], Json]) -> Callable[[], Response]:
        return lambda: jsonify(view(request.args))

    def websocket() -> Response:
        origin = request.args.get("origin")
        if origin is not None:
            answer = api.origin(
                origin,
                request.host,
                has_cookie=sent_cookies().has_account,
                has_tls=request.is_secure,
            )
            return jsonify(answer)
        response = plain_text(WEBSOCKET_NOTE, 426)
        response.headers["Upgrade"] = "websocket"  # RFC 9110, 15.5.22
        response.headers["Connection"] = "Upgrade"
        return response

    def health() -> Response:
        error = check_health()
        return plain_text(f"{error}\n", 503) if error else plain_text("ok\n", 200)

    rules: dict[str, Callable[[], Answer]] = {
        "/api/rooms": answer(api.rooms),
        "/api/users": answer(api.users),
        "/api/messages": answer(api.messages),
        "/ws": websocket,
        "/healthz": health,
    }
    for rule, view in rules.items():
        app.add_url_rule(rule, rule, view)


def _add_identity(
    app: Flask, identity: Identity, mode: Mode, routes: AccountRoutes | None
) -> None:
    """Let every page know who asks, and show strangers only what they may see."""

    def turn_away() -> Answer | None:
        if request.endpoint in OPEN or request.path in OPEN:
            return None
        if request.endpoint is not None and (why := identity.ban()) is not None:
            return _banned(why)
        is_page = request.method in {"GET", "HEAD"}
        if identity.may_read or (request.path in FORM_PATHS and not is_page):
            return None
        if request.path.startswith("/api/"):
            return error_page(403, "sign_in_required", "Sign in", SIGN_IN_REQUIRED)
        return redirect(paths.sign_in_path(_here() if is_page else "/"))

    def context() -> dict[str, object]:
        return {
            "prefix": request.script_root,
            "account": identity.account,
            "is_signed_out": identity.is_signed_out,
            "mode": mode if identity.may_write else "read",
            "form_token": identity.form_token,
            "may_read": identity.may_read,
            "can_sign_in": routes is not None,
            "can_register": routes is not None and routes.can_register,
            "can_write": mode == "write",
            "code": lambda: parameters.code(request.args),
            "here": _here,
        }

    app.before_request(identity.begin)
    app.before_request(turn_away)
    app.after_request(identity.finish)
    app.context_processor(context)


def _banned(why: Refused) -> Response:
    return error_page(403, why.code, "Banned", rendering.sentence(why.reason))


def _here() -> str:
    """Return the address of the page, to return to it."""
    return paths.return_path(_with_query(quote(request.path)))


def _render(view: View) -> str:
    return render_template(view.template, **view.values)


def _moved(given: str, room: RoomName, address: str) -> Answer | None:
    """Return a redirect to the one address of a room; None if it was requested."""
    if given == room != LOBBY:
        return None
    return redirect(_with_query(address), 301)


def _with_query(address: str) -> str:
    """Return *address* with the query of the request."""
    query = request.query_string.decode("ascii", "ignore")
    return f"{address}?{query}" if query else address


def _static_version() -> str:
    """Return a digest of the static files."""
    digest = sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _check_path() -> Answer | None:
    """Respond with 404 to paths that begin with ``//``; werkzeug would match ``/``.

    The prefix under which everything is served leads to the lobby.
    """
    path = request.environ["PATH_INFO"]
    if path.startswith("//"):
        abort(404)
    return None if path else redirect("/", 308)


def _add_headers(response: Response) -> Response:
    """Add the security headers; allow caching only of static files."""
    if request.method == "OPTIONS" and response.status_code == 200:
        response.status_code = 204
        response.headers["Allow"] = allowed_methods(request.path)
    response.headers.update(SECURITY_HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
