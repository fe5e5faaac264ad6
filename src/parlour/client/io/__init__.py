"""Drivers: they move bytes between the network, the input and the conversation.

``ports``             the interfaces of a driver: the conversation, displays and prompts
``connecting``        a host name and a port to a connected socket
``threaded_driver``   one thread for the input, and one for the socket
``poller``            its wait for the socket, for a deadline, or for another thread
``asyncio_driver``    the same with coroutines
``key_file``          the file with the keys of this device
``password_command``  runs a command that writes a password
``terminal_input``    asks for a password before the chat begins
``trace``             a file with every line that was sent or received
"""
