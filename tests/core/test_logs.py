"""A line of the log for programs: one JSON object, whatever the message holds."""

import json
import logging

from crm_app.core import logs


def test_a_line_is_one_object_whatever_it_says():
    made = logging.LogRecord("crm", logging.WARNING, "x.py", 1, 'refused "%s"\nñ', ("a",), None)
    line = logs.JsonLines().format(made)
    found = json.loads(line)
    assert "\n" not in line
    assert (found["level"], found["logger"], found["message"]) == ("warning", "crm", 'refused "a"\nñ')
    assert found["time"].endswith("+00:00")
    assert "stack" not in found


def test_a_fault_brings_its_stack():
    made = logging.LogRecord("crm", logging.ERROR, "x.py", 1, "broken", (), None)
    made.exc_text = "Traceback\n  here"
    assert json.loads(logs.JsonLines().format(made))["stack"] == "Traceback\n  here"


def said(seconds, line=1, error=None):
    """A record of that second of a minute."""
    made = logging.LogRecord("engineio", logging.ERROR, "a.py", line, "bad packet", (), None)
    made.created = 6_000.0 + seconds
    made.exc_text = f"  File x\n{error}: a" if error else None
    return made


def test_the_same_line_is_written_so_often_a_minute_and_then_counted():
    sparing = logs.Sparing()
    assert [sparing.filter(said(1)) for _ in range(100)] == [True] * 30 + [False] * 70
    assert sparing.filter(said(2, line=2)) is True  # another place, another kind of error
    assert sparing.filter(said(2, error="ValueError")) is True
    later = said(61)
    assert sparing.filter(later) is True
    assert later.getMessage() == "bad packet (70 more like this were left out)"
    after = said(62)
    assert sparing.filter(after) is True
    assert after.getMessage() == "bad packet"
