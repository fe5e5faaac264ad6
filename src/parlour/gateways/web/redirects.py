"""Redirects to addresses of this server."""

from flask import Response, request


def redirect(address: str, status: int = 302) -> Response:
    """Return a redirect to an address of this server; 303 after a form.

    The prefix under which the page is served is added to *address*.
    """
    return Response(status=status, headers={"Location": request.script_root + address})
