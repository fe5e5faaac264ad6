"""The PROXY protocol, by which a proxy says whose connection it passes on.

``listening``         the proxies of a server, and a bound
``header``            parses the header of both versions, without I/O
``refused``           logs and answers connections without a valid header
``asyncio_acceptor``  reads headers in an event loop
``asyncio_stage``     one connection there, until its header is complete

In the threaded driver, `threaded_driver.proxy_headers` reads them. A connection of a
trusted proxy takes one more stage than others, before any TLS handshake::

    accepted -> header -> TLS handshake -> `hub.connect`
"""
