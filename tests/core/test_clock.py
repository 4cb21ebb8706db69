"""The time that a block tells is its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from crm_app.core import clock

BEFORE, THEN = datetime(2024, 2, 29, 23, 30, tzinfo=UTC), datetime(2026, 6, 15, 10, tzinfo=UTC)


def test_a_told_past_is_that_of_the_block_alone_whatever_the_clock_says():
    with clock.frozen(THEN), ThreadPoolExecutor(1) as elsewhere:
        with clock.at(BEFORE):
            assert (clock.now(), elsewhere.submit(clock.now).result()) == (BEFORE, THEN)
            assert clock.today("Europe/Madrid").isoformat() == "2024-03-01"
        assert clock.now() == THEN
