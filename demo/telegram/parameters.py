"""Parameters of a Bot API call, whether they came in the query, as JSON, as a form or as multipart with files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from demo.telegram.errors import Refusal, bad

MAX_FILE = 50 * 1024 * 1024
JSON_FIELDS = {
    "reply_markup", "entities", "caption_entities", "reply_parameters", "allowed_updates", "commands", "scope",
    "link_preview_options", "media", "reaction", "results", "button",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Upload:
    """A file inside a call."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Parameters:
    """Named values of one call, read by the type that a method expects."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> int | None:
        """Return an integer; None when it is missing; 400 when it is something else."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad(f"invalid {name} specified") from None

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def object(self, name: str) -> Any:
        """Return a JSON value; forms carry it as text."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None

    @property
    def chat_id(self) -> int | None:
        """The chat that the call is about, as far as it can be told; never raises."""
        try:
            return int(str(self.values.get("chat_id", "")))
        except ValueError:
            return None

    def told(self) -> dict[str, Any]:
        """Return the call for the ledger: JSON unpacked, files by name and size only."""
        files = {name: {"file": upload.name, "size": len(upload.content)} for name, upload in self.files.items()}
        return {name: _unpacked(name, value) for name, value in self.values.items()} | files


def _unpacked(name: str, value: Any) -> Any:
    if name not in JSON_FIELDS or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


async def read(request: web.Request) -> Parameters:
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    try:
        if request.content_type == "application/json":
            values |= await _json(request)
        elif request.content_type == "multipart/form-data":
            await _multipart(request, values, files)
        else:
            values |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    except (UnicodeDecodeError, ValueError):
        raise bad("can't parse request body") from None
    _require_utf8(values)
    return Parameters(values, files)


async def _json(request: web.Request) -> dict[str, Any]:
    body = await request.read()
    if not body.strip():
        return {}
    values = json.loads(body)
    if not isinstance(values, dict):
        raise bad("can't parse request: JSON object expected")
    return values


async def _multipart(request: web.Request, values: dict[str, Any], files: dict[str, Upload]) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.filename is None:
            values[part.name] = await part.text()
        else:
            files[part.name] = Upload(part.filename, await _bounded(part))


async def _bounded(part: BodyPartReader) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(1 << 16):
        content += chunk
        if len(content) > MAX_FILE:
            raise Refusal(413, "Request Entity Too Large")
    return bytes(content)


def _require_utf8(values: Mapping[str, Any]) -> None:
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
