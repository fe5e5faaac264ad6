"""How the members of a room get its events.

``recent_events``    the recent events of a room, encoded once per dialect
``member``           one member: how far it has heard, and its private events
``shared_cursors``   one cursor for all members that have heard the same
``catch_up``         what a member with its own cursor hears next
``replay``           what a returning or lagging member missed
``queued_answers``   how many bytes wait in private answers
``delivery``         all members of a room, by where they stand
"""
