"""Opens what was uploaded as a sysinfo report, bounded on every side: a zip, an XML file, an SQLite file."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Protocol

from checks.reports import Broken

MAX_UNPACKED = 256 * 1024 * 1024
MAX_RATIO = 200
"""Text packs 10 to 30 times; a report that unpacks 200 times its size (beyond 10 MB) is none."""
RATIO_FROM = 10 * 1024 * 1024
MAX_FILES = 100
PEEK = 65_536

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
SQLITE = b"SQLite format 3\x00"
OTHER_ARCHIVES = (ZIP, EMPTY_ZIP, b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
UNSAFE_NAME = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|[\x00-\x1f]")
ENCRYPTED = 0x1
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class BrokenReportError(Exception):
    """The upload cannot be read; ``why`` says so in one word."""

    def __init__(self, why: Broken, detail: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.detail = detail


class Source(Protocol):
    """Something that can be read in pieces."""

    def read(self, size: int = -1, /) -> bytes: ...


class Capped:
    """A stream that refuses to give more than ``limit`` bytes, whatever its headers promised."""

    def __init__(self, source: Source, limit: int, head: bytes = b"") -> None:
        self._source = source
        self._left = limit
        self._head = head
        self._last = b""

    @property
    def cut(self) -> bool:
        """All was read, and it does not end as markup does."""
        return not self._source.read(1) and not self._last.replace(b"\0", b"").rstrip().endswith(b">")

    def read(self, size: int = -1, /) -> bytes:
        wanted = PEEK if size < 0 else size
        if self._head:
            data, self._head = self._head[:wanted], self._head[wanted:]
        else:
            data = self._source.read(wanted)
        self._left -= len(data)
        if self._left < 0:
            raise BrokenReportError(Broken.BOMB)
        self._last = data[-16:] or self._last
        return data

    def peek(self) -> bytes:
        """Look at the first bytes without using them up."""
        while len(self._head) < PEEK and (more := self._source.read(PEEK - len(self._head))):
            self._head += more
        return self._head


@contextmanager
def opened(file: IO[bytes]) -> Iterator[Capped]:
    """Give the report inside ``file``: the file itself, or the one report within a zip.

    Raises:
        BrokenReportError: there is none, or it is not safe to open.

    """
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    if not start.strip():
        raise BrokenReportError(Broken.EMPTY)
    if not start.startswith((ZIP, EMPTY_ZIP)):
        yield Capped(file, MAX_UNPACKED)
        return
    limit = min(MAX_UNPACKED, max(RATIO_FROM, size * MAX_RATIO))
    try:
        with zipfile.ZipFile(file) as archive, archive.open(_report_in(archive)) as member:
            yield Capped(member, limit)
    except zipfile.BadZipFile as error:
        truncated = "not a zip file" in str(error)
        raise BrokenReportError(Broken.TRUNCATED if truncated else Broken.DAMAGED) from error
    except (zlib.error, EOFError) as error:
        raise BrokenReportError(Broken.DAMAGED) from error
    except NotImplementedError as error:
        raise BrokenReportError(Broken.COMPRESSION) from error


def _report_in(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    if len(members) > MAX_FILES:
        raise BrokenReportError(Broken.TOO_MANY_FILES)
    for member in members:
        if UNSAFE_NAME.search(member.filename) or UNSAFE_NAME.search(member.orig_filename):
            raise BrokenReportError(Broken.BAD_NAME, member.filename[:200])
    files = [member for member in members if not member.is_dir()]
    if any(member.flag_bits & ENCRYPTED for member in files):
        raise BrokenReportError(Broken.ENCRYPTED)
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in files):
        raise BrokenReportError(Broken.COMPRESSION)
    nested = False
    for member in sorted(files, key=lambda each: each.file_size, reverse=True):
        with archive.open(member) as stream:
            start = stream.read(256)
        if looks_like_report(start):
            return member
        nested = nested or start.startswith(OTHER_ARCHIVES)
    raise BrokenReportError(Broken.NESTED if nested else Broken.NO_REPORT_INSIDE)


def looks_like_report(start: bytes) -> bool:
    """Tell XML or SQLite from its first bytes."""
    if start.startswith(SQLITE):
        return True
    for mark in BOMS:
        start = start.removeprefix(mark)
    return start.replace(b"\0", b"").lstrip()[:1] == b"<"
