"""The event of the log for each act of the operator. It has no password, no hash."""

import logging
from typing import Final

from parlour.core.events import Refused
from parlour.core.protocol.admin_answers import Answer, Done
from parlour.core.protocol.admin_requests import Request
from parlour.core.roles import Role, role_name
from parlour.core.sessions.acts import parse_network

from ..event_log import log
from ..log_formats import Fact

ABOUT: Final = ("role", "device", "invitation", "enabled", "room", "seconds")
"""The parts of a request that are logged, besides the name."""


def log_request(kind: str, request: Request, answer: Answer) -> None:
    """Log what became of a *request* of the type *kind*."""
    name = answer.name if isinstance(answer, Done) else getattr(request, "name", "")
    facts: dict[str, Fact] = {"act": kind}
    if name:  # of a user, or the address that is banned: both can be left out
        facts["name" if parse_network(name) is None else "address"] = name
    for each in ABOUT:
        if (fact := getattr(request, each, None)) is not None:
            facts[each] = (
                role_name(fact) if isinstance(fact, Role) else str(fact).lower()
            )
    result = answer.code if isinstance(answer, Refused) else "done"
    log(logging.INFO, "admin.act", None, **facts, result=result)
