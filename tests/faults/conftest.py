"""A server that can be killed and started again where it was."""

import pytest

from tests.support.served import Served


@pytest.fixture
def serve(tmp_path):
    """Serve a seeded company in that environment."""
    running: list[Served] = []

    def begin(**environment: str) -> Served:
        running.append(Served(tmp_path, **environment))
        return running[-1]

    yield begin
    for one in running:
        one.kill()
