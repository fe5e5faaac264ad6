"""The server as a service of systemd, without its libraries.

All of it depends on environment variables that the service manager sets. Each is
removed once it was read, so that no other program takes it for its own.

``notification``       tells the service manager what the server is doing
``socket_activation``  takes over sockets that the service manager listens on
``journal_stream``     finds out whether standard error is systemd's journal
"""
