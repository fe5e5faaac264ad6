"""The terminal for a screen reader: what is written is said, and nothing moves.

``formatter``  display items as sentences
``held_items`` items that wait while a line is typed, and counts of many
``renderer``   the typed line, without cursor movement
``prompt``     all of this together
"""
