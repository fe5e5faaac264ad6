"""Finds out what is wrong with a server, or with the way to it: `parlour doctor`.

``findings``    what was found at each step, and what to do about it
``server``      all steps: addresses, connections, and those below
``encryption``  TLS, and what is wrong with a certificate
``lines``       reads lines from a server that may send anything
``greeting``    the hello: which dialect the server has, or why it has none
``session``     what a server with the session dialect offers, and how fast it is

A diagnosis enters no room, so that nobody in the chat notices it. Only a server of the
assignment, which has but one room, announces the connection.
"""
