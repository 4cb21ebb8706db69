"""A line of the log for programs: one JSON object, whatever the message holds."""

import json
import logging
import subprocess
import sys
from pathlib import Path

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


def test_faults_that_are_logged_at_one_place_are_counted_by_where_they_were_raised():
    def fault(place):
        made = said(1)
        made.exc_text = (
            f'  File "guard.py", line 9, in run\n    act()\n  File "{place}.py", line 4, in act\n    go()\nKeyError: 1'
        )
        return made

    sparing = logs.Sparing()
    assert [sparing.filter(fault("lists")) for _ in range(40)] == [True] * 30 + [False] * 10
    assert sparing.filter(fault("forms")) is True
    assert sparing.filter(fault("lists")) is False


def test_every_request_stands_in_the_access_log_and_other_lines_are_spared():
    told = Path(logs.__file__).with_name("logs.json").read_text()
    script = f"""
import json, logging, logging.config
logging.config.dictConfig({{"version": 1}} | json.loads({told!r}))
for name in ("granian.access", "_granian"):
    for _ in range(200):
        logging.getLogger(name).info("line of %s", name)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.count("line of granian.access") == 200
    assert done.stderr.count("line of _granian") < 100
