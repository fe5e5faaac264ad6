"""Messages in one SQLite file. `schema-1.sql` describes its tables.

``store``         the journal and history in the file
``opening``       creates, recognises and migrates the file
``rows``          its rows, and their checksums
``room_state``    the state of each room, loaded at the start
``batch``         numbers a batch of drafts and writes it
``writer``        transactions, and the errors after which nothing is written
``reader``        reads pages while the writer writes
``search``        searches, newest messages first
``search_index``  the full-text index
``deletion``      deletes old messages and idempotency keys in chunks
``expiry_scan``   finds the expired messages
``excess``        counts the messages that a reduced limit would delete
``checkpoint``    checkpoints of the write-ahead log
``errors``        converts errors of SQLite to storage errors
``file_errors``   error messages for files that SQLite cannot use
``files``         the names, modes and identity of the files
``write_lock``    ensures that one process writes
``mounts``        refuses a file whose log may be elsewhere
``file_owner``    gives new files the owner of existing ones
"""
