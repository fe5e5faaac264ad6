"""The admin socket: requests of the machine's operator to a running server.

``opening``       opens it for a server, if that is possible
``location``      where the socket of a server is
``listener``      opens it, and removes it at the end
``service``       the threads that read requests and write answers
``requests``      requests that wait for the hub
``process_acts``  requests about the running process
``log_events``    the event of the log for each request
``client``        asks a server, for the command line
``lines``         reads one line of a socket, bounded in size and time
"""
