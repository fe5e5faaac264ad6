"""Connections and sessions, from arrival to end.

``connection``        one connection and its states
``capacity``          how many users and pages there may be
``address_limits``    how many connections one network address may have
``admission``         how a connection becomes a member
``resumption``        tokens: who may resume, and which names are reserved until then
``input_processing``  processes what a peer sent, as far as it may
``command_handlers``  what each command does
``work_budget``       how much of one peer's input is processed in a turn
``backpressure``      whom the server reads from
``queue_limit``       the bound of all that waits for and from all connections
``timers``            deadlines as data
``heartbeat``         pings silent sessions
``closing``           how connections end, each once, with a code and a reason
``presence``          who joined, left or changed name, for the log
"""
