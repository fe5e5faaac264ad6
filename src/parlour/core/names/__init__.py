"""Names of members and rooms: validation, and conflicts between names.

``validation``   the rules for names of members
``room_names``   the rules for names of rooms
``conflicts``    names that are equal but for case or width, or look alike
``confusables``  characters that look alike (UTS #39)
``scripts``      the writing systems that a word may mix (UTS #39)
``colors``       the colour of a name
"""
