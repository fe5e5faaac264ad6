"""The rooms that the client is in, as its user sees them.

``labels``        how rooms are named on the screen
``unread``        the unread messages of a room
``recall``        the last messages of all rooms, to show them again
``joined_rooms``  the rooms, and the current one
``destination``   where the next line goes: also a room that is not entered yet
``open_rooms``    the names of the server's open rooms, for Tab
``notes``         the client's words about rooms
``account_notes`` its words about accounts
``order_notes``   its words about keeping order
``room_status``   what the prompt shows of the rooms
``screen``        what is shown of the rooms now, and what is kept for later
``memberships``   enters, leaves and switches rooms, and says so
``views``         all of this together, for one conversation
"""
