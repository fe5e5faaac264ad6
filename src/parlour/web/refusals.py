"""What is logged of those who are not let in for what their headers say."""

import logging


def log_refusal(peer: str, code: str, host: str, origin: str | None) -> None:
    """Log that a request of *peer* was refused for its Host or its Origin.

    Anybody can cause it at will, so that it is limited (see `server.log_limits`).
    """
    facts = {
        "address": peer,
        "code": code,
        "host": host[:100],
        "origin": None if origin is None else origin[:100],
    }
    extra = {"facts": facts, "is_limited": True}
    logging.getLogger("parlour").warning("page.refused", extra=extra)
