"""The chat itself: no network, no disk and no clock.

Bytes go in and bytes come out. Nothing here waits, and the time is an argument.
Read in this order:

``hub``         the driver contract: connections, sessions and the room put together
``events``      what the server sends
``storage``     what passes between the hub and the store: drafts and queries
``protocol``    lines, dialects, commands: bytes to commands and events to bytes
``names``       which names are allowed, which look alike, which are taken
``rooms``       a room: its members, and its events that are still pending
``sessions``    connections: admission, resumption, backpressure, commands, closing
``delivery``    recent events, and how each member gets them
``limits``      sizes and times: every bound of the core
``rate_limit``  the token bucket
``counters``    totals since the start
``ports``       what drivers, gateways and transports provide for each other

A message takes one path: ``protocol.input_buffer`` splits the bytes into lines, a
dialect decodes a line into a command, a command handler makes it a draft, the history
(outside the core) numbers it, and then the room's recent events contain it. A member
is a position in them; members at the same position share one bytes object per flush.
"""
