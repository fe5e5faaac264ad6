"""Delivery of events to connections.

All rooms:

``delivery``         what each connection receives, of all of its rooms
``subscriber``       one connection, and the rooms that it hears
``due_rooms``        the rooms that a flush visits
``private_events``   welcomes, answers and acknowledgements, each for one connection
``private_order``    the order of private events of several rooms
``joined_writes``    one write for each connection and flush
``recent_sizes``     the bound on the recent events of all rooms together
``unplaced``         private events that stand in no room's order
``erased_texts``     removes texts of erased messages from what is not delivered yet
``reports``          what the rooms report to the hub while they deliver

One room:

``room_delivery``    what to write to its members at each flush
``flush_schedule``   when to flush it
``recent_events``    its recent events
``message_positions``  where the messages are among them
``encoded_events``   their encodings, one per dialect
``member``           one member: its cursor, its private events, its state
``member_state``     the states of a member, and the table of their transitions
``member_sets``      the members in each state
``shared_cursors``   one cursor for all members that have received the same events
``opening``          the first event of a member about the room
``replay``           the messages that a resuming or lagging member missed
``catch_up``         the next events of a member that has its own cursor
``queued_answers``   the size of the large answers that are queued
"""
