"""The chat itself: no network, no disk and no clock.

Bytes go in and bytes come out. No function waits, and the time is an argument.
Read in this order:

``hub``         the driver contract; it connects the other parts
``events``      the events that the server sends
``storage``     values that the hub and the store exchange: drafts, queries, pages
``protocol``    lines, dialects, commands: bytes to commands and events to bytes
``names``       names: validation, characters that look alike, the registry
``rooms``       a room: its members, and its events that are not delivered yet
``sessions``    connections: admission, resumption, backpressure, commands, closing
``delivery``    recent events, and their delivery to each member
``limits``      bounds: sizes and times
``rate_limit``  the token bucket
``counters``    totals since the start
``ports``       the interfaces between drivers, gateways and transports

Every message takes one path: ``protocol.line_buffer`` splits the bytes into lines, a
dialect decodes a line to a command, a command handler turns the command into a draft,
the journal (outside the core) records it, and the room appends it to its recent events.
Each member has a position in them; members at the same position are written the same
bytes object.
"""
