"""The asyncio driver: one thread, on uvloop where the platform has it.

``driver``      takes turns with the hub
``transports``  the transports of accepted sockets and of gateways
"""
