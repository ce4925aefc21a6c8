"""Counters in Prometheus' text format; a handful of numbers needs no library."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from threading import Lock

BUCKETS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
"""Seconds."""


class Metrics:
    """What a server has done since it was started; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._edits: Counter[str] = Counter()
        self._times: dict[str, tuple[list[int], float]] = {}

    def request(self, method: str, status: int) -> None:
        """Counts one answer."""
        with self._lock:
            self._requests[method, status] += 1

    def work(self, kind: str, state: str, seconds: float) -> None:
        """Counts a piece of work that ended: its kind, how, and how long it took."""
        with self._lock:
            self._edits[f'kind="{kind}",state="{state}"'] += 1
            counts, total = self._times.setdefault(kind, ([0] * (len(BUCKETS) + 1), 0.0))
            counts[bisect_left(BUCKETS, seconds)] += 1
            self._times[kind] = counts, total + seconds

    def text(self, levels: Mapping[str, float]) -> str:
        """All of it.

        Args:
            levels: further numbers by name.
        """
        with self._lock:
            requests, edits = dict(self._requests), dict(self._edits)
            times = {kind: (list(counts), total) for kind, (counts, total) in self._times.items()}
        lines = ["# HELP mien_requests_total Answers, by method and status.", "# TYPE mien_requests_total counter"]
        lines += [
            f'mien_requests_total{{method="{method}",status="{status}"}} {count}'
            for (method, status), count in sorted(requests.items())
        ]
        lines += [
            "# HELP mien_work_total Pieces of work, by kind and how they ended.",
            "# TYPE mien_work_total counter",
        ]
        lines += [f"mien_work_total{{{labels}}} {count}" for labels, count in sorted(edits.items())]
        lines += ["# HELP mien_work_seconds Time of pieces of work.", "# TYPE mien_work_seconds histogram"]
        for kind, (counts, total) in sorted(times.items()):
            reached = 0
            for limit, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                reached += count
                lines.append(f'mien_work_seconds_bucket{{kind="{kind}",le="{limit}"}} {reached}')
            lines += [
                f'mien_work_seconds_sum{{kind="{kind}"}} {total:.6f}',
                f'mien_work_seconds_count{{kind="{kind}"}} {reached}',
            ]
        for name, value in {**levels, "peak_memory_bytes": _memory()}.items():
            lines += [f"# TYPE mien_{name} gauge", f"mien_{name} {value:g}"]
        return "\n".join(lines) + "\n"


def _memory() -> float:
    """Peak resident memory, bytes; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else peak * 1024)
