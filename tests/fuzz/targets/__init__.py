"""The functions that fuzzing calls.

==========  ==========================================================================
Module      Targets
==========  ==========================================================================
`hub`       lines of strangers in the whole hub, and in each dialect
`texts`     names, rooms, markup, searches, text to show, traces
`client`    lines of a hostile server in the client and its terminal; the file of keys
`page`      HTTP, forms, cookies and WebSockets at the gateway of the page
`operator`  lines of the admin socket, requests to the ops port
`files`     the file of settings, exports to import, changed rows of a history
`tls`       ciphertext
`network`   headers of proxies
==========  ==========================================================================
"""
