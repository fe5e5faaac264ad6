"""Parlour: a group chat of two programs, a server and a terminal client.

Read the packages from the inside out:

``core``     the chat itself, without network, disk or clock
``history``  reading what was said: pages, search, retention
``journal``  recording it, in order; numbers messages
``server``   two drivers that carry bytes between sockets and the core
``client``   the terminal client
``gateways`` other ways in: the page, for browsers
``streams``  the standard streams, blocking or not, in any encoding
``cli``      commands and options
"""

__version__ = "0.1.0"
