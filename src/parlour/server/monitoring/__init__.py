"""Health, readiness and metrics over HTTP, for whoever runs the server: `--ops-port`.

It has a thread of its own, so that no scraper disturbs the chat. It learns about the
chat from a reading, which the driver takes in one of its turns: a driver that takes no
turns is not healthy.

``opening``          opens it, if it is configured
``monitor``          the thread, and what it answers to each path
``http``             one request and its response
``readings``         the numbers that the driver reads in a turn
``turn_readings``    asks the driver for them
``health``           whether the server is healthy, and ready
``metric``           one metric: a row of the table
``metrics``          the table of all metrics, in the modules that follow
``user_metrics``     connections, sessions and accounts
``message_metrics``  messages: how many there are, and how late
``history_metrics``  the journal, the history, and the server itself
``tls_metrics``      the certificate, and TLS handshakes
``exposition``       the metrics in the formats of Prometheus
``versions``         the versions of the programs that make up a server
"""
