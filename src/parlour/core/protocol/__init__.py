"""The wire protocol: bytes to lines, lines to commands, events to bytes.

``line_buffer``        splits received bytes into lines, as they are processed
``foreign_protocols``  recognises HTTP, TLS and SSH by the shape of a line
``json_objects``       decodes a line as a JSON object, or explains why it is not one
``commands``           the commands of clients
``message_text``       the rules for the text of a message
``topic_text``         the rules for the topic of a room
``greeting_text``      the rules for the greeting of a server
``dialect``            the interface of a dialect: events to bytes, lines to commands
``plain``              the plain dialect: the assignment's protocol
``session``            the session dialect, and the encoder of its events
``session_decoder``    the decoder of its lines
``hello``              the ``hello`` with which a client chooses it, and the ``welcome``
``message_lines``      its lines about messages: commands and events
``room_lines``         those about rooms
``account_lines``      those about accounts, and their credentials
``order_lines``        those about what moderators do
``invitation_lines``   those about invitations
``admin_requests``     lines of the admin socket: requests of the operator
``process_requests``   those of them that are about the running server
``admin_answers``      lines of the admin socket: the answers to these
``process_answers``    the answers that are about the running server
``act_text``           what moderators do, and topics, in the words of the server
``tokens``             hashes of clients' tokens, and idempotency keys
``trace_lines``        received and sent bytes as lines of a trace
``redaction``          removes tokens from the lines of a trace
"""
