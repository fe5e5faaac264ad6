"""The server: drivers that move bytes between sockets and the core.

A driver decides nothing about the chat: what it does follows from the hub's answers.

``lifecycle``             the life of a server: from its configuration to its shutdown
``config``                the configuration
``runtime``               what both drivers serve: the hub, its recorder, listeners
``ports``                 what signals ask of a driver, and how a gateway is made
``asyncio_driver``        one thread and an event loop
``threaded_driver``       a thread per client
``transport_state``       the states of a socket transport, and what changes them
``rejected_connections``  a bound on rejected connections that are not closed yet
``sockets``               listening, and the options of accepted sockets
``addresses``             the addresses of peers and of this machine
``storage``               opens the journal and the history
``event_loops``           the event loop: uvloop or asyncio's own
``signals``               signals: stop, or print a page of state
``console``               the chat on the server's own terminal
``event_log``             the log, and the events that both drivers log
``log_formats``           the formats of the log: text and JSON
``log_limits``            a rate limit for events that peers can cause
``trace``                 a file of every line that is received or sent
``status_report``         the banner, and a page of state

The driver contract
-------------------

Both drivers, and the tests, take these steps with a `Hub`. They are quick and do no
I/O. One owner takes them: the event loop, or the holder of the one lock, which is
never held across a socket call or a commit.

1. A socket was accepted: `hub.connect(address, now)` returns a session, or why the
   connection is rejected and what to send before closing it.
2. Bytes arrived: `hub.receive(session, data, now)`. An end of file and a broken
   network are ``b""``.
3. Drafts are pending: append `hub.drafts()` to the journal as one batch and report
   the outcome with `hub.recorded(messages)` or `hub.refused(drafts, why)`. There are
   none while the last batch is being recorded or delivered (step 5).
4. Queries are pending: read the history for each of `hub.queries()` and report the
   answer with `hub.answered(query, page)`. Log what `hub.cursors_ahead()` returns.
5. Something is due: write each of `hub.flush(now)` to all its sessions, in order,
   until it returns nothing that is due at once.
6. A transport filled up or drained: `hub.paused(session, unsent, now)`,
   `hub.resumed(session, now)`. A transport keeps the bytes that it was given.
7. Stop or resume reading as `hub.reading_changes()` says.
8. A deadline passed: call `hub.paused` again for each of `hub.lagging`, and
   `hub.postpone_admission(session, now)` for each of `hub.silent_arrivals(now)` whose
   socket has unread bytes; then `hub.tick(now)`. `hub.deadline(now)` is when to do
   that next: at once if it is not later than `now`.
9. Sessions ended: for each of `hub.ended()` write its last bytes, send a FIN, read on
   and discard what arrives, and close at the end of file or at a deadline. Abort the
   connection if it says so. Log what `hub.presence_changes()` returns.
10. The socket is closed: `hub.disconnect(session, now)`, once for each session.

Steps 3 to 9 are one *turn*. Everything that arrives before a turn is one batch.
"""
