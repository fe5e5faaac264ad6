"""What a person sees and types, and plain pipes.

``commands``         what a typed line means, and the table of commands
``completion``       what Tab makes of a line
``safe_text``        untrusted text to safe text, and colours
``line_wrapping``    one message as rows of a terminal
``size``             how wide a terminal is
``printer``          display items to lines of text or JSON
``prompt``           the interactive terminal; imported only on one
``key_bindings``     what the keys do there
``paste_detection``  pastes that the terminal does not mark
``paint_queue``      what is to be painted above the prompt
``output_stream``    a terminal as a stream that never blocks for long
``resizing``         the rows of the prompt when the width changes
``pipe``             standard input and output without a prompt
"""
