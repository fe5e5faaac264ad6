"""Names of members: which are allowed, and which conflict with others.

``validation``   which names are allowed
``registry``     which names are taken
``confusables``  which characters look alike (UTS #39)
``scripts``      which writing systems a word may mix (UTS #39)
``colors``       the colour of a name
"""
