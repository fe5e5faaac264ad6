"""Delivery of the rooms' events to the connections that hear them.

``delivery``        all rooms: which connection hears what, in one write per flush
``room_delivery``   the delivery of one room: what to write at each flush
``recent_events``   the recent events of a room
``encoded_events``  the encodings of the recent events, one per dialect
``recent_sizes``    the bound on the recent events of all rooms together
``flush_schedule``  when a room is flushed
``member``          one member: its cursor, its private events, its state
``member_state``    the states of a member, and the table of their transitions
``member_sets``     the members of a room in each state
``shared_cursors``  one cursor for all members that have received the same events
``opening``         the first event of a member about its room
``replay``          the messages that a resuming or lagging member missed
``catch_up``        the next events of a member that has its own cursor
``unplaced``        private events that stand in no room's order
``joined_writes``   one write for each connection, from those of several rooms
``queued_answers``  the size of the large answers that are queued
``reports``         what the rooms report to the hub while they deliver
"""
