"""The pages with the audit log of a room and of the server, which need no scripts."""

from typing import Final

from flask import Flask, render_template, request

from parlour.core.events import LOBBY, Refused, RoomName
from parlour.core.state.permissions import Action, may
from parlour.core.storage import END_OF_SEQUENCES, ReadActs

from . import parameters, paths, rendered_order
from .account_forms import AccountForms
from .identity import Identity
from .order_routes import Answer, refuse
from .redirects import redirect
from .visitor_queries import VisitorQueries

PAGE_SIZE: Final = 50  # acts


class AuditRoutes:
    """The views. They keep no state between requests."""

    def __init__(
        self, forms: AccountForms, queries: VisitorQueries, identity: Identity
    ) -> None:
        self._forms, self._queries, self._identity = forms, queries, identity

    def add_to(self, app: Flask) -> None:
        """Add the addresses to *app*."""
        lobby, server = paths.AUDIT_PATH, paths.SERVER_AUDIT_PATH
        app.add_url_rule(lobby, "audit-lobby", lambda: self.view(LOBBY))
        app.add_url_rule(server, "audit-server", lambda: self.view(None))
        app.add_url_rule("/r/<room>/audit", "audit-room", self.view_room)

    def view_room(self, room: str) -> Answer:
        """Show the page of a room, at its one address."""
        name = parameters.room_name(room)
        if room == name != LOBBY:
            return self.view(name)
        return redirect(paths.audit_path(name), 301)

    def view(self, room: RoomName | None) -> Answer:
        """Show what was done to keep order in a room, or anywhere."""
        account = self._identity.account
        if account is None:
            return redirect(paths.sign_in_path(paths.audit_path(room)), 303)
        order = self._forms.find(account.name, room)
        if isinstance(order, Refused):
            return refuse(room, order)
        action = Action.READ_ACTS_ON_SERVER if room is None else Action.READ_ACTS
        if why := may(order.role, action):
            return refuse(room, why)
        before = parameters.integer(request.args, "before", parameters.MAX_SEQUENCE)
        query = ReadActs(
            room, END_OF_SEQUENCES if before is None else before, PAGE_SIZE
        )
        page = self._queries.read(query)
        return render_template(
            "audit.html",
            room=LOBBY if room is None else room,
            place=room,
            acts=rendered_order.render_acts(page.acts),
            older=page.acts[0].number if page.has_more else None,
            is_newest=before is None,
        )
