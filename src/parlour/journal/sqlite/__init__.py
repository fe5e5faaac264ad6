"""Messages in one SQLite file. `schema-1.sql` says what is in it.

``store``         the journal and history in the file
``opening``       creates, recognises and migrates the file
``rows``          its rows, and their checksums
``room_state``    the newest and oldest message of each room, read at the start
``batch``         one batch of drafts on its way into the file
``reader``        reads pages beside the writer
``search``        searches, newest messages first
``search_index``  the two full-text tables
``expiry``        finds the messages that are too old
``maintenance``   indexes and deletes in small steps while nothing else is to be done
``excess``        how many messages a smaller limit would delete
``checkpoint``    checkpoints of the write-ahead log
``errors``        error codes for SQLite's errors
``files``         the names, modes and identity of the files
``locks``         who may write
``mounts``        refuses a file whose log would not be beside it
``ownership``     gives new files the owner of the old ones
"""
