"""The style `rich` of the terminal: times, names and texts in columns.

``formatter``  display items as rows
``made_rows``  rows that are no person's: with a sign in place of a name, and dividers
``columns``    rows of a terminal: texts after what stands before them, dividers
``layout``     the columns of a terminal of some width
``status``     lines under way, the status line and the prompt
``on_screen``  what is on the screen already: the day, the minute, the speaker
``signs``      signs in the column of names
``presence``   who came and went, in one row
``styles``     styles of parts of a text that is wrapped later
"""
