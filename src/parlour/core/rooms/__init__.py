"""A room and its members.

``room``     a named place with members and recent events
``roster``   who is in it
``pending``  what has happened and has yet to be told, in order
"""
