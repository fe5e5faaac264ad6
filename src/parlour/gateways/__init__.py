"""Gateways: ways into the chat other than the server's chat port.

``web``  the page: HTTP and WebSockets for browsers
"""
