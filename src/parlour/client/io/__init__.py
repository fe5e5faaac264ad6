"""Drivers of the client: they move bytes and decide nothing.

``ports``            what drivers are given, and what a screen and a prompt provide
``connecting``       host name and port to a connected socket
``threaded_driver``  one thread for the keyboard and one for the socket
``asyncio_driver``   the same with coroutines
``trace``            every line of the wire, in a file
"""
