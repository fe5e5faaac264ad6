"""The page: browsers join the chat, in the process of the server.

``gateway``        accepts connections, and tracks them
``http``           HTTP connections, with timeouts; an upgrade makes a WebSocket
``requests``       parses the head of a request
``allowed_hosts``  the hosts and origins that requests may have
``host_checks``    refuses and logs the others
``responses``      turns a request into a response
``workers``        the threads that render responses, with a bounded queue
``routes``         the Flask application: every address and its response
``parameters``     parses and validates the parameters of an address
``chat_queries``   what the routes read from the chat
``rendering``      messages and users for the templates
``safe_text``      makes untrusted text safe to show
``search_hits``    marks the words of a search in a text
``websocket``      WebSocket connections, which carry the lines of the chat
``fragments``      assembles lines from frames and their fragments
``scheduler``      gives each WebSocket a bounded part of a pass of the loop
``input_limit``    bounds the unprocessed input of all connections together
``ports``          what the gateway and its connections require of each other

The `templates` are complete pages without scripts. The scripts in `static` keep them
up to date: begin with `chat.js`.
"""
