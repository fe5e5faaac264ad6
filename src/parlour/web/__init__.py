"""The page: a browser's door to the chat, inside the server's process.

``chat``       what the pages may ask of the chat
``text``       untrusted text, safe to look at
``pages``      the pages, made by Flask; ``templates`` and ``static`` are theirs
``hosts``      by which names the page may be asked for
``websocket``  a WebSocket carries the same lines
``front``      HTTP, with bounds
``door``       the door: what a driver opens
"""
