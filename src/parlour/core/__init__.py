"""The chat itself: no network, no disk and no clock.

Bytes go in and bytes come out. No function waits, and the time is an argument.
Read in this order:

``hub``              the driver contract; it connects the other parts
``entries``          everything that others can notice, as values that a journal orders
``state``            the state of the chat: a fold over the entries
``events``           the events that the server sends
``storage``          values that the hub and the store exchange: state, queries, pages
``account_changes``  what an entry changes in an account, in the state and the store
``protocol``         lines, dialects, commands: bytes to commands and events to bytes
``names``            names of users and rooms: validation, characters that look alike
``sessions``         connections: admission, backpressure, commands, entries, closing
``delivery``         recent events of rooms, and what each connection receives
``administration``   what the operator of the machine asks for, as entries and answers
``admin_acts``        such an entry, and the questions for the history before one
``admin_lists``      the lists among these answers
``online_lists``     the lists of users and rooms, while a server runs
``checks``           passwords to check, which takes place outside of the core
``roles``            the roles of people
``order_rules``      what entries that keep order change, in the state and the store
``invitation_rules`` what entries change in invitations, as above
``rules``            what the administrator of a server has chosen
``timestamps``       wall times as text
``log_level``        the levels of the log
``durations``        times as people write them
``typed_numbers``    numbers where people may also write names
``limits``           bounds: sizes and times
``rate_limit``       the token bucket
``default_ports``    the ports of a server that has no others
``loopback``         the names and addresses that mean this machine
``hosts``            the hosts that requests may name
``proxies``          the proxies that may say who is behind them
``counters``         totals since the start
``gauges``           numbers of the present, for whoever watches the server
``histogram``        values counted by size
``ports``            the interfaces between drivers, gateways and transports

Every change takes one path: ``protocol.line_buffer`` splits the bytes into lines, a
dialect decodes a line to a command, a command handler proposes an entry, the journal
(outside the core) puts the entries of all sessions in one order, and `State.apply`
applies them. It returns effects; from these, delivery appends events to rooms. Each
member has a position in the events of a room; members at the same position are written
the same bytes object.
"""
