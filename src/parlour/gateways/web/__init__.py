"""The web gateway: browsers join the chat, in the server's process.

``gateway``           accepts connections, and tracks them
``http``              HTTP connections, with timeouts, and upgrades to WebSockets
``requests``          parses the head of a request
``forwarded``         who sends a request that proxies have passed on
``allowed_origins``   the allowed hosts and origins of requests
``host_checks``       refuses and logs requests with other hosts and origins
``responses``         turns a request into a response
``wsgi_environment``  a request as an environment of WSGI
``workers``           the threads that render responses, with a bounded queue
``routes``            the Flask application: every address and its response
``error_pages``       responses to errors
``redirects``         redirects to addresses of this server
``identity``          who sends a request, by its cookies
``account_routes``    sign in, register, sign out, devices and the password
``order_routes``      the pages on which moderators keep order
``audit_routes``      the pages with the audit log
``order_acts``        what their forms say, as lines of the chat
``room_form_routes``  the forms that enter rooms and mark them as read
``account_forms``     carries out what such forms ask, in sessions of their own
``pages``             the pages for people: templates with their values
``api``               the same as JSON objects
``paths``             all addresses that the pages refer to
``parameters``        parses and validates the parameters of an address
``chat_queries``      queries of the chat, for the routes
``visitor_queries``   the same for one person, who may be banned from rooms
``cookies``           the cookies of accounts and forms
``form_tokens``       the tokens without which another site cannot send a form
``hub_session``       sessions that the gateway opens itself, for forms
``say_route``         the form that sends a message
``form_session``      says the message of a form in such a session
``accounts``          signs in, registers and the like in such sessions
``rendering``         messages and users for the templates
``rendered_rooms``    rooms and invitations for the templates
``rendered_order``    sanctions, invitations and acts for those who keep order
``rendered_text``     the parts of a text by its markup
``text_html``         texts as HTML, of which the last ones are kept
``safe_text``         makes untrusted text safe to display
``security_headers``  the security headers of every page
``websocket``         WebSocket connections, which carry the lines of the chat
``handshake``         who may open a WebSocket, and as whom
``hello_credentials`` adds the key of the cookie to the hello of a page
``frames``            encodes frames
``line_assembly``     assembles lines from frames and their fragments
``scheduler``         processes the input of WebSockets in turn, in bounded slices
``input_limit``       bounds the unprocessed input of all connections together
``ports``             the interfaces between the gateway and its connections

The `templates` are complete pages without scripts. The scripts in `static` keep them up
to date; `chat.js` is the entry.
"""
