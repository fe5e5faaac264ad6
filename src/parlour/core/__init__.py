"""The chat, minus the network, the disk and the clock.

Bytes go in, bytes come out; nothing here waits, and `now` is an argument.
Read in this order:

``events``      the words: commands a client says, events a room or a session hears
``lines``       bytes to lines: the only place where a stream is cut
``dialect``     what a dialect is: how an event becomes bytes, a line a command
``plain``       the assignment's protocol, to the letter
``names``       who may be called what
``limits``      sizes, times and the token bucket
``alarms``      deadlines as data
``log``         a room's recent events, encoded once per dialect
``pending``     what happened and was not told yet, in order
``crowd``       members, by where they stand in the log
``rooms``       a room: what happens in it, who is in it, what they hear
``connection``  what one peer said, and whether it is listened to
``commands``    what follows from a command
``gates``       whose input is taken
``hub``         who comes, who is heard, what is due to whom, who goes
``counters``    what has happened, in plain integers

A message takes one way: ``lines`` cuts it out of the stream, a dialect decodes
it, the hub makes it a draft, a history (outside) numbers it, and because the
history says so the room's log hears it. A member is a position in that log;
those who stand at its head share one bytes object per flush.
"""
