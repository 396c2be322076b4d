"""The page for people: its files, its security headers, and the stream of events that keeps it up to date."""

import asyncio
import json
from importlib.resources import files

from aiohttp import web

from demo.telegram.seams import CLOSING, WORLD

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


@routes.get("/")
async def index(request: web.Request) -> web.Response:
    del request
    return _static("index.html")


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
    with request.app[WORLD].events.listen() as listener:
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
