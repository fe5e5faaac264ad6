"""Delivery of a room's events to its members.

``recent_events``   the recent events of a room
``encoded_events``  the encodings of the recent events, one per dialect
``member``          one member: its cursor, its private events, its state
``member_state``    the states of a member, and the table of their transitions
``member_sets``     the members of a room in each state
``shared_cursors``  one cursor for all members that have received the same events
``replay``          the messages that a resuming or lagging member missed
``catch_up``        the next events of a member that has its own cursor
``queued_answers``  the size of the large answers that are queued
``delivery``        the delivery of one room: what to write at each flush
"""
