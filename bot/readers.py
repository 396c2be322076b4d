"""Reads sysinfo files in processes of their own, so that no file stalls the event loop or takes the bot down."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from checks.readers.forms import Form
from checks.readers.sysinfo import Sysinfo
from checks.readers.worker import LENGTH, answered, introduced
from checks.reports import Broken
from storage.files import Body

AT_ONCE = 2
"""Files read at the same time."""
PATIENCE = 60.0
"""Seconds that one file may take."""
READS = 500
"""After so many files a process is replaced: whatever has gathered in it goes."""
ROOT = Path(__file__).parents[1]


class _Process:
    """One reading process, started when the first file comes."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._forms = forms
        self._process: asyncio.subprocess.Process | None = None
        self._read = 0

    async def read(self, body: Body, zone: str | None) -> Sysinfo:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._ask(body, zone)
        except (TimeoutError, OSError, EOFError, ValueError) as error:
            await self.stop()
            return Sysinfo(broken=Broken.UNREADABLE, detail=type(error).__name__)
        except BaseException:
            await self.stop()  # cancelled in the middle: the answer to this file must not be taken for the next one's
            raise

    async def stop(self) -> None:
        process, self._process, self._read = self._process, None, 0
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _ask(self, body: Body, zone: str | None) -> Sysinfo:
        if self._read >= READS:
            await self.stop()
        process = self._process or await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        self._read += 1
        asked = {"zone": zone, "path": str(body.part.resolve())} if body.part else {"zone": zone, "size": body.size}
        process.stdin.write(json.dumps(asked).encode() + b"\n" + (b"" if body.part else body.data))
        await process.stdin.drain()
        length = int(await process.stdout.readexactly(LENGTH))
        answer = await process.stdout.readexactly(length)
        return await asyncio.to_thread(answered, answer)

    async def _start(self) -> asyncio.subprocess.Process:
        kept = {name: value for name in ("PATH", "SYSTEMROOT", "LANG") if (value := os.environ.get(name))}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "checks.readers.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},  # none of our secrets
            start_new_session=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(introduced(self._forms))
        return self._process


class Readers:
    """A few reading processes; a file waits until one is free."""

    def __init__(self, forms: Sequence[Form] = ()) -> None:
        self._all = [_Process(forms) for _ in range(AT_ONCE)]
        self._free: asyncio.Queue[_Process] = asyncio.Queue()
        for process in self._all:
            self._free.put_nowait(process)

    async def read(self, body: Body, zone: str | None) -> Sysinfo:
        """Read one file; dates without a zone are taken in ``zone`` as lists write it. Never raises for the file."""
        process = await self._free.get()
        try:
            return await process.read(body, zone)
        finally:
            self._free.put_nowait(process)

    async def close(self) -> None:
        for process in self._all:
            await process.stop()


@asynccontextmanager
async def open_readers(forms: Sequence[Form] = ()) -> AsyncIterator[Readers]:
    """Keep reading processes while inside."""
    readers = Readers(forms)
    try:
        yield readers
    finally:
        await readers.close()
