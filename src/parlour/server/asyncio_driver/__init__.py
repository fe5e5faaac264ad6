"""The asyncio driver: one thread, on uvloop where the platform has it.

``driver``      carries bytes between transports and the hub
``transports``  one connection, and the console
"""
