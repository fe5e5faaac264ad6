"""A textbook chat server: a thread per client, and `sendall` per line.

It stands for a first attempt. The thread that reads a line sends it to one client
after another, under a lock; there are no limits, no history and no renames.
"""

import json
import socket
import sys
import threading

clients: dict[socket.socket, str] = {}
lock = threading.Lock()


def broadcast(source: str, message: str) -> None:
    """Send a line to everybody."""
    event = {"type": "message", "data": {"source": source, "message": message}}
    line = (json.dumps(event) + "\n").encode()
    with lock:
        for client in list(clients):
            try:
                client.sendall(line)
            except OSError:
                clients.pop(client, None)


def handle(client: socket.socket, name: str) -> None:
    """Serve one client until it disconnects."""
    with lock:
        clients[client] = name
    broadcast("[Server]", f"{name} has entered the chat")
    with client.makefile("rb") as lines:
        try:
            for line in lines:
                broadcast(name, json.loads(line)["data"])
        except OSError:
            pass
    with lock:
        clients.pop(client, None)
    client.close()
    broadcast("[Server]", f"{name} has left the chat")


def main() -> None:
    """Serve on the given port until the process is killed."""
    with socket.create_server(
        ("127.0.0.1", int(sys.argv[1])), backlog=4096
    ) as listener:
        while True:
            client, (host, port) = listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(
                target=handle, args=(client, f"{host}:{port}"), daemon=True
            ).start()


if __name__ == "__main__":
    main()
