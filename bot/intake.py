"""Takes reports in over HTTP: the protocol of the deployed scripts, and a JSON form of the same."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any, Protocol, cast

from aiohttp import (
    BodyPartReader,
    MultipartReader,
    StreamReader,
    content_disposition_filename,
    parse_content_disposition,
    web,
)
from aiohttp.http import HttpVersion11
from pydantic import ValidationError

from bot.bounds import (
    TOO_LARGE,
    UNAUTHORIZED,
    UNKNOWN_CLIENT,
    Bounded,
    Bounds,
    RefusedError,
    bounded,
)
from bot.reported import MAX_JSON, read_reported
from checks.reports import ReportKind
from handlers.ledger import Answer, Delivery
from handlers.reports import KINDS
from storage.files import Body, Spool
from storage.tokens import Pass

FILE_NAME = re.compile(r"([^/\\\x00-\x1f\x7f\ud800-\udfff]{1,100})\.(zip|xml|status)", re.IGNORECASE)
PIECE = 64 * 1024


class Door(Protocol):
    """Receives what was sent (``handlers.reports.Intake``)."""

    def spool(self) -> Spool: ...
    async def upload(self, client: str, ending: str, body: Body, sender: Pass) -> Answer: ...
    async def receive(self, delivery: Delivery) -> Answer: ...
    async def has_come(self, client: str, ending: str) -> bool: ...


Admit = Callable[[str, str | None], Awaitable[Pass | None]]
"""(token, dealer) → whose token it is, None for all that are not good."""


class Reports:
    """The handlers of ``/upload``, ``/files/NAME`` and ``/api/v1/reports``."""

    def __init__(self, door: Door, admit: Admit, bounds: Bounds) -> None:
        self._door = door
        self._admit = admit
        self._bounds = bounds

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/upload", self.upload, expect_handler=self.expected)
        app.router.add_head("/files/{name}", self.file)
        app.router.add_post("/api/v1/reports", self.report, expect_handler=self.expected)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Take one file as the scripts send it."""
        sender = await sender_of(request, self._admit)
        _weigh(request, self._bounds.body)
        async with bounded(request, self._bounds) as stream:
            client, ending, body = await self._file(request, stream, sender)
        if await self._door.upload(client, ending, body, sender) is Answer.UNKNOWN_CLIENT:
            raise RefusedError(*UNKNOWN_CLIENT)
        return reply(200, ok=True, path=f"/files/{client}.{ending}")

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Say whether such a report has come; what was in it is never given out."""
        sender = await sender_of(request, self._admit)
        client, ending = parse_name(request.match_info["name"]) or ("", "")
        _allow(sender, client)
        if not ending or not await self._door.has_come(client, ending):
            raise RefusedError(404, "not_found")
        return web.Response(headers={"Cache-Control": "no-store"})

    async def report(self, request: web.Request) -> web.StreamResponse:
        """Take one report as JSON (see ``bot.reported``) with a client's own token."""
        sender = await sender_of(request, self._admit)
        if sender.client is None:
            raise RefusedError(*UNAUTHORIZED)
        body = await read_body(request, self._bounds, MAX_JSON)
        try:
            report, facts = read_reported(body, sender.client)
        except ValidationError as error:
            return reply(400, ok=False, error="invalid", fields=flaws(error))
        _allow(sender, report.client)
        digest = sha256(body).hexdigest()
        sent = Delivery(report=report, facts=facts, file="", digest=digest, size=len(body), sender=sender)
        if await self._door.receive(sent) is Answer.UNKNOWN_CLIENT:
            raise RefusedError(*UNKNOWN_CLIENT)
        ending = "status" if report.kind is ReportKind.STATUS else "xml"
        return reply(200, ok=True, path=f"/files/{report.client}.{ending}")

    async def expected(self, request: web.Request) -> web.StreamResponse | None:
        """Answer ``Expect: 100-continue`` only to those whose body is wanted: the others need not send it."""
        try:
            await sender_of(request, self._admit)
            _weigh(request, self._bounds.body)
        except RefusedError as error:
            return refuse(error)
        if request.version >= HttpVersion11 and request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0  # the answer itself has not begun
        return None

    async def _file(self, request: web.Request, stream: Bounded, sender: Pass) -> tuple[str, str, Body]:
        """Read the one field ``file``; what stands before and after it is passed over, within the bounds."""
        found: tuple[str, str, Body] | None = None
        try:
            parts = MultipartReader(request.headers, cast("StreamReader", stream))
            while (part := await parts.next()) is not None:
                name, file_name = _labels(part)
                if isinstance(part, BodyPartReader) and name == "file" and found is None:
                    found = (*_named(file_name, sender), await self._body(part))
                else:
                    await part.release()
        except BaseException as error:
            if found is not None:
                await asyncio.to_thread(found[2].drop)
            if isinstance(error, RefusedError | TimeoutError | OSError) or not isinstance(error, Exception):
                raise
            raise RefusedError(400, "malformed") from error
        if found is None:
            raise RefusedError(400, "no_file")
        return found

    async def _body(self, part: BodyPartReader) -> Body:
        spool = self._door.spool()
        try:
            while piece := await part.read_chunk(PIECE):
                await spool.add(piece)
            return await spool.finish()
        except BaseException:
            await spool.drop()
            raise


def _labels(part: BodyPartReader | MultipartReader) -> tuple[str | None, str]:
    _, parameters = parse_content_disposition(part.headers.get("Content-Disposition"))
    return parameters.get("name"), content_disposition_filename(parameters) or ""


def _named(file_name: str, sender: Pass) -> tuple[str, str]:
    named = parse_name(file_name)
    if named is None:
        raise RefusedError(400, "bad_file_name")
    _allow(sender, named[0])
    return named


def parse_name(name: str) -> tuple[str, str] | None:
    """Split ``CLIENT.zip`` into the client and its ending; None for what can be no such name."""
    found = FILE_NAME.fullmatch(name)
    if found is None or found[1].strip(". ") != found[1]:
        return None
    ending = found[2].lower()
    return (found[1], ending) if ending in KINDS else None


async def sender_of(request: web.Request, admit: Admit) -> Pass:
    """Return whose token the request carries.

    Raises:
        RefusedError: nobody's, or none.

    """
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else request.query.get("token", "")
    dealer = request.headers.get("dealer")
    sender = await admit(token, dealer and dealer.encode(errors="replace").decode()[:100])
    if sender is None:
        raise RefusedError(*UNAUTHORIZED)
    return sender


async def read_body(request: web.Request, bounds: Bounds, limit: int) -> bytes:
    """Read a body of at most ``limit`` bytes.

    Raises:
        RefusedError: it is larger.
        TimeoutError: the sender is too slow.

    """
    _weigh(request, limit)
    body = bytearray()
    async with bounded(request, replace(bounds, body=limit)) as stream:
        while piece := await stream.read(PIECE):
            body += piece
    return bytes(body)


def reply(status: int, **fields: Any) -> web.Response:
    """Answer with JSON, packed as tightly as the scripts have always seen it."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)


def refuse(error: RefusedError) -> web.Response:
    """Answer with the reason, and close: the rest of the body is not wanted."""
    answer = reply(error.status, ok=False, error=error.word)
    if error.status == UNAUTHORIZED[0]:
        answer.headers["WWW-Authenticate"] = "Bearer"
    answer.force_close()
    return answer


def flaws(error: ValidationError) -> list[dict[str, str]]:
    """Say which fields break which rule, never what stood in them."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [{"field": ".".join(map(str, each["loc"]))[:200], "rule": each["type"]} for each in found[:20]]


def _allow(sender: Pass, client: str) -> None:
    """Refuse a client's token for another client: there it is as good as a wrong one."""
    if sender.client is not None and sender.client != client:
        raise RefusedError(*UNAUTHORIZED)


def _weigh(request: web.Request, limit: int) -> None:
    if (request.content_length or 0) > limit:
        raise RefusedError(*TOO_LARGE)
