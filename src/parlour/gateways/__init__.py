"""Gateways: other ways into the chat than the chat port of the server.

``web``  the page: HTTP and WebSockets for browsers
"""
