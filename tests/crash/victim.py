"""Runs the real bot and kills it, without a word to anybody, at the point that its test names.

``python -m tests.crash.victim CONFIG`` says ``ready`` once everything runs. Each line of its input is an order,
``die POINT OCCURRENCE``, and is answered by ``armed``. SIGTERM or the end of the input ends it the ordinary way.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import uvloop

from bot import logs
from bot.app import serve
from bot.config import Config, load
from handlers.steps import OnStep, Step, unwatched


class Fate:
    """Lets steps pass until the one that was ordered comes for the n-th time."""

    def __init__(self) -> None:
        self._point: Step | None = None
        self._left = 0

    def order(self, point: Step, occurrence: int) -> None:
        self._point, self._left = point, occurrence

    def __call__(self, step: Step) -> None:
        if step is not self._point:
            return
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


async def live(settings: Config, *, ready: Callable[[asyncio.Event], None], on_step: OnStep = unwatched) -> None:
    """Run the bot until SIGTERM, or until the event is set that ``ready`` is given once everything runs."""
    logs.set_up(settings.log)
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    async with serve(settings, on_step=on_step):
        ready(stopping)
        await stopping.wait()


def main() -> None:
    fate = Fate()

    def ready(stopping: asyncio.Event) -> None:
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), lambda: _obey(fate, stopping))
        _say("ready")

    uvloop.run(live(load(Path(sys.argv[1])), ready=ready, on_step=fate))


def _obey(fate: Fate, stopping: asyncio.Event) -> None:
    order = sys.stdin.readline().split()
    if not order:  # whoever gave orders is gone
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stopping.set()
        return
    _, point, occurrence = order
    fate.order(Step(point), int(occurrence))
    _say("armed")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
