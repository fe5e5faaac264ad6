"""The threaded driver: a thread per client that reads, and one that writes for all.

``driver``          carries bytes between blocking sockets and the hub
``transports``      one connection, and the console
``shared_state``    the hub and its transports, and the one lock around them
``acceptor``        accepts connections in a thread
``poller``          what wakes the writing thread
``gateway_transport``  connections of gateways, which have a loop of their own
``gateway_thread``  the thread of that loop
"""
