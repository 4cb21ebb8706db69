"""Memory and processor time of the server: of the granian process and of the worker that does the work."""

from dataclasses import dataclass

import psutil

MB = 1_000_000


@dataclass(frozen=True)
class Use:
    """Megabytes: `worker` resident in the serving process; `total` of all, what they share counted once."""

    worker: float
    total: float
    seconds: float


def use(server: int) -> Use:
    """What the server of that process id and its children use now. `seconds` is processor time since they began."""
    parent = psutil.Process(server)
    family = [parent, *parent.children(recursive=True)]
    resident = [process.memory_info().rss for process in family]
    times = [process.cpu_times() for process in family]
    return Use(
        max(resident) / MB,
        sum(_own(process) for process in family) / MB,
        sum(time.user + time.system for time in times),
    )


def _own(process: psutil.Process) -> int:
    """The process's share: shared pages are divided among those that share them, where the system tells."""
    full = process.memory_full_info()
    return int(getattr(full, "pss", full.rss))
