"""The estate by itself, for a newcomer's curiosity and for benches: ``python -m demo.estate [--clients N]``."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any

from bot.clock import now
from demo.estate import Estate, EstateError, build_estate, open_estate


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; wishes such as ``{"redirect": "r1", "state": "refuse"}`` come as lines of JSON."""
    parser = argparse.ArgumentParser(prog="python -m demo.estate", description="Serves the simulated estate.")
    parser.add_argument("--clients", type=int, help="a crowd of so many clients on free ports instead of the forty")
    parser.add_argument("--redirects", type=int, default=3, help="redirect servers in front of the crowd")
    parser.add_argument("--free-ports", action="store_true", help="take whichever ports are free")
    parser.add_argument("--folder", type=Path, help="where to write redirects.csv and clients.csv")
    chosen = parser.parse_args(arguments)
    try:
        asyncio.run(_serve(chosen))
    except EstateError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _serve(chosen: argparse.Namespace) -> None:
    opened = (
        build_estate(now=now, clients=chosen.clients, redirects=chosen.redirects, folder=chosen.folder)
        if chosen.clients
        else open_estate(now=now, folder=chosen.folder, free_ports=chosen.free_ports)
    )
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with opened as estate:
        _say(asdict(estate.settings))
        wishes: asyncio.Queue[str] = asyncio.Queue()
        Thread(target=_listen, args=(loop, wishes), daemon=True).start()
        obeying = asyncio.create_task(_obey(wishes, estate))
        await ended.wait()
        obeying.cancel()


def _listen(loop: asyncio.AbstractEventLoop, wishes: asyncio.Queue[str]) -> None:
    for line in sys.stdin:
        loop.call_soon_threadsafe(wishes.put_nowait, line)


async def _obey(wishes: asyncio.Queue[str], estate: Estate) -> None:
    while True:
        line = await wishes.get()
        try:
            wish = json.loads(line)
            if not isinstance(wish, dict):
                raise EstateError("an object is expected")
            await estate.change(wish)
        except ValueError as error:
            _say({"ok": False, "error": str(error)})
        else:
            _say({"ok": True})


def _say(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
