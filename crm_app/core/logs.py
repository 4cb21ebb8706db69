"""How a line of the log is written: for people, or with CRM_LOG=json as one JSON object a line for log collectors.

What a line may say is cleaned before, where the record is made (`state.faults`). `logs.json` beside this names it to the server;
it gives the libraries that would write lines of their own manner a level, so that they leave it to us.
"""

import json
import logging
from datetime import UTC, datetime

from .settings import settings

MOST = 30  # of one kind in a minute


class Sparing(logging.Filter):
    """Leaves out what is said too often: strangers can bring the same fault about by the thousand, and fill the disk with it.

    Of one kind, which is the place in the code, the kind of error and the innermost place that it was raised at, MOST lines
    pass in a minute; the next one after that tells how many were left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[object, ...], tuple[int, int]] = {}  # the minute, how many in it

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        kind = (record.name, record.pathname, record.lineno, *_fault(record.exc_text or ""))
        minute = int(record.created // 60)
        begun, count = self._said.get(kind, (minute, 0))
        if begun != minute:
            if count > MOST:
                record.msg = f"{record.getMessage()} ({count - MOST} more like this were left out)"
                record.args = ()
            count = 0
        self._said[kind] = (minute, count + 1)
        return count < MOST


def _fault(stack: str) -> tuple[str, str]:
    """The kind of error that a stack ends with, and the line that names the place where it was raised; empty without any."""
    above, _, last = stack.rpartition("\n")
    frames = [line for line in above.split("\n") if line.startswith('  File "')]
    return last.partition(":")[0][:60], frames[-1][:300] if frames else ""


class JsonLines(logging.Formatter):
    """`time` (ISO 8601, UTC), `level`, `logger`, `message` and, of a fault, `stack`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        stack = record.exc_text or (self.formatException(record.exc_info) if record.exc_info else "")
        return json.dumps(line | ({"stack": stack} if stack else {}), ensure_ascii=False)


def formatter() -> logging.Formatter:
    """As the operator chose."""
    if settings().log_format == "json":
        return JsonLines()
    return logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
