"""TLS: certificates, handshakes, and connections; `system.tls` is the step in between.

``certificates``       loads a certificate and its key, and loads them again
``certificate_error``  the error of a pair that cannot be used
``listening``          what a server with TLS has: listeners, certificates, bounds
``handshakes``         bounds on the handshakes in progress
``log_events``         logs certificates and failed handshakes
``other_protocols``    answers to peers that do not speak TLS
``asyncio_transport``  TLS for one connection of an event loop
``asyncio_acceptor``   what these connections share

An accepted socket takes these stages, and the hub learns of it in the last one::

    accepted -> TLS handshake -> `hub.connect`

That of a trusted proxy sends a header before that (`proxy_protocol`).
"""
