"""Puts the embedded Telegram together as one aiohttp application, and runs it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urlsplit

from aiohttp import web

from demo.telegram import botapi, page, sim
from demo.telegram.cast import Cast
from demo.telegram.errors import Refusal
from demo.telegram.seams import CLOSING, ESTATE, STORIES, WORLD, Estate, Stories
from demo.telegram.webhook import deliver
from demo.telegram.world import World

BODY_AT_MOST = 80 * 1024 * 1024
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_app(
    *,
    cast: Cast,
    now: Callable[[], datetime],
    token: str,
    estate: Estate | None = None,
    stories: Stories | None = None,
    limits: bool = True,
) -> web.Application:
    """Build the Bot API, the ``/sim`` interface and the page over one world of chats.

    ``now`` tells aware UTC time. ``estate`` and ``stories`` fill the panel of the page. Without ``limits`` flood
    control lets everything through.
    """
    app = web.Application(client_max_size=BODY_AT_MOST, middlewares=[_answers_in_json])
    app[WORLD] = World(cast=cast, now=now, token=token, limits=limits)
    if estate is not None:
        app[ESTATE] = estate
    if stories is not None:
        app[STORIES] = stories
    app.add_routes([*botapi.routes, *sim.routes, *page.routes])
    app.on_startup.append(_open)
    app.on_shutdown.append(_close)
    app.cleanup_ctx.append(deliver)
    return app


@asynccontextmanager
async def serving(app: web.Application, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve while the context lasts; give the address, which tells the port that was chosen for 0."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0]
        yield f"http://[{bound[0]}]:{bound[1]}" if ":" in bound[0] else f"http://{bound[0]}:{bound[1]}"
    finally:
        await runner.cleanup()


async def _open(app: web.Application) -> None:
    app[CLOSING] = asyncio.Event()


async def _close(app: web.Application) -> None:
    app[CLOSING].set()
    app[WORLD].events.close()


@web.middleware
async def _answers_in_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other sites' pages, and answer the mistakes of ``/sim`` callers in JSON."""
    if not request.path.startswith("/sim/"):
        return await handler(request)
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        return web.json_response({"error": "another site may not use this chat"}, status=403)
    try:
        return await handler(request)
    except Refusal as refusal:
        return web.json_response({"error": refusal.description.removeprefix("Bad Request: ")}, status=refusal.code)
