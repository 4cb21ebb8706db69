"""How a line of the log is written: for people, or with CRM_LOG=json as one JSON object a line for log collectors.

What a line may say is cleaned before, where the record is made (`state.faults`). `logs.json` beside this names it to the server.
"""

import json
import logging
from datetime import UTC, datetime

from .settings import settings


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
