"""Parlour: a group chat of two programs, a server and a terminal client.

Read the packages from the inside out:

``core``      the chat itself, without network, disk or clock
``history``   reads messages: pages, search, retention
``journal``   records messages in order, and numbers them
``server``    two drivers that move bytes between sockets and the core
``gateways``  other ways in: the page, for browsers
``client``    the terminal client
``system``    standard streams, encodings, trace files, resource limits
``cli``       command lines
"""

__version__ = "0.1.0"
