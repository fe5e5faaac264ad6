"""The three standard streams, as every program of ours reads and writes them.

A standard stream is an open file that other programs may share. Another of them may
make it non-blocking, a shell may close it, its reader may stop or go away, and with
``PYTHONUNBUFFERED=1`` Python's own stream may write a part and drop the rest. So
nothing here changes the mode of a descriptor, and nothing else writes to one.

Read the modules in this order:

``descriptors``  read and write all, also where the descriptor does not block
``standard``     Python's own three streams, made of these
``background``   write in a thread, for programs that must not wait for a reader
``encodings``    bytes of the input to text, and the encoding of a terminal
"""
