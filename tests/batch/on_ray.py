"""A program: a batch on a local Ray cluster of two workers, one of which is killed; then the server as a deployment.

Ray leaves processes and sockets to the end of the interpreter, so that it has one of its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import urllib.request
from pathlib import Path
from typing import Any

import ray
from ray import serve

from mien.batch.cluster import run_on_ray
from mien.batch.plan import Item, Plan
from mien.serve.cluster import deployment

PORT = 8799


def actor() -> int:
    """The process of one of the batch's actors."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            told = path.read_bytes()
        except OSError:
            continue
        if told.startswith(b"ray::") and b"_Actor" in told:
            return int(path.parent.name)
    raise SystemExit("no actor is found: " + " ".join(p.read_text()[:60] for p in Path("/proc").glob("[0-9]*/cmdline")))


def batch(plan: Plan, names: list[str]) -> list[tuple[str, str]]:
    done: list[tuple[str, str]] = []
    for one in run_on_ray(plan, [Item(name, name) for name in names], (2, 2)):
        if not done:
            os.kill(actor(), signal.SIGKILL)
        done.append((one.item.source, one.reason))
    return done


def answer(folder: Path) -> int:
    serve.start(http_options={"port": PORT})
    app = deployment(folder=folder, replicas=(1, 2), cores=0.5, hosts=(f"127.0.0.1:{PORT}",))
    serve.run(app, name="mien", route_prefix="/")
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/catalog", timeout=60) as found:
        return int(found.status)


def main() -> None:
    told: dict[str, Any] = json.loads(sys.argv[1])
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    done = batch(Plan(**told["plan"]), told["names"])
    print(json.dumps({"done": done, "status": answer(Path(told["sessions"]))}))


if __name__ == "__main__":
    main()
