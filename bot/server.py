"""The HTTP side: reports come in, health, readiness and metrics can be asked for; nothing else is answered."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from time import monotonic

from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.announcements import Announcements, Desk
from bot.bounds import Bounds, RefusedError
from bot.config import cannot_listen
from bot.intake import Admit, Door, Reports, refuse, reply

log = logging.getLogger(__name__)

PROBE_SECONDS = 2.0
SILENT = web.AppKey("silent", set[int])
"""Connections, by identity, that have not brought their first request yet."""

Probe = Callable[[], str | Awaitable[str | None] | None]
"""Says what is wrong in a few words that may be public, or None when all is well."""

Refresh = Callable[[], Awaitable[None]]
"""Reads the gauges anew before they are given out."""


def create_server(
    *,
    door: Door,
    admit: Admit,
    probes: Mapping[str, Probe],
    registry: CollectorRegistry,
    bounds: Bounds | None = None,
    desk: Desk | None = None,
    refresh: Refresh | None = None,
) -> web.Application:
    """Make the application: ``door`` takes the reports in, ``admit`` knows tokens, ``probes`` decide readiness.

    ``desk`` takes announcements of planned work in.
    """
    app = web.Application(middlewares=[_Guard(registry).middleware])
    app[SILENT] = set()
    Reports(door, admit, bounds or Bounds()).add_to(app)
    if desk is not None:
        Announcements(desk, admit, bounds or Bounds()).add_to(app)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _Readiness(probes).handler)
    app.router.add_get("/metrics", _Metrics(registry, refresh).handler)
    return app


@asynccontextmanager
async def serving(
    app: web.Application,
    host: str,
    port: int,
    *,
    headers_within: float = 30.0,
    linger: float = 3.0,
    stop_within: float = 8.0,
) -> AsyncIterator[int]:
    """Serve while inside; give the real port (``port`` 0 chooses a free one). URLs hold tokens: nothing logs them.

    ``linger`` is how many seconds an unwanted body is read away, so that its sender sees why it was refused. A sender
    in the middle of a body is given ``stop_within`` seconds at the end; a script sends again what was not acknowledged.

    Raises:
        ConfigError: the address is taken or is not ours.

    """
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_discreet(),
        handle_signals=False,
        shutdown_timeout=stop_within / 2,  # aiohttp waits twice: for the handler, then for the handler it has cancelled
        lingering_time=linger,
        keepalive_timeout=30.0,
    )
    await runner.setup()
    loop = asyncio.get_running_loop()

    def connection() -> asyncio.Protocol:
        assert runner.server is not None
        handler = runner.server()
        app[SILENT].add(id(handler))
        loop.call_later(headers_within, _hang_up, handler, app[SILENT])
        return handler

    try:
        listener = await loop.create_server(connection, host, port, backlog=512)
    except OSError as error:
        await runner.cleanup()
        raise cannot_listen("server.listen", f"{host}:{port}", error) from None
    try:
        yield int(listener.sockets[0].getsockname()[1])
    finally:
        listener.close()
        await runner.cleanup()


def _hang_up(handler: web.RequestHandler, silent: set[int]) -> None:
    """Close a connection that has not brought one whole set of headers in time."""
    if id(handler) in silent:
        silent.discard(id(handler))
        handler.force_close()


def _discreet() -> logging.Logger:
    """Return a logger for aiohttp that leaves out malformed requests: their first line, quoted, may hold a token."""
    logger = logging.getLogger(f"{__name__}.http")
    logger.addFilter(_Discretion())
    return logger


class _Discretion(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


class _Guard:
    """Turns whatever goes wrong into a right status, and counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "smartbot_http_requests_total", "HTTP requests", ("route", "status"), registry=registry
        )
        self._seconds = Histogram("smartbot_http_request_seconds", "Time to the answer", ("route",), registry=registry)

    async def middleware(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        began = monotonic()
        request.app[SILENT].discard(id(request.protocol))
        answer = await _answered(request, handler)
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "other"
        self._requests.labels(route, str(answer.status)).inc()
        self._seconds.labels(route).observe(monotonic() - began)
        return answer

    middleware.__middleware_version__ = 1  # type: ignore[attr-defined]


async def _answered(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except RefusedError as error:
        return refuse(error)
    except TimeoutError:
        return refuse(RefusedError(408, "too_slow"))
    except web.HTTPException as error:
        return refuse(RefusedError(error.status, error.reason.lower().replace(" ", "_")))
    except (ClientError, ConnectionError):
        return refuse(RefusedError(400, "cut_off"))
    except OSError as error:
        log.error("a report could not be kept: %s", error.strerror)  # noqa: TRY400 - the place tells nothing more
        return refuse(RefusedError(507, "no_space"))
    except Exception:
        log.exception("request failed: %s", request.match_info.route.name or request.method)
        return refuse(RefusedError(503, "try_again"))


async def _healthz(_request: web.Request) -> web.StreamResponse:
    return reply(200, ok=True)


class _Readiness:
    """Asks every probe at once, each for two seconds at most."""

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        self._probes = probes

    async def handler(self, _request: web.Request) -> web.StreamResponse:
        said = await ask_all(self._probes)
        ready = all(word is None for word in said.values())
        return reply(200 if ready else 503, ok=ready, checks={name: word or "ok" for name, word in said.items()})


async def ask_all(probes: Mapping[str, Probe]) -> dict[str, str | None]:
    """Ask every probe at once, each for two seconds at most; None = content."""
    words = await asyncio.gather(*(_ask(probe) for probe in probes.values()))
    return dict(zip(probes, words, strict=True))


async def _ask(probe: Probe) -> str | None:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            word = probe()
            return await word if inspect.isawaitable(word) else word
    except TimeoutError:
        return "no answer in time"
    except Exception as error:
        log.exception("a readiness probe failed")
        return type(error).__name__


class _Metrics:
    """Gives the registry in Prometheus text."""

    def __init__(self, registry: CollectorRegistry, refresh: Refresh | None) -> None:
        self._registry = registry
        self._refresh = refresh

    async def handler(self, _request: web.Request) -> web.StreamResponse:
        if self._refresh is not None:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._refresh()
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
