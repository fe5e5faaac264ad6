"""The server: drivers that move bytes between sockets and the core.

A driver makes no decisions about the chat: it acts on the results of the hub.

``lifecycle``             a server's lifecycle, from its configuration to its shutdown
``config``                the configuration
``listeners``             the sockets on which it listens, also for ``localhost``
``announcement``          what it says once it accepts connections
``banner``                the banner, with the addresses of these
``runtime``               the hub, recorder and listeners that both drivers serve
``batch_times``           how long messages take to be stored and told
``recording``             lets a batch be recorded before connections are admitted
``early_connections``     a bound on connections that the hub does not know yet
``drain``                 which clients hold up the shutdown, and how long
``reloading``             applies a changed configuration to a running server
``expired_timers``        processes expired timers
``driver_contract``       the steps that a driver takes with the hub
``drivers``               loads one of the two drivers
``hub_queries``           the questions of gateways, which both answer alike
``asyncio_driver``        one thread and an event loop
``threaded_driver``       a thread per client
``transport_state``       the states of a socket transport, and what changes them
``rejected_connections``  a bound on rejected connections that are not closed yet
``sockets``               listening, and the options of accepted sockets
``addresses``             the addresses of peers, of listeners and of this machine
``proxy_protocol``        the PROXY protocol: whose connection a proxy passes on
``tls``                   TLS: certificates, handshakes, encryption
``passwords``             checks passwords, one at a time, in a thread
``password_hashing``      compares and hashes passwords
``admin_socket``          requests of the machine's operator
``monitoring``            health checks and metrics over HTTP
``systemd``               the server as a service of systemd
``storage``               opens the journal and the history
``event_loops``           the event loop: uvloop or asyncio's own
``signals``               the signals that stop a driver, reload or print its state
``console``               the chat on the server's own terminal
``event_log``             the log, and the events that both drivers log
``log_formats``           the formats of the log: text and JSON
``log_limits``            a rate limit for events that peers can cause
``trace``                 a file of every line that is received or sent
``status_report``         the report of a server's state
"""
