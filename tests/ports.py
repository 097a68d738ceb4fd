"""Ports for servers of the tests."""

import random
import socket


def free_port() -> int:
    """Return a free port below 32768, where the system takes none for outgoing connections."""
    for _attempt in range(100):
        port = random.randint(20000, 32000)
        with socket.socket() as candidate:
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("there is no free port")
