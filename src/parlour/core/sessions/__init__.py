"""Connections and sessions, from arrival to close.

``connection``        one connection, its states, and why it is not read from
``capacity``          how many users and pages there may be
``address_limits``    how many connections one network address may have
``admission``         how a connection becomes a user or resumes a session
``resumption``        tokens: which sessions may resume, and whose names are reserved
``input_processing``  bytes from peers become commands, in bounded pieces
``command_handlers``  what each command does
``work_budget``       the share of each turn that one peer's input gets
``backpressure``      which peers are read from
``queue_limit``       the limit of the bytes that wait for all connections
``timers``            deadlines as data
``timeouts``          closes connections that stop inside a line or stop receiving
``heartbeat``         pings silent sessions
``closing``           how connections close, each once, with a code and a reason
``presence``          who joined, left or changed their name, for the log
"""
