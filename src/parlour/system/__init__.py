"""Standard streams, encodings, trace files, threads, TLS and limits of the system.

``descriptors``        complete reads and writes, even on non-blocking descriptors
``standard_streams``   reliable standard streams, built on these
``background_writer``  a thread that writes, for programs that must not block
``turns``              waiting items of several owners, who take turns
``job_queue``          a bounded queue of jobs, with a thread that does them
``thread_priority``    a lower scheduling priority for a thread
``memory_arenas``      the arenas from which threads allocate memory
``encodings``          the encodings of input and of terminals
``whole_file``         files that are written as a whole, or not at all
``lock_file``          lock files, by which programs use something in turn
``trace_file``         a trace file that a thread writes
``resource_limits``    limits of the system: open files, threads and memory
``keepalive``          TCP keepalive
``tls``                what servers and clients with TLS share

A standard stream is an open file that several programs may share. Another program may
make it non-blocking, a shell may close it, its reader may stop reading or exit, and
with ``PYTHONUNBUFFERED=1`` Python's own stream may write a part and drop the rest.
So this package never changes the mode of a descriptor, and all output of the
programs goes through it.
"""
