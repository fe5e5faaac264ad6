"""The form that sends a message from pages without scripts."""

from typing import Final

from flask import Flask, Response, make_response, render_template, request

from parlour.core.storage import StorageError

from . import parameters, paths
from .account_routes import EXPIRED
from .form_session import Post, Speaker
from .identity import Identity
from .redirects import redirect

SIGNED_OUT: Final = "you are signed out, so the message was not sent"


class SayRoute:
    """The view. It keeps no state between requests."""

    def __init__(self, speaker: Speaker, identity: Identity) -> None:
        self._speaker, self._identity = speaker, identity

    def add_to(self, app: Flask) -> None:
        """Add the address to *app*."""
        app.add_url_rule(paths.SAY_PATH, "say", self.say, methods=["POST"])

    def say(self) -> str | Response:
        """Say what a form says."""
        identity = self._identity
        post = parameters.post(request.form, identity.visitor.peer)
        if identity.account is not None:
            name = identity.account.name
            post = post._replace(name=name, credentials=identity.key)
        status = 422
        try:
            reason = self._refusal(post) or self._speaker.say(post)
        except StorageError as exc:
            status, reason = 503, f"{exc}"
        if not reason and identity.account is not None:
            return redirect(paths.room_path(post.room), 303)
        if not reason:
            return redirect(paths.named_room_path(post.room, post.name), 303)
        page = render_template("say.html", post=post, room=post.room, reason=reason)
        return make_response(page, status)

    def _refusal(self, post: Post) -> str:
        if self._identity.is_signed_out:
            return SIGNED_OUT
        token = parameters.value(request.form, "csrf")
        if self._identity.key is not None and not self._identity.is_own_form(token):
            return EXPIRED.reason
        return post.refusal
