"""The pages on which moderators keep order, for each room and for the whole server.

They work without scripts; with scripts they open over the chat.
"""

from collections.abc import Callable
from typing import Final

from flask import Flask, Response, make_response, render_template, request

from parlour.core.events import LOBBY, Refused, RoomName
from parlour.core.limits import MAX_REASON, MAX_SLOW, MAX_TOPIC
from parlour.core.roles import Role, role_name
from parlour.core.sessions.sanction_lists import RoomOrder

from . import order_acts, parameters, paths, rendered_order, rendering
from .account_forms import AccountForms, NewInvitation
from .account_routes import EXPIRED
from .cookies import Credentials
from .error_pages import error_page
from .identity import Identity
from .pages import RoomNotOpenError
from .redirects import redirect

STATUSES: Final = {
    "banned": 403,
    "expired_form": 403,
    "not_allowed": 403,
    "busy": 503,
    "server_full": 503,
    "closed": 503,
}
"""The status of a response with a reason; otherwise 422."""
NOT_ERASED: Final = "The message was not erased"
TYPED: Final = (
    "whom",
    "time",
    "reason",
    "slow",
    "topic",
    "whose",
    "role",
    "text",
    "act",
    "invited",
    "lasting",
    "closing",
)
"""The fields that a form shows again."""

Answer = str | Response
View = Callable[[Credentials], Answer]


class OrderRoutes:
    """The views. They keep no state between requests."""

    def __init__(self, forms: AccountForms, identity: Identity) -> None:
        self._forms, self._identity = forms, identity

    def add_to(self, app: Flask) -> None:
        """Add the addresses to *app*."""
        lobby, server = paths.ORDER_PATH, paths.SERVER_ORDER_PATH
        app.add_url_rule(lobby, "order-lobby", lambda: self.view(LOBBY))
        app.add_url_rule(lobby, "order", self.carry_out, methods=["POST"])
        app.add_url_rule(server, "order-server", lambda: self.view(None))
        app.add_url_rule("/r/<room>/order", "order-room", self.view_room)
        app.context_processor(lambda: {"keeps_order": self.keeps_order})

    def keeps_order(self, room: RoomName) -> bool:
        """Return whether the person who asks may keep order in *room*."""
        account = self._identity.account
        if account is None or not self._identity.may_write:
            return False
        return isinstance(self._forms.find(account.name, room), RoomOrder)

    def view_room(self, room: str) -> Answer:
        """Show the page of a room, at its one address."""
        name = parameters.room_name(room)
        if room == name != LOBBY:
            return self.view(name)
        return redirect(paths.order_path(name), 301)

    def view(self, room: RoomName | None) -> Answer:
        """Show the forms and the sanctions of a room, or of the server."""
        return self._with_key(room, lambda _: self._show(room))

    def carry_out(self) -> Answer:
        """Do what a form asks for."""
        typed = parameters.value(request.form, "room")
        room = parameters.room_name(typed) if typed else None
        return self._with_key(room, lambda key: self._carry_out(key, room))

    def _carry_out(self, key: Credentials, room: RoomName | None) -> Answer:
        if not self._identity.is_own_form(parameters.value(request.form, "csrf")):
            return self._show(room, EXPIRED)
        line = order_acts.requested_line(request.form, room)
        if isinstance(line, Refused):
            return self._show(room, line)
        act = parameters.value(request.form, "act")
        form_id, visitor = parameters.value(request.form, "id"), self._identity.visitor
        found = self._forms.carry_out(visitor, key, form_id, line)
        if isinstance(found, Refused):
            if act == "erase":  # its form is on the page of the message
                return refuse(room, found, NOT_ERASED)
            return self._show(room, found)
        if isinstance(found, NewInvitation) and found.code:
            return self._show(room, link=_link(found.code, room))
        return redirect(_path_after(act, room), 303)

    # -- responses -----------------------------------------------------------------

    def _with_key(self, room: RoomName | None, view: View) -> Answer:
        """Return the view for somebody who has signed in; others have to, first."""
        key = self._identity.key
        if key is None:
            return redirect(paths.sign_in_path(paths.order_path(room)), 303)
        return view(key)

    def _show(
        self, room: RoomName | None, why: Refused | None = None, link: str = ""
    ) -> Answer:
        """Show the page, with the reason beside its field if a form is refused.

        The *link* of a new invitation is shown once.
        """
        account = self._identity.account
        found = self._forms.find(account.name if account is not None else "", room)
        if isinstance(found, Refused):
            return refuse(room, found)
        invited = found.invitations
        shown = request.form if why is not None else request.args
        page = render_template(
            "order.html",
            room=LOBBY if room is None else room,
            place=room,
            order=found,
            sanctions=rendered_order.render_sanctions(found.sanctions),
            may_invite=invited is not None,
            invitations=rendered_order.render_invitations(
                invited.invitations if invited is not None else ()
            ),
            roles=_roles(found.role, room),
            is_admin=found.role >= Role.ADMIN,
            is_owner=found.role >= Role.OWNER,
            link=link,
            typed={each: parameters.value(shown, each) for each in TYPED},
            errors=_errors(why, parameters.value(request.form, "act")),
            done=order_acts.DONE.get(parameters.value(request.args, "done"), ""),
            max_reason=MAX_REASON,
            max_text=MAX_TOPIC,
            max_slow=MAX_SLOW,
        )
        status = 200 if why is None else STATUSES.get(why.code, 422)
        return make_response(page, status)


def refuse(room: RoomName | None, why: Refused, title: str = "Not allowed") -> Response:
    """Respond to a request that is refused, other than by showing its form again."""
    if room is not None and why.code == "no_such_room":
        raise RoomNotOpenError(room)
    reason = rendering.sentence(why.reason)
    place = LOBBY if room is None else room
    return error_page(STATUSES.get(why.code, 422), why.code, title, reason, place)


def _path_after(act: str, room: RoomName | None) -> str:
    """Return the address that shows what an act has changed."""
    if room is not None and act == "close":
        return paths.room_path(room)
    if room is not None and act == "erase":
        return paths.message_path(room, parameters.value(request.form, "number"))
    return paths.order_path(room, act)


def _roles(role: Role, room: RoomName | None) -> list[tuple[str, str]]:
    """Return the roles that somebody with a *role* may give, with their labels."""
    needed = Role.ADMIN if room is None else Role.OWNER
    roles = order_acts.SERVER_ROLES if room is None else order_acts.ROOM_ROLES
    names = [role_name(each) for each in roles if each <= role >= needed]
    return [(each, each.capitalize()) for each in names]


def _link(code: str, room: RoomName | None) -> str:
    """Return the link with a code, at the address by which the browser came."""
    origin = request.headers.get("Origin") or request.host_url.rstrip("/")
    return f"{origin}{request.script_root}{paths.link_with(code, room)}"


def _errors(why: Refused | None, act: str) -> dict[str, str]:
    """Return the reason, by the field of the *act* beside which it is shown."""
    if why is None:
        return {}
    fields = order_acts.INVITATION_FIELDS if act == "invite" else order_acts.FIELDS
    place = fields.get(why.code, "form")
    return {place: rendering.sentence(why.reason)}
