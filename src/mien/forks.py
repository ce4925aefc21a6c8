"""Forked processes: threads do not survive a fork, and libraries that count on theirs wait for ever."""

from __future__ import annotations

import os
import sys


def run_alone() -> None:
    """In a child process: PyTorch and OpenCV, where they are loaded, compute in one thread, which they have."""
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)
    if (cv2 := sys.modules.get("cv2")) is not None:
        cv2.setNumThreads(0)


if hasattr(os, "register_at_fork"):  # not on Windows, which has no forks
    os.register_at_fork(after_in_child=run_alone)
