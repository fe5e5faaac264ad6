"""The forms by which accounts enter rooms and mark them as read, without scripts."""

from typing import Final

from flask import Flask, Response, request

from parlour.core.events import Refused, RoomName

from . import parameters, paths, rendering
from .account_forms import AccountForms
from .account_routes import EXPIRED
from .error_pages import error_page
from .hub_session import Data
from .identity import Identity
from .order_routes import STATUSES
from .redirects import redirect

NOT_ENTERED: Final = "The room was not entered"
NOT_READ: Final = "The room was not marked as read"


class RoomFormRoutes:
    """The views. They keep no state between requests."""

    def __init__(self, forms: AccountForms, identity: Identity) -> None:
        self._forms, self._identity = forms, identity

    def add_to(self, app: Flask) -> None:
        """Add the addresses to *app*."""
        app.add_url_rule(paths.ENTER_PATH, "enter", self.enter, methods=["POST"])
        app.add_url_rule(paths.READ_PATH, "read", self.read, methods=["POST"])

    def enter(self) -> Response:
        """Enter a room to which the account is invited, by name or by a code."""
        room = parameters.room_name(parameters.value(request.form, "room"))
        code = parameters.code(request.form)
        invite = {"invite": code} if code else {}
        return self._send(room, "join", {"room": room, **invite}, NOT_ENTERED)

    def read(self) -> Response:
        """Mark a room as read, up to the last message of the page with the form."""
        room = parameters.room_name(parameters.value(request.form, "room"))
        sequence = parameters.number(parameters.value(request.form, "sequence")) or 0
        return self._send(room, "read", {"room": room, "sequence": sequence}, NOT_READ)

    def _send(self, room: RoomName, kind: str, data: Data, failure: str) -> Response:
        key = self._identity.key
        if key is None:
            code = parameters.code(request.form)
            back = paths.invited_path(room, code)
            return redirect(paths.sign_in_path(back), 303)
        if not self._identity.is_own_form(parameters.value(request.form, "csrf")):
            why: object = EXPIRED
        else:
            form_id = parameters.value(request.form, "id")
            visitor = self._identity.visitor
            why = self._forms.carry_out(visitor, key, form_id, (kind, data))
        if not isinstance(why, Refused):
            return redirect(paths.room_path(room), 303)
        status, reason = STATUSES.get(why.code, 422), rendering.sentence(why.reason)
        return error_page(status, why.code, failure, reason, room)
