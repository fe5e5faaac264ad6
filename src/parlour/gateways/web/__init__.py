"""The web gateway: browsers join the chat, in the server's process.

``gateway``           accepts connections, and tracks them
``http``              HTTP connections, with timeouts, and upgrades to WebSockets
``requests``          parses the head of a request
``allowed_hosts``     the allowed hosts and origins of requests
``host_checks``       refuses and logs requests with other hosts and origins
``responses``         turns a request into a response
``workers``           the threads that render responses, with a bounded queue
``routes``            the Flask application: every address and its response
``pages``             the pages for people: templates with their values
``api``               the same as JSON objects
``paths``             the addresses of rooms and messages
``parameters``        parses and validates the parameters of an address
``chat_queries``      queries of the chat, for the routes
``form_session``      says the message of a form in a session of its own
``rendering``         messages and users for the templates
``rendered_text``     the markup of a text for the templates
``safe_text``         makes untrusted text safe to display
``security_headers``  the security headers of every page
``websocket``         WebSocket connections, which carry the lines of the chat
``line_assembly``     assembles lines from frames and their fragments
``scheduler``         processes the input of WebSockets in turn, in bounded slices
``input_limit``       bounds the unprocessed input of all connections together
``ports``             the interfaces between the gateway and its connections

The `templates` are complete pages without scripts. The scripts in `static` keep them up
to date; `chat.js` is the entry.
"""
