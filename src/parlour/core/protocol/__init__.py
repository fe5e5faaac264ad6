"""Bytes to lines, lines to commands, events to bytes.

``lines``              splits a stream into lines (the client)
``input_buffer``       holds received bytes until they are processed (the server)
``foreign_protocols``  recognises HTTP, TLS and SSH by the shape of a line
``json_objects``       reads a line as a JSON object, or says what is wrong with it
``commands``           what a client asks for
``message_text``       what the text of a message may contain
``dialect``            how an event becomes bytes and a line a command
``plain``              the plain dialect: the assignment's protocol
``session``            the session dialect, for clients that begin with ``hello``
``session_decoder``    decodes the lines of that dialect
``timestamps``         writes wall time as RFC 3339
``trace_lines``        received and sent bytes as lines of a trace
``redaction``          removes tokens from them
"""
