"""What our programs need of the operating system.

``descriptors``        reads and writes all, even if the descriptor is non-blocking
``standard_streams``   the three standard streams, made of these
``background_writer``  writes in a thread, for programs that must not wait for a reader
``encodings``          bytes of the input to text, and the encoding of a terminal
``trace_file``         a file for a trace, written by a thread
``resource_limits``    limits of the system: open files, threads and memory
``keepalive``          TCP keepalive

A standard stream is an open file that other programs may share. Another of them may
make it non-blocking, a shell may close it, its reader may stop or go away, and with
``PYTHONUNBUFFERED=1`` Python's own stream may write a part and drop the rest. So
nothing here changes the mode of a descriptor, and nothing else writes to one.
"""
