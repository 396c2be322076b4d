"""Has everything imported and forks the bot again and again, so that hundreds of lives take minutes.

``python -m tests.crash.nursery CONFIG`` says ``ready`` and obeys its input, line by line:

- ``kill SECONDS``: a life that SIGKILL ends so long after its birth; answers ``killed SECONDS``, where the number is
  how long it took until everything ran, or ``unborn`` if it died before that;
- ``raise``: a life that lasts; answers ``risen SECONDS`` once it runs;
- ``stop``: SIGTERM to that life; answers ``stopped EXIT_CODE SECONDS``.

A life is forked before this process has any thread or event loop.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import aiodns  # noqa: F401 - what a start loads late is loaded once, here
import alembic.command
import alembic.runtime.migration  # noqa: F401
import pycurl  # noqa: F401
import uvloop

from bot.config import Config, load
from tests.crash.victim import live

BIRTH_AT_MOST = 60.0


class Life:
    """One forked bot; the pipe brings one byte when it runs."""

    def __init__(self, settings: Config) -> None:
        self.born = time.monotonic()
        self.running_after: float | None = None
        self._signal, theirs = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            _be(settings, theirs)
        os.close(theirs)

    def wait(self, until: float) -> None:
        """Let it live until it runs, at most until a moment."""
        if select.select([self._signal], [], [], max(0.0, until - time.monotonic()))[0] and os.read(self._signal, 1):
            self.running_after = time.monotonic() - self.born

    def end(self, number: int) -> int:
        """Send a signal and wait for the end; returns the exit code as a shell would tell it."""
        os.kill(self.pid, number)
        _, status = os.waitpid(self.pid, 0)
        os.close(self._signal)
        return os.waitstatus_to_exitcode(status)


def _be(settings: Config, ready: int) -> None:
    """Live in the forked process; never returns."""
    code = 1
    with suppress(BaseException):
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        uvloop.run(live(settings, ready=lambda _stopping: _tell(ready)))
        code = 0
    os._exit(code)


def _tell(ready: int) -> None:
    os.write(ready, b"r")


def kill(settings: Config, seconds: str) -> str:
    life = Life(settings)
    death = life.born + float(seconds)
    life.wait(death)
    time.sleep(max(0.0, death - time.monotonic()))
    life.end(signal.SIGKILL)
    return "unborn" if life.running_after is None else f"killed {life.running_after:.2f}"


def main() -> None:
    settings = load(Path(sys.argv[1]))
    lasting: list[Life] = []

    def rise(settings: Config) -> str:
        lasting.append(Life(settings))
        lasting[0].wait(lasting[0].born + BIRTH_AT_MOST)
        return f"risen {lasting[0].running_after:.2f}"

    def stop(_settings: Config) -> str:
        since = time.monotonic()
        code = lasting.pop().end(signal.SIGTERM)
        return f"stopped {code} {time.monotonic() - since:.2f}"

    orders: dict[str, Callable[..., str]] = {"kill": kill, "raise": rise, "stop": stop}
    _say("ready")
    for line in sys.stdin:
        word, *details = line.split()
        _say(orders[word](settings, *details))
    for life in lasting:
        life.end(signal.SIGKILL)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
