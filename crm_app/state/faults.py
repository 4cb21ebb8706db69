"""What happens when a handler fails in a way nobody foresaw: a log entry without anybody's data, and a plain sentence."""

import logging
import re
import traceback
from typing import Any

from reflex.event import EventSpec

from .session import Me

_log = logging.getLogger("crm")
_MOST = 2000
_SECRETS = re.compile(
    r"""(crm_session=|[?&]token=|Bearer\s+|["']?(?:cookie|authorization|password|current|new|code|key|secret)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;)&}]+)""",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|\([^)]*\)=\([^)]*\)""", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def scrubbed(text: str) -> str:
    """One line without cookies, tokens, passwords, codes and addresses, and without what a stranger could forge lines with."""
    return _CONTROL.sub(" ", _MAIL.sub("[…]", _SECRETS.sub(r"\1[…]", text[:_MOST])))


def told(error: BaseException) -> str:
    """The stack of an error and of what it came from. What its sentences quote is somebody's data, and left out."""
    parts: list[str] = []
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen and len(parts) < 5:
        seen.add(id(found))
        sentence = scrubbed(_QUOTED.sub("'…'", str(found)[:_MOST]))
        parts.insert(0, "".join(traceback.format_tb(found.__traceback__)) + f"{type(found).__name__}: {sentence[:500]}")
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return "\n".join(parts)


def record(*args: Any, **named: Any) -> logging.LogRecord:
    """A log record without secrets, whoever wrote it and wherever it goes."""
    made = logging.LogRecord(*args, **named)
    try:
        message = made.getMessage()
    except Exception:  # noqa: BLE001 - whatever is wrong, the answer is the same
        message = str(made.msg)
    if "Event(" in message:  # Reflex logs a failed event whole: payload, headers and all
        message = message.partition("Event(")[0] + "Event(…)"
    lines = message.split("\n", 1)[0] if made.name.startswith("reflex") else message
    made.msg, made.args = scrubbed(lines), ()
    if isinstance(made.exc_info, tuple) and isinstance(made.exc_info[1], BaseException):
        made.unknown_event = str(made.exc_info[1]).startswith("'No registered handler")
        made.exc_text, made.exc_info = told(made.exc_info[1]), None
    return made


def _known_event(entry: logging.LogRecord) -> bool:
    """False for Reflex's long complaints about events that do not exist or bring nonsense: strangers can make them by the thousand."""
    return not getattr(entry, "unknown_event", False) and not str(entry.msg).startswith(
        "Error transforming event payload"
    )


def keep_logs_clean() -> None:
    """From now on no log of this process holds anybody's data."""
    logging.setLogRecordFactory(record)
    for name in ("event_processor", "base_state_processor"):
        logging.getLogger(f"reflex_base.event.processor.{name}").addFilter(_known_event)


def failed(exception: Exception) -> EventSpec:
    """Log the fault and tell the person that it is known."""
    _log.error("An event failed: %s", type(exception).__name__, exc_info=exception)
    return Me.broken()


def page_failed(exception: Exception) -> None:
    """What a page reports of itself; anybody may report anything, so it is one short line."""
    _log.warning("A page failed: %s", scrubbed(str(exception))[:300])
