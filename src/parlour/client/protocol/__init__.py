"""The protocol as a client speaks it: no typing, no terminal, no network.

``requests``          what a client asks of a server
``display_items``     what there is to show, as values
``display_queue``     what is to be shown next, in order
``plain``             the plain dialect
``notices``           notices of a plain server, as events
``session_encoder``   the session dialect: requests to lines, and its events
``session_decoder``   lines to events, within bounds
``answers``           the words for answers to one's own requests
``cursor``            how far this client has heard
``nickname``          the name that is wanted, and the name that the server gave
``initial_name``      whether a pipe may speak under the name of the command line
``outbox``            what was entered, until a server has taken it
``pending_lines``     lines that are shown as pending, and overdue answers
``acknowledgements``  lines that a plain server sends back, and how long to wait
``send_buffer``       bytes on their way to the server
``negotiation``       whether the server supports ``hello``
``early_lines``       plain lines that come before the welcome
``event_handler``     what follows from each event of the session dialect
``connection``        what is sent and received on one connection after the other
``heartbeat``         whether the server still responds
``reconnect``         when to connect again
``outage``            how long there was no connection
"""
