"""The asyncio driver: one thread, on uvloop where the platform has it.

``driver``      takes turns with the hub
``acceptor``    accepts connections, with TLS and without
``transports``  the transports of accepted sockets and of gateways
"""
