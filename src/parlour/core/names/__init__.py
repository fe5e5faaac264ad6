"""Names of members and rooms: validation, and conflicts between names.

``validation``   the rules for names of members
``room_names``   the rules for names of rooms
``folding``      when names are equal but for case or width
``conflicts``    names that are equal in this way, or look alike
``confusables``  characters that look alike (UTS #39)
``scripts``      the writing systems that a word may mix (UTS #39)
``colors``       the colour of a name
``mentions``     whether a message mentions a user
"""
