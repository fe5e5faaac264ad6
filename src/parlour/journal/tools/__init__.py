"""Commands for a whole file.

``backup``         copies a file while a server runs, and restores a copy
``transfer``       exports to text and imports from it
``message_lines``  one message as a line of text
``verify``         checks that a file is undamaged
``inspection``     opens a file to read it, also on read-only media
``atomic_copy``    writes a new file that replaces another as a whole, or not at all
``progress``       reports how far the work is
"""
