"""The event of the log for each act of the operator. It has no password, no hash."""

import logging
from typing import Final

from parlour.core.events import Refused
from parlour.core.protocol.admin_answers import Answer, Done
from parlour.core.protocol.admin_requests import Request
from parlour.core.protocol.process_answers import Reloaded
from parlour.core.roles import Role, role_name
from parlour.core.sessions.acts import parse_network

from ..event_log import log
from ..log_formats import Fact

ABOUT: Final = {
    "role": "role",
    "device": "device",
    "number": "number",
    "enabled": "enabled",
    "room": "room",
    "seconds": "seconds",
    "locked": "is_locked",
    "slow": "slow",
    "private": "is_private",
    "file": "file",
    "lowest": "level",
}
"""What the log has of a request besides the name: the attribute of each fact."""


def log_request(kind: str, request: Request, answer: Answer) -> None:
    """Log what became of a *request* of the type *kind*."""
    name = answer.name if isinstance(answer, Done) else getattr(request, "name", "")
    facts: dict[str, Fact] = {"act": kind}
    if name:
        # Of a user, or the address that is banned: both can be left out.
        facts["name" if parse_network(name) is None else "address"] = name
    for each, attribute in ABOUT.items():
        fact = getattr(request, attribute, None)
        if fact is not None and not (each == "number" and fact == 0):
            facts[each] = (
                role_name(fact) if isinstance(fact, Role) else str(fact).lower()
            )
    result = answer.code if isinstance(answer, Refused) else "done"
    if isinstance(answer, Reloaded) and answer.problems:
        result = "invalid"
    log(logging.INFO, "admin.act", None, **facts, result=result)
