"""Keeps the files of uploads: pieces go to disk as they come, a whole file gets a place named after its content."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO
from uuid import uuid4

IN_MEMORY = 64 * 1024
"""A body up to this size never leaves memory before its place is known."""
PIECE = 512 * 1024
ORPHAN_AFTER = timedelta(hours=1)
SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A whole upload: in memory, or in a file that has no place yet."""

    digest: str
    size: int
    data: bytes = b""
    part: Path | None = None

    def open(self) -> IO[bytes]:
        return BytesIO(self.data) if self.part is None else self.part.open("rb")

    def drop(self) -> None:
        if self.part is not None:
            self.part.unlink(missing_ok=True)


class Spool:
    """Takes one body piece by piece, hashing as it goes; disk work is done off the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._buffer = bytearray()
        self._hash = sha256()
        self._file: IO[bytes] | None = None
        self._part: Path | None = None
        self.size = 0

    async def add(self, piece: bytes) -> None:
        self.size += len(piece)
        self._buffer += piece
        if len(self._buffer) >= (PIECE if self._file else IN_MEMORY + 1):
            await asyncio.to_thread(self._spill)

    async def finish(self) -> Body:
        """Return the whole body; if it is on disk, it is there for good."""
        if self._file is None:
            data = bytes(self._buffer)
            return Body(digest=sha256(data).hexdigest(), size=self.size, data=data)
        await asyncio.to_thread(self._close)
        return Body(digest=self._hash.hexdigest(), size=self.size, part=self._part)

    async def drop(self) -> None:
        """Forget the body: not a byte of it stays."""
        if self._file is not None:
            await asyncio.to_thread(self._discard)

    def _spill(self) -> None:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._part = self._folder / f"{uuid4().hex}.part"
            self._file = self._part.open("xb")
        self._hash.update(self._buffer)
        self._file.write(self._buffer)
        self._buffer.clear()

    def _close(self) -> None:
        self._spill()
        assert self._file is not None
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def _discard(self) -> None:
        assert self._file is not None
        assert self._part is not None
        self._file.close()
        self._part.unlink(missing_ok=True)


class Shelf:
    """The folder of reports. Files are named after their content; a name from outside never becomes a path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / ".incoming"

    def prepare(self) -> None:
        """Make the folder and try whether files can be put there; an OSError names what cannot. Blocks."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        trial = self._incoming / f"{uuid4().hex}.part"
        trial.touch()
        trial.unlink()

    def spool(self) -> Spool:
        return Spool(self._incoming)

    def place(self, client: str, ending: str, body: Body) -> str:
        """Say where the body of ``client`` belongs, relative to the folder."""
        owner = client if SAFE.fullmatch(client) else "x-" + sha256(client.encode()).hexdigest()[:16]
        return f"{owner}/{body.digest[:32]}.{ending}"

    def keep(self, bodies: Iterable[tuple[str, Body]]) -> None:
        """Put each body in its place, whole and on disk for good, even if the machine stops in the middle. Blocks."""
        folders: set[Path] = set()
        for place, body in bodies:
            target = self._folder / place
            if target.exists():
                body.drop()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            (body.part or self._write(body.data)).replace(target)
            folders.add(target.parent)
        for folder in folders:
            _sync(folder)

    def put(self, bodies: Iterable[tuple[str, Body]]) -> None:
        """Put small bodies in their places without waiting for the disk. Blocks, shortly."""
        for place, body in bodies:
            _put(self._folder / place, body.data)

    def remove(self, places: Collection[str]) -> None:
        """Remove files that are not wanted any more. Blocks."""
        for place in places:
            (self._folder / place).unlink(missing_ok=True)

    def path(self, place: str) -> Path:
        return self._folder / place

    def purge(self, wanted: Collection[str], now: datetime) -> int:
        """Remove every file that nobody wants and that is older than an hour; return how many. Blocks."""
        removed = 0
        limit = (now - ORPHAN_AFTER).timestamp()
        for path in self._files():
            with suppress(OSError):
                if path.relative_to(self._folder).as_posix() not in wanted and path.stat().st_mtime < limit:
                    path.unlink()
                    removed += 1
        return removed

    def _files(self) -> Sequence[Path]:
        return [path for path in self._folder.glob("*/*") if path.is_file()]

    def _write(self, data: bytes) -> Path:
        self._incoming.mkdir(parents=True, exist_ok=True)
        part = self._incoming / f"{uuid4().hex}.part"
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return part


def _put(target: Path, data: bytes) -> None:
    """Write in as few steps as there can be: each one lets another thread in, and waits for it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(target, flags, 0o640)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(target, flags, 0o640)
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    """Make the names in ``folder`` durable, where the system knows how (Windows does not)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
