"""Files of the embedded chat, kept in memory: documents, and photos with the size that is read from their header."""

import mimetypes
import re
import struct
from dataclasses import dataclass, field
from itertools import count

from demo.telegram.errors import bad

KEPT_BYTES = 200 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    id: str
    path: str
    name: str
    mime: str
    content: bytes = field(repr=False)
    width: int = 0
    height: int = 0

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(slots=True)
class Files:
    """All files by id and by path; the oldest go when there are too many bytes."""

    prefix: str
    by_id: dict[str, File] = field(default_factory=dict)
    by_path: dict[str, File] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def document(self, name: str, content: bytes) -> File:
        if not content:
            raise bad("file must be non-empty")
        mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return self._keep("documents", name or "file", content, mime=mime)

    def photo(self, content: bytes) -> File:
        if not content:
            raise bad("file must be non-empty")
        if len(content) > MAX_PHOTO:
            raise bad(
                f"file of size {len(content)} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes"
            )
        mime, width, height = picture(content)
        if not width or not height:
            raise bad("IMAGE_PROCESS_FAILED")
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):  # noqa: PLR2004
            raise bad("PHOTO_INVALID_DIMENSIONS")
        return self._keep("photos", f"photo.{mime.split('/')[1]}", content, mime=mime, width=width, height=height)

    def get(self, file_id: str) -> File:
        if file_id not in self.by_id:
            raise bad("invalid file_id")
        return self.by_id[file_id]

    def _keep(self, folder: str, name: str, content: bytes, *, mime: str, width: int = 0, height: int = 0) -> File:
        number = next(self._numbers)
        ending = re.sub(r"[^A-Za-z0-9.]", "", name[name.rfind(".") :])[:10] if "." in name else ""
        file = File(
            id=f"{self.prefix}-{folder}-{number}",
            path=f"{folder}/file_{number}{ending}",
            name=name,
            mime=mime,
            content=content,
            width=width,
            height=height,
        )
        self.by_id[file.id] = self.by_path[file.path] = file
        self._forget_oldest()
        return file

    def _forget_oldest(self) -> None:
        total = sum(file.size for file in self.by_id.values())
        while total > KEPT_BYTES and len(self.by_id) > 1:
            oldest = self.by_id.pop(next(iter(self.by_id)))
            del self.by_path[oldest.path]
            total -= oldest.size


def picture(content: bytes) -> tuple[str, int, int]:
    """Return MIME type, width and height of a PNG, JPEG or GIF; zeros for anything else."""
    if content.startswith(PNG) and len(content) >= 24:  # noqa: PLR2004
        return ("image/png", *struct.unpack(">II", content[16:24]))
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:  # noqa: PLR2004
        return ("image/gif", *struct.unpack("<HH", content[6:10]))
    if content.startswith(b"\xff\xd8"):
        return ("image/jpeg", *_jpeg_size(content))
    return "application/octet-stream", 0, 0


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:  # noqa: PLR2004
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + max(length, 2)
    return 0, 0
