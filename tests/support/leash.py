"""Programs that end with the run, however it ends: also when it is killed, or stopped with Ctrl-C."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# It lives outside the terminal's reach and hears of the end by the end of its input, which nobody else holds open.
# $1: what to end, a process group; $2: the signal; $3: a folder that nobody needs then.
_GUARD = """
read -r _
kill -s "$2" -- "-$1" 2>/dev/null
left=50
while [ "$left" -gt 0 ] && kill -s 0 -- "-$1" 2>/dev/null; do sleep 0.2; left=$((left - 1)); done
if [ -n "$3" ]; then rm -rf -- "$3"; fi
"""


@contextmanager
def leashed(server: subprocess.Popen, by: signal.Signals, folder: Path | str = "") -> Iterator[None]:
    """End the program, which leads a process group, with that signal when the block ends, or else when this process does.

    In the second case nobody is there to take `folder` away: that is then done too.
    """
    words = ["sh", "-c", _GUARD, "guard", str(server.pid), by.name.removeprefix("SIG"), str(folder)]
    guard = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(server.pid, by)
        try:
            server.wait(60)
        finally:
            server.kill()
            guard.kill()
            guard.communicate()
