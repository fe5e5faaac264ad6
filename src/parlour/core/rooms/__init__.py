"""A room and its members.

``room``            a named place with members and recent events
``roster``          the users of a room
``steps``           what can happen in a room besides messages
``pending``         the drafts and steps that wait for the journal, in order
``step_handlers``   what each step changes and which events it causes
``flush_schedule``  when a room is flushed: messages at once, notices a little later
"""
