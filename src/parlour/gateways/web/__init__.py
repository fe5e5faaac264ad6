"""The page: browsers join the chat through the server's own process.

``gateway``        accepts connections and knows each of them
``http``           HTTP with bounds, one request at a time
``requests``       what a request asks for, to the letter of HTTP
``allowed_hosts``  the names by which the page may be requested
``host_checks``    logs requests that were rejected for their Host or Origin
``responses``      from a request to its response
``workers``        threads that make responses, and the bounded queue before them
``routes``         every address of the page, and its response
``parameters``     the parameters of an address, or what is wrong with them
``chat_queries``   what the routes may ask of the chat
``rendering``      messages and people as a page shows them
``safe_text``      makes untrusted text safe to show
``search_hits``    where in a text the words of a search are
``websocket``      a WebSocket carries the same lines
``fragments``      puts lines together from fragments of frames
``scheduler``      gives each WebSocket a bounded part of a pass of the loop
``input_limit``    the bound of all unprocessed input together
``ports``          what these modules provide for each other

The page is whole before any script runs: `templates`. The scripts in `static` keep
it so while things happen: `chat.js` is the one to read first.
"""
