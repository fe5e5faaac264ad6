"""The threaded driver: a thread per client that reads, and one that writes to all.

=====================  ================  =============================================
Module                 Thread            Contents
=====================  ================  =============================================
``driver``             main              takes turns with the hub
``shared_state``       any               the hub and its transports, and their lock
``locked_hub``         any               steps with the hub that take the lock
``acceptor``           one per listener  admits connections, or rejects them
``listening``          main              the acceptors, and how each of them admits
``early_sockets``      one per client    admits sockets that the chat does not know yet
``proxy_headers``      one per client    reads the header of a trusted proxy
``handshaking``        one per client    shakes hands with a client that uses TLS
``reader_threads``     one per client    reads from a client
``transports``         main and readers  the transport of one socket
``tls_transport``      main and readers  the transport of one socket with TLS
``draining_sockets``   main              sends unsent bytes, and closes connections
``poller``             main              waits for sockets, and for other threads
``gateway_thread``     one per gateway   the thread and the loop of a gateway
``gateway_server``     a gateway's       the interface of the server for a gateway
``gateway_transport``  main and its      hands output to the loop of a gateway
=====================  ================  =============================================

One Python thread runs at a time. If each client had a thread that writes, all of them
would queue for the interpreter's lock at every message. So the main thread writes to
all clients: it never blocks in a send, and polls the sockets that have unsent bytes.
"""
