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
