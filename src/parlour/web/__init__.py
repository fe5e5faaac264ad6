"""The page: a browser's door to the chat, inside the server's process.

``chat``       what the pages may ask of the chat
"""
