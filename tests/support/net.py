"""Ports."""

import random
import socket

# Below those that systems give to outgoing connections: one of these could take the port before the server does.
_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A port that nobody listens on. Chosen at random, so that test runs side by side hardly ever choose the same."""
    for _ in range(100):
        port = random.choice(_PORTS)  # noqa: S311 - nothing to guess here
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("every port is taken")
