"""The state of the chat: a fold over the journal.

`State.apply` is the only code that changes it. It is deterministic and total: it reads
no clock and raises for no entry, so every node that applies the same batches has the
same state.

``state``            the state, and the application of each entry to it
``tables``           everything that entries change
``message_entries``  what messages change
``session_entries``  what the entries about sessions change
``sign_ins``         the session of a guest becomes one of an account
``registrations``    who may create an account, and what it has from the start
``account_entries``  what those about accounts change
``room_entries``     what those about rooms change
``direct_rooms``     what those about direct rooms that are not kept change
``kept_direct_rooms`` the rules of those that are kept, between accounts
``memberships``      sessions enter and leave rooms
``verdicts``         whether an entry would change anything
``text_erasures``    what those that erase the texts of an account change
``order_entries``    what those that keep order change
``role_entries``     what those that give roles change
``room_settings``    what those about the settings of rooms change
``room_bounds``      how much a room, and the rooms of one account, may take
``invitation_entries``  what those about invitations change
``invitations``      who may enter private rooms, or make an account
``targets``          whom a moderator means
``sanctions``        who is muted or banned, and until when
``restrictions``     what sanctions and settings forbid to whom, and who knows of rooms
``slow_mode``        who has spoken in a slow room, and how long they wait
``permissions``      who may do what to whom
``roles_of_people``  the roles that people have, on the server and in a room
``effects``          what an entry has changed, as values
``refusals``         why an entry is void
``sessions``         the sessions, and their tokens and attachments
``names``            the names that are taken
``accounts``         names that belong to somebody, with devices, rooms and roles
``room``             a room, and who is in it
``rooms``            all rooms, and what finds one of them
``roster``           the users of a room, sorted
``public_rooms``     the rooms that somebody may read, as a gateway shows them
``signed_in``        who has signed in with a key, as a gateway shows it
``idempotency``      the keys by which a retry is recognised
``passed_time``      the time that passed between entries
``snapshot``         the state as bytes
"""
