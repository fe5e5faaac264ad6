"""Fan-out and nothing else: whatever was read is sent to everybody, once a turn.

The least that a server of one thread can do. It stands for the kernel's price of a
delivery, with the interpreter's on top.
"""

import json
import selectors
import socket
import sys


def main() -> None:
    """Serve for ever on a free port, told on stderr."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(json.dumps({"port": listener.getsockname()[1]}), file=sys.stderr, flush=True)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    members: list[socket.socket] = []
    while True:
        said = []
        for key, _ in selector.select():
            if key.fileobj is listener:
                sock, _ = listener.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                members.append(sock)
                selector.register(sock, selectors.EVENT_READ)
            elif isinstance(key.fileobj, socket.socket):
                if data := key.fileobj.recv(65_536):
                    said.append(data)
                else:
                    selector.unregister(key.fileobj)
                    members.remove(key.fileobj)
                    key.fileobj.close()
        if said:
            blob = b"".join(said)
            for sock in members:
                sock.sendall(blob)


if __name__ == "__main__":
    main()
