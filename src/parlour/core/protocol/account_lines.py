"""Lines of the session dialect about accounts: commands, credentials and events."""

from typing import Annotated, Final

import msgspec

from ..events import AccountInfo, Devices, Refused
from ..limits import MAX_DEVICE_LABEL, MAX_NAME, MAX_TOKEN
from ..roles import role_name
from ..timestamps import rfc3339
from .commands import (
    ChangePassword,
    Command,
    Credentials,
    ListDevices,
    Login,
    Logout,
    Register,
    RevokeDevice,
)
from .json_objects import Data, bad_data, given
from .tokens import hash_key

ACCOUNT_TYPES: Final = ("login", "register", "passwd", "devices", "revoke", "logout")

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=4 * MAX_NAME)]
_Key = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TOKEN)]
_Label = Annotated[str, msgspec.Meta(max_length=MAX_DEVICE_LABEL)]
_Number = Annotated[int, msgspec.Meta(ge=1, lt=1 << 62)]


class _CredentialsData(msgspec.Struct):
    account: _Name
    password: str | None = None
    key: _Key | None = None
    device: _Label = ""


class _RegisterData(msgspec.Struct):
    password: str
    device: _Label = ""
    invite: _Key | None = None


class _PasswordData(msgspec.Struct):
    password: str
    new: str


class _DeviceData(msgspec.Struct):
    device: _Number


def account_command(kind: str, data: object) -> Command | Refused:
    """Return the command of a line with a *kind* of `ACCOUNT_TYPES`."""
    try:
        match kind:
            case "login":
                found = credentials_from(data)
                return found if isinstance(found, Refused) else Login(found)
            case "register":
                register = msgspec.convert(data, _RegisterData)
                why = _label_error(register.device)
                invite = hash_key(register.invite) if register.invite else ""
                return why or Register(register.password, register.device, invite)
            case "passwd":
                change = msgspec.convert(data, _PasswordData)
                return ChangePassword(change.password, change.new)
            case "revoke":
                return RevokeDevice(msgspec.convert(data, _DeviceData).device)
            case "devices":
                return ListDevices()
            case _:
                return Logout()
    except ValueError as exc:
        return bad_data(kind, exc)


def credentials_from(data: object, kind: str = "login") -> Credentials | Refused:
    """Return the credentials in the *data* of a `login` or a `hello`."""
    try:
        found = msgspec.convert(data, _CredentialsData)
    except ValueError as exc:
        return bad_data(kind, exc)
    if (found.password is None) == (found.key is None):
        reason = f'"{kind}" with an account has a "password" or a "key"'
        return Refused("bad_data", reason)
    if why := _label_error(found.device):
        return why
    key = hash_key(found.key) if found.key is not None else ""
    return Credentials(found.account, found.password, key, found.device)


def _label_error(label: str) -> Refused | None:
    if label.isprintable():
        return None
    return Refused("bad_data", '"device" has characters that cannot be printed')


def account_type_and_data(event: AccountInfo | Devices) -> tuple[str, Data]:
    """Return the type and the data for an *event* about the session's account."""
    if isinstance(event, AccountInfo):
        known = given(device=event.device, key=event.key)
        return "account", {"name": event.name, "role": role_name(event.role), **known}
    devices = [
        {
            "device": each.number,
            "label": each.label,
            "added": rfc3339(each.added),
            "current": each.is_current,
            "sessions": each.sessions,
        }
        for each in event.devices
    ]
    return "devices", {"devices": devices}
