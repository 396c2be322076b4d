"""The Bot API over HTTP: checks the token, runs the method, writes the ledger and lets ordered faults happen."""

import asyncio
import hmac
import inspect
import json
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from demo.telegram.errors import Refusal, bad, flood, forbidden
from demo.telegram.faults import Fault, Kind
from demo.telegram.methods import BY_LOWER_NAME, COUNTED, Method
from demo.telegram.parameters import Parameters, read
from demo.telegram.seams import CLOSING, WORLD
from demo.telegram.world import World

HTML_502 = """<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx/1.18.0</center>
</body>
</html>
"""
HANG_AT_MOST = 600.0
HANG_LOOK = 0.05
LOST = {
    Kind.HANG: "hung after accept",
    Kind.DROP: "dropped after accept",
    Kind.BROKEN: "broken JSON after accept",
    Kind.HALF: "half an answer after accept",
    Kind.ERROR: "500 after accept",
    Kind.HTML: "502 HTML after accept",
}

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: whether it took effect, what the bot shall hear, what the ledger says."""

    answer: dict[str, Any]
    status: int = 200
    accepted: bool = False
    verdict: str = "ok"
    fault: Kind | None = None


@routes.route("*", r"/bot{token:[^/]+}/{method:[A-Za-z]*}")
async def call(request: web.Request) -> web.StreamResponse:
    world = request.app[WORLD]
    if not _token_fits(request, world):
        return _refused(_unauthorized(request.match_info["token"]))
    name, method = BY_LOWER_NAME.get(request.match_info["method"].lower(), (request.match_info["method"], None))
    try:
        parameters = await read(request)
    except Refusal as refusal:
        return _refused(refusal)
    fault = _fault(world, name, parameters)
    outcome = await _run(world, name, method, parameters, fault)
    _record(world, name, parameters, outcome)
    return await _answer(request, outcome)


@routes.get(r"/file/bot{token:[^/]+}/{path:.+}")
async def download(request: web.Request) -> web.Response:
    """Give a file to the bot, under the path that ``getFile`` has told."""
    world = request.app[WORLD]
    if not _token_fits(request, world):
        return _refused(_unauthorized(request.match_info["token"]))
    stored = world.files.by_path.get(request.match_info["path"])
    if stored is None:
        return _refused(Refusal(404, "Not Found"))
    return web.Response(body=stored.content, content_type="application/octet-stream")


def _token_fits(request: web.Request, world: World) -> bool:
    return hmac.compare_digest(request.match_info["token"].encode(), world.token.encode())


def _unauthorized(token: str) -> Refusal:
    """Telegram calls a token of the right shape unauthorized, and does not know anything else."""
    number, colon, rest = token.partition(":")
    shaped = number.isdecimal() and colon and rest
    return Refusal(401, "Unauthorized") if shaped else Refusal(404, "Not Found")


def _refused(refusal: Refusal) -> web.Response:
    return web.json_response(refusal.answer(), status=refusal.code)


def _fault(world: World, name: str, parameters: Parameters) -> Fault | None:
    room = world.rooms.get(parameters.chat_id or 0)
    group = room is not None and not room.private and room.migrated_to is None
    topic = bool(parameters.text("message_thread_id"))
    return world.faults.take(name, room.id if room else None, group=group, topic=topic, now=world.now())


async def _run(world: World, name: str, method: Method | None, parameters: Parameters, fault: Fault | None) -> Outcome:
    if method is None:
        return _no(Refusal(404, "Not Found: method not found"))
    if fault and not fault.accepted:
        spoiled = _spoiled(world, parameters, fault)
        if spoiled is not None:
            return spoiled
    try:
        if name in COUNTED and parameters.chat_id in world.rooms:
            private = world.rooms[parameters.chat_id].private
            world.flood.admit(parameters.chat_id, group=not private, now=world.now())
        result = method(world, parameters)
        answer = {"ok": True, "result": await result if inspect.isawaitable(result) else result}
        outcome = Outcome(answer, accepted=True)
    except Refusal as refusal:
        outcome = _no(refusal)
    if fault and fault.accepted:
        verdict = LOST.get(fault.kind, fault.kind) if outcome.accepted else f"{outcome.verdict} ({fault.kind})"
        return replace(outcome, verdict=verdict, fault=fault.kind)
    return outcome


def _no(refusal: Refusal) -> Outcome:
    return Outcome(refusal.answer(), refusal.code, verdict=f"{refusal.code} {refusal.description}")


def _spoiled(world: World, parameters: Parameters, fault: Fault) -> Outcome | None:
    """Return how a call ends that takes no effect; None when Telegram itself will refuse it after what happened."""
    match fault.kind:
        case Kind.FLOOD:
            return _no(flood(fault.retry_after))
        case Kind.BLOCKED:
            private = world.rooms[parameters.chat_id or 0].private
            whom = "bot was blocked by the user" if private else "bot was kicked from the supergroup chat"
            return _no(forbidden(whom))
        case Kind.NO_THREAD:
            return _no(bad("message thread not found"))
        case Kind.MIGRATE:
            world.migrate(world.rooms[parameters.chat_id or 0])
            return None
        case Kind.ERROR:
            return _no(Refusal(500, "Internal Server Error"))
        case Kind.REFUSE:
            return Outcome({}, verdict="refused", fault=Kind.REFUSE)
    return Outcome({"ok": True}, verdict=f"{fault.kind} before accept", fault=fault.kind)


def _record(world: World, name: str, parameters: Parameters, outcome: Outcome) -> None:
    """Write the call down before it is answered; an empty poll is no news."""
    result = outcome.answer.get("result")
    if name == "getUpdates" and outcome.verdict == "ok" and not result:
        return
    sent = result.get("message_id") if isinstance(result, dict) else None
    entry = world.ledger.write(
        time=world.now(),
        method=name,
        parameters=parameters.told(),
        verdict=outcome.verdict,
        accepted=outcome.accepted,
        chat_id=parameters.chat_id,
        message_id=sent,
    )
    if name != "getUpdates":
        world.events.publish("call", call=entry.as_json() | {"parameters": {}})


async def _answer(request: web.Request, outcome: Outcome) -> web.StreamResponse:
    body = json.dumps(outcome.answer, ensure_ascii=False).encode()
    match outcome.fault:
        case Kind.HANG:
            await _hang(request)
            return _cut(request)
        case Kind.DROP | Kind.REFUSE:
            return _cut(request)
        case Kind.HTML:
            return web.Response(status=502, text=HTML_502, content_type="text/html")
        case Kind.ERROR:
            return _refused(Refusal(500, "Internal Server Error"))
        case Kind.BROKEN:
            return web.Response(body=body[: len(body) // 2], content_type="application/json")
        case Kind.HALF:
            return await _half(request, body)
    return web.Response(body=body, status=outcome.status, content_type="application/json")


async def _hang(request: web.Request) -> None:
    """Say nothing until the bot gives up or the server closes."""
    closing = request.app[CLOSING]
    for _ in range(int(HANG_AT_MOST / HANG_LOOK)):
        if request.transport is None or request.transport.is_closing() or closing.is_set():
            return
        await asyncio.sleep(HANG_LOOK)


def _cut(request: web.Request) -> web.StreamResponse:
    """Break the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(body)), "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(body[: max(1, len(body) // 2)])
    return _cut(request) if request.transport else response
