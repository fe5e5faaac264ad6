"""Messages and accounts in one SQLite file. The schemas describe its tables.

``store``         the journal and history in the file
``opening``       creates, recognises and migrates the file
``connections``   connections for writing and for reading
``copying``       copies the file, such as before a migration
``rows``          its rows, and their checksums
``holes``         the rows that record holes in sequences
``rooms``         the state of each room, loaded at the start
``room_changes``  what a batch changes in rooms
``empty_rooms``   deletes closed rooms without messages at the start
``checksums``     the checksums of rows of the third schema
``lists``         tables that hold a list for each account or room
``room_roles``    loads and writes the roles in rooms
``sanctions``     loads and writes the sanctions
``invitations``   loads and writes the invitations
``acts``          writes and reads the audit log
``direct_rooms``  checks whose the direct rooms are
``account_rows``  the rows of accounts, and what is wrong with them
``accounts``      loads and writes the accounts
``people``        loads and writes accounts, sanctions and invitations together
``batch``         numbers the messages of a batch and writes it
``erasures``      removes the texts of erased messages
``writer``        transactions, and the errors after which nothing is written
``reader``        reads pages while the writer writes
``message_pages`` reads pages of messages
``search``        searches, newest messages first
``search_index``  the full-text index
``indexing``      adds messages to the index in steps
``pruning``       deletes messages that exceed the retention in steps
``deletion``      deletes a chunk of messages or idempotency keys
``expiry_scan``   finds the expired messages
``excess``        counts the messages that a reduced limit would delete
``checkpoint``    checkpoints of the write-ahead log
``errors``        converts errors of SQLite to storage errors
``file_errors``   error messages for files that SQLite cannot use
``files``         the names, modes and identity of the files
``part_file``     creates a file that replaces its target once it is complete
``write_lock``    ensures that one process writes
``mounts``        refuses a file whose log may be elsewhere
``file_owner``    gives new files the owner of existing ones
"""
