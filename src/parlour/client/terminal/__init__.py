"""Input and output of the client, with a prompt on a terminal or in a plain pipe.

``command_table``    the table of commands
``command_help``     the help about commands
``similar_commands`` the command that an unknown word means
``account_commands`` those about accounts, and lines that may hold a secret
``typed_names``      names in typed commands, which may be quoted
``order_commands``   those by which moderators keep order
``commands``         parses typed lines
``completion``       Tab completion of commands, rooms and names
``safe_text``        untrusted text to safe text
``colors``           how many colours a terminal has, and those of names
``line_wrapping``    a message as rows of a terminal
``size``             the size of a terminal
``prompt_status``    the text before the typed line
``shown_items``      display items with their room in front
``formatter``        display items to lines of text
``look``             how a prompt shows messages and its own state
``rich``             the style with columns and a status line
``background``       whether the background of the terminal is light or dark
``screen_reader``    sentences for a screen reader, in place of a style
``json_output``      lines of the wire to lines of JSON, for programs
``prompt``           the interactive terminal; imported only where there is one
``prompt_session``   its session of prompt_toolkit, which draws the typed line
``key_bindings``     the keys of the prompt
``attention``        whether the user looks at the terminal
``alerts``           the divider, the bell and notifications for one who does not
``focus_input``      keys of a terminal that reports its focus
``input_history``    the typed lines, kept for the next run
``paste_detection``  pastes that the terminal does not mark
``paint_queue``      items that are to be painted above the prompt
``painter``          paints them there, when the terminal can take them
``output_stream``    a terminal as a stream that never blocks for long
``resizing``         the rows of the prompt when the width changes
``pipe``             standard output and standard error without a prompt
``standard_input``   standard input without a prompt, read in a thread
"""
