"""Drivers: they move bytes between the network, the input and the conversation.

``ports``             the interfaces of a driver: the conversation, displays and prompts
``connecting``        a host name and a port to a connected socket
``transport``         a connected socket, and TLS between that and the conversation
``unwritten``         what the network has not taken yet
``origins``           where the secrets of a connection come from, and may be sent
``secure_server``     connects to a server with TLS that the user trusts
``tls_handshake``     the TLS handshake on a socket
``certificate_texts`` what the user reads about a certificate
``known_hosts``       the file with the servers that the user trusts
``private_file``      files that only their owner may change, such as that one
``threaded_driver``   one thread for the input, and one for the socket
``poller``            its wait for the socket, for a deadline, or for another thread
``asyncio_driver``    the same with coroutines
``key_file``          the file with the keys of this device
``password_command``  runs a command that writes a password
``terminal_input``    asks for a password, or yes or no, before the chat begins
``trace``             a file with every line that was sent or received
"""
