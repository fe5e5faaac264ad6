"""Redirects to addresses of this server."""

from flask import Response


def redirect(address: str, status: int = 302) -> Response:
    """Return a redirect to an address of this server; 303 after a form."""
    return Response(status=status, headers={"Location": address})
