"""The page: a browser's door to the chat, inside the server's process.

``chat``       what the pages may ask of the chat
``pages``      every address of it, and what each answers
``queries``    what an address asks for, or what is wrong with it
``shown``      messages and people as a page shows them; ``text`` makes them safe
``hits``       where in a text the words are that were searched for
``hosts``      by which names the page may be asked for; ``refusals`` logs the others
``requests``   what a request asks for, to the letter of HTTP
``makers``     threads that make answers, and the bounded queue before them
``answers``    from a request to its answer
``websocket``  a WebSocket carries the same lines; ``fragments`` makes them out of
               frames, ``turns`` shares the loop, ``held`` bounds what waits
``front``      HTTP, with bounds; ``ports`` is what connections ask of the door
``door``       the door itself: what a driver opens

The page is whole before any script runs: `templates`. The scripts in `static` keep
it so while things happen: `chat.js` is the one to read first.
"""
