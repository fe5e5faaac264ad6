"""Drivers: they carry bytes between a kind of I/O and the core, and decide nothing.

``lifecycle``        from a configuration to a running server, and its shutdown
``config``           how a server is to run
``runtime``          what a driver serves: the hub, its recorder, listeners, gateways
``storage``          opens the journal and history that a server was told to keep
``sockets``          listens, names peers and sets sockets up
``asyncio_driver``   one thread and an event loop
``threaded_driver``  a thread per client
``event_loops``      the event loop
``signals``          what signals do
``console``          writes the chat to the server's own terminal
``event_log``        one event a line, never with message text
``log_limits``       bounds what peers can have logged
``trace``            every line of the wire, in a file
``status_report``    the banner, and a page of state

The driver contract
-------------------

Both drivers, and the tests, take these steps with a `Hub`. They are pure and quick;
one owner takes them: the event loop, or the holder of the one lock, which is never
held across a socket call or a commit.

1. A socket is accepted: `hub.connect(address, now)` gives a session, or says why
   not and what to send before the end.
2. Bytes came: `hub.receive(session, data, now)`; end of file, and a network that
   broke, is ``b""``.
3. Drafts are pending: append `hub.drafts()` to the history as one batch and report
   it with `hub.recorded(messages)` or `hub.refused(drafts, why)`. There are none
   while the last batch is out, or has yet to be told (step 5).
4. Somebody asks: read the history for each of `hub.questions()` and report it with
   `hub.answered(question, page)`. What `hub.ahead()` says is logged.
5. Something is due: write each of `hub.flush(now)` to all its sessions, in order,
   until it returns nothing that is due at once.
6. A transport filled up or drained: `hub.paused(session, unsent, now)`,
   `hub.resumed(session, now)`. It still owns what it was given.
7. Reading stops or goes on as `hub.reading()` says.
8. A deadline came: tell `hub.paused` again for each of `hub.lagging`, and
   `hub.expect(session, now)` for each of `hub.silent(now)` whose socket holds
   something to read; then `hub.tick(now)`. `hub.deadline(now)` is when to do that
   next; what is not later than `now` is due at once.
9. A session is over: for each of `hub.ended()` write its last bytes, send a FIN, go
   on reading and drop what comes, close at the end of file or at a deadline. Abort
   where it says so.
    What `hub.presences()` says is logged: who has come, gone or got another name.
10. The socket is gone: `hub.disconnect(session, now)`, once for each session.

Steps 3 to 9 are one *turn*. Whatever arrives in one turn of the loop is one batch.
"""
