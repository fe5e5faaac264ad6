"""Connections and sessions, from arrival to close.

``connection``        one connection, its states, and its reasons to pause reading
``capacity``          limits on users and open pages
``address_limits``    limits on the connections of one network address
``admission``         how a connection becomes a user or resumes a session
``resumption``        tokens: which sessions may resume, and whose names are reserved
``input_processing``  turns bytes from peers into commands, in bounded pieces
``command_handlers``  carries out commands
``work_budget``       limits the work of a turn, shared fairly by the peers
``backpressure``      pauses reading from peers
``queue_limit``       limits the bytes that wait, for all connections together
``timers``            deadlines as data
``timeouts``          closes connections that stop in mid-line or stop receiving
``heartbeat``         pings silent sessions
``closing``           closes connections, each once, with a code and a reason
``presence``          joins, leaves and renames, for the log
"""
