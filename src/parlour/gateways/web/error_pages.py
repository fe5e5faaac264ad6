"""Responses to errors: JSON for the API, and pages for people."""

from collections.abc import Callable
from typing import Final

from flask import Flask, Response, jsonify, make_response, render_template, request

from parlour.core.events import LOBBY, RoomName
from parlour.core.storage import StorageError

from .parameters import QueryError, RoomNameError
from .rendering import sentence
from .requests import RETRY_AFTER, allowed_methods

ERRORS: Final = {
    404: ("not_found", "Page not found", "There is no page at this address."),
    405: (
        "not_allowed",
        "Method not allowed",
        "This address has no such method.",
    ),
    500: ("failed", "Server error", "An internal error occurred and was logged."),
}
"""The code, title and reason of responses by status."""


def add_error_pages(app: Flask) -> None:
    """Add the handlers of errors to *app*."""
    app.register_error_handler(RoomNameError, _bad_room_name)
    app.register_error_handler(QueryError, _bad_query)
    app.register_error_handler(StorageError, _chat_failed)
    for status in ERRORS:
        app.register_error_handler(status, _error_handler(status))


def error_page(
    status: int, code: str, title: str, reason: str, room: RoomName = LOBBY
) -> Response:
    """Return an error response: JSON for the API, a page for other addresses.

    The page leads back to *room*.
    """
    if request.path.startswith("/api/"):
        error = {"code": code, "reason": reason}
        return make_response(jsonify(error=error), status)
    page = render_template("error.html", title=title, reason=reason, room=room)
    return make_response(page, status)


def _bad_query(error: Exception) -> Response:
    return error_page(400, "bad_query", "Invalid address", f"{error}.")


def _bad_room_name(error: RoomNameError) -> Response:
    reason = sentence(f"{error}")
    status = 400 if request.path.startswith("/api/") else 404
    return error_page(status, error.code, "No such room", reason)


def _chat_failed(error: Exception) -> Response:
    code = error.code if isinstance(error, StorageError) else "history_failed"
    if code == "search_too_long":
        return _bad_query(error)
    reason = f"The chat does not respond: {error}."
    response = error_page(503, code, "The chat is not available", reason)
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def _error_handler(status: int) -> Callable[[Exception], Response]:
    code, title, reason = ERRORS[status]

    def respond(_: Exception) -> Response:
        response = error_page(status, code, title, reason)
        if status == 405:
            response.headers["Allow"] = allowed_methods(request.path)
        return response

    return respond
