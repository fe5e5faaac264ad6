"""The chat itself: no network, no disk and no clock.

Bytes go in and bytes come out. No function waits, and the time is an argument.
Read in this order:

``hub``         the driver contract; it connects the other parts
``events``      what the server sends
``storage``     what passes between the hub and the store: drafts and queries
``protocol``    lines, dialects, commands: bytes to commands and events to bytes
``names``       which names are allowed, which look alike, which are taken
``rooms``       a room: its members, and its events that are still pending
``sessions``    connections: admission, resumption, backpressure, commands, closing
``delivery``    recent events, and how each member gets them
``limits``      bounds: sizes and times
``rate_limit``  the token bucket
``counters``    totals since the start
``ports``       what drivers, gateways and transports provide for each other

Every message takes one path: ``protocol.input_buffer`` splits the bytes into lines, a
dialect decodes a line to a command, a command handler turns the command into a draft,
the journal (outside the core) records it, and the room appends it to its recent events.
Each member has a position in them; members at the same position are written the same
bytes object.
"""
