"""`make bench`: prints the figures of the design with the machine they were taken on; nothing here is a test."""

from __future__ import annotations

import asyncio
import inspect
import os
import platform
import sys
from importlib import import_module
from pathlib import Path

BENCHES = ("looks", "status", "imports", "intake", "outages", "signals")


def main() -> None:
    """Run the benches named on the command line, all of them by default."""
    chosen = sys.argv[1:] or BENCHES
    print(machine(), flush=True)
    for name in chosen:
        print(f"\n{name}", flush=True)
        result = import_module(f"bench.{name}").main()
        if inspect.iscoroutine(result):
            asyncio.run(result)


def machine() -> str:
    """Describe what the figures were taken on."""
    cpu = next((line for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ":unknown").partition(":")[
        2
    ]
    memory = next((line for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "MemTotal: 0 kB").split()[
        1
    ]
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{os.cpu_count()} cores of {cpu.strip()}, {int(memory) // 2**20} GB, Python {platform.python_version()}, "
        f"{platform.system()} {platform.release()}; load at the start {load}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    main()
