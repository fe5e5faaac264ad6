"""TLS: certificates, handshakes, and the step between ciphertext and lines.

``certificates``       loads a certificate and its key, and loads them again
``certificate_facts``  the names, the fingerprint and the expiry of a certificate
``certificate_error``  the error of a pair that cannot be used
``listening``          what a server with TLS has: listeners, certificates, bounds
``stream``             TLS as a step between bytes, without I/O
``handshakes``         bounds on the handshakes in progress
``log_events``         logs certificates and failed handshakes
``other_protocols``    answers to peers that do not speak TLS
``asyncio_transport``  TLS for one connection of an event loop
``asyncio_acceptor``   what these connections share

An accepted socket takes these stages, and the hub learns of it in the last one::

    accepted -> TLS handshake -> `hub.connect`

That of a trusted proxy sends a header before that (`proxy_protocol`).
"""
