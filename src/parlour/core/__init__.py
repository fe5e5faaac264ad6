"""The chat, minus the network, the disk and the clock.

Bytes go in, bytes come out; nothing here waits, and `now` is an argument.
Read in this order:

``events``      the words that a room or a session hears, or that pass beside them
``speech``      the words that a client says
``lines``       bytes to lines, in the client
``input``       what a peer has sent and the server has not processed yet
``foreign``     other protocols, recognised by the shape of a line
``dialect``     what a dialect is: how an event becomes bytes, a line a command
``objects``     a line that should be a JSON object, and what is wrong with it
``plain``       the assignment's protocol, to the letter
``session``     the dialect of those who begin with hello; ``hearing`` is its other
                half, and ``times`` how it writes a moment
``texts``       what a message may say
``names``       who may be called what, with ``confusables``, which look alike, and
                ``scripts``, which nobody mixes
``hues``        the colour of a name
``limits``      sizes, times and the token bucket
``alarms``      deadlines as data
``log``         a room's recent events, encoded once per dialect
``pending``     what happened and was not told yet, in order
``members``     how far one has heard, and what is for its ears only
``replay``      what one that comes back or falls behind has missed
``fronts``      where nearly everybody stands in the log
``backlog``     what one that is not at the front hears next
``answers``     how many bytes wait in answers that members have not been given
``crowd``       members, by where they stand in the log
``roster``      who is in a room
``rooms``       a room: what happens in it, who is in it, what they hear
``presence``    who comes, goes and is renamed, for the log
``connection``  what one peer said, and whether it is listened to
``capacity``    how many may be here at a time
``addresses``   how many of them from one network address, and how fast
``holds``       tokens: who may come back, and whose name is held until then
``admission``   who comes in, by which name, and who comes back
``endings``     how sessions end, each once, with a code and a reason
``commands``    what follows from a command
``queues``      how many bytes wait for all connections together
``gates``       whose input is taken
``work``        how much of one peer's input is processed before others have their turn
``intake``      what a peer sends: who is heard now, how far, and what has to wait
``heartbeat``   is a session still there
``hub``         who comes, who is heard, what is due to whom, who goes
``trace_lines`` bytes of the wire as lines of a trace; ``redaction`` takes tokens out
``doors``       what a driver and a side door know of each other
``counters``    what has happened, in plain integers

A message takes one way: ``input`` cuts it out of the stream, a dialect decodes
it, the hub makes it a draft, a history (outside) numbers it, and because the
history says so the room's log hears it. A member is a position in that log;
those who stand at its head share one bytes object per flush.
"""
