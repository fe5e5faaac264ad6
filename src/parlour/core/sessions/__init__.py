"""Connections and sessions, from arrival to close.

A connection and its input:

``connection``        one connection, its states, and its reasons to wait
``registry``          the connections of this node, and the sessions that they have
``capacity``          limits on users and open pages
``address_limits``    limits on the connections of one network address
``admission``         how a connection opens or resumes a session, or only watches
``arrivals``          connections that have not sent a line yet
``hellos``            what a connection keeps of its hello
``session_proposals`` proposes sessions, and that they enter rooms
``openings``          the first events that a session receives
``input_processing``  turns bytes from peers into lines, in bounded pieces
``line_processor``    turns lines into messages and commands, in order
``work_budget``       limits the work of a turn, shared fairly by the peers
``backpressure``      pauses reading from peers
``queue_limit``       limits the bytes that wait, for all connections together

From a command to its effects:

``command_handlers``  propose the entries that commands ask for
``room_commands``     the same for rooms, direct messages and ignored names
``history_commands``  those that read or search the history
``account_commands``  those about accounts: register, sign in, passwords, devices
``order_commands``    those of moderators, owners and administrators
``own_rooms``         the rooms and invitations of an account, for a gateway
``readable_rooms``    the rooms that a visitor of the page may read
``invite_commands``   those about invitations
``invite_requests``   the invitations that these make, list or take back
``acts``              the entries that these ask for
``sanction_lists``    who is muted or banned, for those who may know
``chosen_names``      names that users choose, and those of users who chose none
``erasures``          find the messages that are to be erased
``sign_in``           credentials become a session of an account
``sign_in_limits``    delays that grow with wrong passwords
``password_checks``   checks of passwords that connections wait for
``network_rates``     limits what the connections of one network address do
``read_positions``    how far accounts have read their rooms
``answers``           refusals, and questions for which the input of the asker waits
``steps``             what happens locally, at a place between the entries
``proposals``         entries and steps in order, and the next batch for the journal
``batching``          which of them form the next batch, and what is void
``settling``          applies a batch
``outcomes``          tells proposers what became of their entries
``message_outcomes``  the same for messages, and who hears those of direct rooms
``operator_entries``  what the operator of the machine has asked for, until settled
``line_types``        the types of the lines that refusals are about
``local_steps``       carries out the steps
``effect_handlers``   tell the connections of this node what a batch has changed:
``session_effects``   about sessions,
``room_effects``      about rooms,
``invitation_effects``  and about invitations

Time, and the end:

``timers``            deadlines as data
``timeouts``          closes connections that stop in mid-line or stop receiving
``heartbeat``         pings silent sessions
``holds``             sessions that lost their connection, and may be resumed
``closing``           closes connections, each once, with a code and a reason
``empty_rooms``       closes rooms that nobody has entered for a while
``presence``          users and rooms that come and go, for the log

``parts``             all of these, put together for the hub
"""
