"""The pages about accounts: sign in, register, sign out, devices and the password.

Every change is a form that is sent by POST, with a token. A refused form is shown
again, with the reason beside its field, and without passwords.
"""

from collections.abc import Callable, Mapping
from typing import Final

from flask import Flask, Response, make_response, render_template, request

from parlour.core.events import Refused
from parlour.core.limits import MAX_PASSWORD, MIN_PASSWORD
from parlour.core.rules import Rules

from . import parameters, paths, rendering
from .accounts import Accounts
from .cookies import Credentials
from .identity import Identity
from .redirects import redirect

EXPIRED: Final = Refused("expired_form", "this form was too old; send it again")
DIFFERENT: Final = Refused("different", "the two passwords are different")
NO_DEVICE: Final = Refused("no_such_device", "the account has no such device")

FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    paths.SIGN_IN_PATH: {"auth_failed": "password"},
    paths.REGISTER_PATH: {
        "bad_password": "password",
        "different": "repeated",
        "invalid_invite": "invite",
        "invite_required": "invite",
        "no_name": "name",
    },
    paths.PASSWORD_PATH: {
        "auth_failed": "password",
        "bad_password": "new",
        "different": "repeated",
    },
}
"""The field beside which a reason is shown, by form and code; else below the form."""

STATUSES: Final = {
    "expired_form": 403,
    "tls_required": 403,
    "too_many_tries": 429,
    "busy": 503,
    "server_full": 503,
    "closed": 503,
}
"""The status of a response with a reason; otherwise 422."""

DONE: Final = {
    "password": "The password is changed. All other devices are signed out.",
    "revoked": "The device is revoked.",
}
"""What the page of the account says after a change."""

Answer = str | Response


class AccountRoutes:
    """The views. They keep no state between requests."""

    def __init__(self, accounts: Accounts, identity: Identity, rules: Rules) -> None:
        self._accounts, self._identity, self._rules = accounts, identity, rules

    def add_to(self, app: Flask) -> None:
        """Add the addresses to *app*."""
        rules: dict[str, tuple[list[str], Callable[[], Answer]]] = {
            paths.SIGN_IN_PATH: (["GET", "POST"], self.sign_in),
            paths.SIGN_OUT_PATH: (["GET", "POST"], self.sign_out),
            paths.ACCOUNT_PATH: (["GET"], self.account),
            paths.PASSWORD_PATH: (["POST"], self.change_password),
            paths.REVOKE_PATH: (["POST"], self.revoke),
        }
        if self.can_register:
            rules[paths.REGISTER_PATH] = ["GET", "POST"], self.register
        for path, (methods, view) in rules.items():
            app.add_url_rule(path, path, view, methods=methods)

    @property
    def can_register(self) -> bool:
        """Whether strangers may register: they need to be guests for it."""
        is_possible = self._rules.registration in {"open", "invite"}
        return is_possible and self._rules.guests == "on"

    # -- pages and forms -----------------------------------------------------------

    def sign_in(self) -> Answer:
        """Show the form to sign in, or sign in."""
        if request.method != "POST":
            if self._identity.account is not None:
                return redirect(paths.ACCOUNT_PATH)
            return self._show("sign-in.html")
        if why := self._form_error():
            return self._refuse("sign-in.html", why)
        account, password = _field("name").strip(), _field("password")
        found = self._accounts.sign_in(self._identity.visitor, account, password)
        return self._enter("sign-in.html", found)

    def register(self) -> Answer:
        """Show the form to register a name, or register it and sign in."""
        if request.method != "POST":
            if self._identity.account is not None:
                return redirect(paths.ACCOUNT_PATH)
            return self._show("register.html")
        name, password = parameters.typed_name(request.form), _field("password")
        if why := self._form_error(password):
            return self._refuse("register.html", why)
        visitor, code = self._identity.visitor, _code()
        found = self._accounts.register(visitor, name, password, code)
        return self._enter("register.html", found)

    def sign_out(self) -> Answer:
        """Ask whether to sign out, or sign out."""
        key = self._identity.key
        if key is None:
            return redirect("/", 303)
        if request.method != "POST":
            return self._show("sign-out.html")
        why = self._form_error()
        if why is None:
            why = self._accounts.sign_out(self._identity.visitor, key)
        if why is not None and why.code != "auth_failed":
            return self._refuse("sign-out.html", why)
        return self._identity.sign_out(redirect(_return_path(), 303))

    def account(self) -> Answer:
        """Show the devices, and the form to change the password."""
        return self._with_key(lambda _: self._show("account.html"))

    def change_password(self) -> Answer:
        """Change the password."""
        return self._with_key(self._change_password)

    def revoke(self) -> Answer:
        """End a device."""
        return self._with_key(self._revoke)

    def _change_password(self, key: Credentials) -> Answer:
        password, new = _field("password"), _field("new")
        why = self._form_error(new)
        if why is None:
            visitor = self._identity.visitor
            why = self._accounts.change_password(visitor, key, password, new)
        return self._changed("password", why)

    def _revoke(self, key: Credentials) -> Answer:
        why = self._form_error()
        if why is None:
            device = parameters.number(_field("device"))
            visitor = self._identity.visitor
            why = (
                NO_DEVICE
                if device is None
                else self._accounts.revoke(visitor, key, device)
            )
        return self._changed("revoked", why)

    # -- responses -----------------------------------------------------------------

    def _with_key(self, view: Callable[[Credentials], Answer]) -> Answer:
        """Return the view for somebody who has signed in; others have to, first."""
        key = self._identity.key
        if key is None:
            return redirect(paths.sign_in_path(paths.ACCOUNT_PATH), 303)
        return view(key)

    def _form_error(self, new_password: str | None = None) -> Refused | None:
        """Return why a form is not sent to the chat, if so.

        It must come from this browser, and a *new_password* must be given twice.
        """
        if not self._identity.is_own_form(_field("csrf")):
            return EXPIRED
        is_given_twice = new_password in {None, _field("repeated")}
        return None if is_given_twice else DIFFERENT

    def _enter(self, template: str, found: Credentials | Refused) -> Answer:
        if isinstance(found, Refused):
            return self._refuse(template, found)
        response = redirect(_return_path(), 303)
        return self._identity.sign_in(response, found)

    def _changed(self, what: str, why: Refused | None) -> Answer:
        if why is not None:
            return self._refuse("account.html", why)
        return redirect(f"{paths.ACCOUNT_PATH}?done={what}", 303)

    def _refuse(self, template: str, why: Refused) -> Response:
        """Show a form again, with the reason beside its field."""
        place = FIELDS.get(request.path, {}).get(why.code, "form")
        if why.about == "set-name":
            place = "name"
        reason = rendering.sentence(why.reason)
        page = self._show(template, {place: reason}, why.code)
        return make_response(page, STATUSES.get(why.code, 422))

    def _show(
        self, template: str, errors: Mapping[str, str] | None = None, code: str = ""
    ) -> str:
        account = self._identity.account
        devices = account.devices if account is not None else ()
        accepts = self._accounts.accepts_passwords(self._identity.visitor)
        return render_template(
            template,
            accepts_passwords=accepts,
            name=_field("name") or parameters.value(request.args, "name"),
            back=_return_path(),
            invite=_code(),
            errors=errors or {},
            code=code,
            form=request.path,
            devices=[(each, rendering.render_date(each.added)) for each in devices],
            done=DONE.get(parameters.value(request.args, "done"), ""),
            min_password=MIN_PASSWORD,
            max_password=MAX_PASSWORD,
        )


def _field(name: str) -> str:
    """Return a field of the form; an empty string on a page without one."""
    return parameters.value(request.form, name)


def _code() -> str:
    """Return the code of an invitation, which may be given by its link."""
    return parameters.code(request.form) or parameters.code(request.args)


def _return_path() -> str:
    """Return where the person came from, if that is on this site."""
    address = _field("next") or parameters.value(request.args, "next")
    return paths.return_path(address)
