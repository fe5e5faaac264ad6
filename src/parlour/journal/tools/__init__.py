"""Commands that work on a whole file.

``backup``      backs up a history while a server writes it, and restores a backup
``exporting``   exports a history as JSON lines
``importing``   imports a history from JSON lines
``json_lines``  a message as a line of JSON; ``room_lines`` has rooms,
                ``account_lines`` accounts and what keeps order, ``json_values`` times
                and names of rooms, and ``imported_tables`` collects what the lines
                about accounts say
``verify``      checks that a file is undamaged; ``message_check`` checks its messages,
                and ``report`` is the result
``administration``  carries out what the operator asks for, while no server runs
``inspection``  opens a file for reading only, even on read-only media
``progress``    reports the progress of a long operation
"""
