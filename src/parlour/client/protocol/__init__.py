"""The client's side of the protocol: a library without typing, terminal and network.

A program that chats, such as a bot, starts with four names: a `Connection` sends the
requests in an `Outbox` and adds what it receives to a `DisplayQueue`; `requests` are
what may be sent::

    display, outbox = DisplayQueue(), Outbox()
    connection = Connection(
        display, outbox, name="bot", rooms=("lobby", "dev"), token=token, now=now
    )
    outbox.add(Say("the build is green", room="dev"), now)
    outbox.add(Direct("romeo", "and so is yours"), now)  # opens a room of the two
    connection.flush(now)  # then write connection.send_buffer.take()
    connection.receive(data, now)  # then read display.take(), and flush again
    for item in display.take():
        if isinstance(item, ChatMessage) and item.text == "!help":
            outbox.add(Say("I report builds", room=item.room), now)

The *token* is a random secret: without one, the client uses the plain dialect, which
has one room.

The modules, in reading order:

``secret``            passwords and keys, which are not shown by accident
``requests``          the requests that a client sends
``display_items``     the items to show: messages, answers and notes, as values
``order_requests``    those by which moderators keep order
``account_items``     those about accounts
``invitation_links``  links with the code of an invitation
``private_names``     names of new private rooms
``order_items``       those about keeping order
``local_commands``    commands that the client answers itself
``display_queue``     the items to show next, in order
``queued_request``    a request, and what the client knows about it
``in_flight``         requests that a session server has not answered
``outbox``            requests until they are answered, and those to send again
``line_splitter``     splits received bytes into lines
``acknowledgements``  echoes of a plain server, which acknowledge lines
``own_lines``         lines of the user until the server sends them back
``pending_lines``     lines shown as pending, and overdue answers
``plain``             the plain dialect: requests to lines, and lines to messages
``notices``           the notices of a plain server, and what they mean
``server_events``     the events of the session dialect
``order_encoder``     requests by which moderators keep order, as parameters
``session_encoder``   the session dialect: requests to lines
``wire_values``       values of the wire, which are untrusted
``account_decoder``   the events about accounts
``order_decoder``     the events about keeping order
``invitation_decoder``  those about invitations
``session_decoder``   the session dialect: lines to events, within bounds
``cursor``            the position in a room's history: duplicates and gaps
``unnumbered``        the messages that were shown before their sequences were known
``rooms``             the rooms that the client is in, or wants to be in
``nickname``          the name that is wanted, and the name that the server uses
``initial_name``      holds lines back until a server grants the initial name
``sign_in``           whether the client is signed in to an account
``negotiation``       whether the server supports hello, and the phase of a connection
``early_lines``       plain lines before the welcome
``send_buffer``       the bytes for the server
``client_state``      what the handlers of both dialects share
``hello``             the first line of a connection
``request_sender``    sends requests in the dialect of the connection
``ignored_users``     the users whose messages are hidden
``entry_questions``   the questions on entering a room: recent messages, users
``read_marks``        tells the server how far the user has read the rooms
``replays``           the messages missed before a reconnect, and their number
``room_handler``      the handler of entries into rooms, and of their ends
``message_handler``   the handler of messages, gaps and notices in them
``plain_handler``     the handler of the lines of a plain server
``account_handler``   the handler of the events about accounts
``order_handler``     the handler of the events about keeping order
``invitation_handler``  the handler of those about invitations
``refusals``          the handler of errors: which request was refused
``user_lists``        lists of users, which arrive in parts
``event_handler``     the handler of the events of a session server
``answers``           answers to requests, as display items
``line_handler``      hands each received line to the handler of its dialect
``heartbeat``         pings, and the timeout of a server that does not respond
``reconnect``         the backoff between attempts, and the duration of an outage
``connection``        all of this together, for one connection after another
"""
