"""The page for people: its files, its security headers, and the stream of events that keeps it up to date."""

import asyncio
import json
from contextlib import suppress
from importlib.resources import files

from aiohttp import web

from demo.telegram import views
from demo.telegram.seams import CLOSING, WORLD
from demo.telegram.sim import state_of

routes = web.RouteTableDef()

STATIC = files("demo.telegram") / "static"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}
HEARTBEAT = 15.0
FIRST_SHOWN = 300
"""How many messages of a chat the page loads at first; the same number stands in feed.js."""


@routes.get("/")
async def index(request: web.Request) -> web.Response:
    del request
    return _static("index.html")


@routes.get("/boot.js")
async def boot(request: web.Request) -> web.Response:
    """Give all that the page draws first as a module, so that it is complete before it counts as loaded."""
    world = request.app[WORLD]
    rooms = [room for room in world.rooms.values() if room.migrated_to is None]
    messages = {room.id: views.messages(world, room, last=FIRST_SHOWN) for room in rooms}
    told = json.dumps({"state": state_of(request.app), "messages": messages}, ensure_ascii=True)
    headers = SECURITY | {"Cache-Control": "no-store"}
    return web.Response(text=f"export default {told};\n", content_type="text/javascript", headers=headers)


@routes.get("/favicon.ico")
async def favicon(request: web.Request) -> web.Response:
    del request
    return _static("icon.svg")


@routes.get(r"/static/{name:[a-z_]+\.(html|css|js|svg)}")
async def static(request: web.Request) -> web.Response:
    return _static(request.match_info["name"])


def _static(name: str) -> web.Response:
    found = STATIC / name
    if not found.is_file():
        raise web.HTTPNotFound
    kind = TYPES[name[name.rfind(".") :]]
    headers = SECURITY | {"Cache-Control": "no-cache"}
    return web.Response(text=found.read_text(encoding="utf-8"), content_type=kind, headers=headers)


@routes.get("/sim/events")
async def events(request: web.Request) -> web.StreamResponse:
    """Stream what changes, as server-sent events, until the page or the server goes away."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    with suppress(ConnectionResetError), request.app[WORLD].events.listen() as listener:  # a page may go at any moment
        await response.write(b"retry: 1000\n\n")
        while not request.app[CLOSING].is_set():
            try:
                event = await asyncio.wait_for(listener.get(), HEARTBEAT)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if event is None:
                break
            await response.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())
    return response
