"""One build serves any host and port."""

import re
from pathlib import Path

import pytest

from tests.support.server import serving

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / ".web" / "build" / "client"


def test_the_page_knows_its_server_only_by_where_it_was_loaded_from():
    chunks = list(CLIENT.glob("assets/reflex-env-*.js"))
    assert len(chunks) == 1
    text = chunks[0].read_text()
    assert "location.origin" in text
    # The two addresses left stand in for a missing `location`, and name neither port nor path.
    assert set(re.findall(r"(?:http|ws)s?://[^\"'`)]*", text)) == {"http://localhost", "ws://localhost"}


def test_no_other_chunk_holds_an_address_of_the_machine_that_built_it():
    address = re.compile(r"://(localhost|127\.0\.0\.1|0\.0\.0\.0):\d")
    guilty = [file.name for file in CLIENT.glob("**/*.js") if address.search(file.read_text())]
    assert guilty == []


@pytest.mark.browser
def test_the_same_build_connects_on_two_ports(browser, tmp_path_factory):
    for _ in range(2):
        with serving(tmp_path_factory.mktemp("data")) as url, browser.new_page() as page:
            sockets = []
            page.on("websocket", lambda socket, sockets=sockets: sockets.append(socket.url))
            with page.expect_websocket():
                page.goto(url)
            page.wait_for_url("**/setup")  # the server sends a first visitor there, over the socket
            assert page.locator("h1").is_visible()
            assert all(address.startswith(url.replace("http", "ws", 1)) for address in sockets)
