"""The event loop: uvloop where the platform has it."""

import asyncio

try:
    import uvloop
except ModuleNotFoundError:  # a platform without it
    LOOP, new_event_loop = "asyncio", asyncio.new_event_loop
else:
    LOOP, new_event_loop = "asyncio on uvloop", uvloop.new_event_loop
