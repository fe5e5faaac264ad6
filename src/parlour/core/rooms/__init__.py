"""A room and its members.

``room``     a named place with members and recent events
``roster``   who is in it
``steps``    what can happen in a room besides messages
``pending``  drafts and steps that wait for the history, in order
"""
