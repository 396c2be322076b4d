"""Opens the simulated estate: servers, names, lists, uploads."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from demo.estate.authority import Authority
from demo.estate.cast import Cast, crowd, shipped_cast
from demo.estate.lists import write_lists
from demo.estate.network import REFERENCE_NAME, Network
from demo.estate.places import Places
from demo.estate.settings import Settings, keep_token
from demo.estate.states import EstateError
from demo.estate.uploads import Pace, open_uploads
from demo.estate.world import Estate

log = logging.getLogger(__name__)

LOGINS = 8
"""So many clients of the estate have given us a check user."""

Now = Callable[[], datetime]


@asynccontextmanager
async def open_estate(
    *,
    now: Now,
    folder: Path | None = None,
    uploads_to: str | None = None,
    pace: Pace | None = None,
    free_ports: bool = False,
    tls: bool = False,
    cast: Cast | None = None,
    own: int | None = None,
) -> AsyncIterator[Estate]:
    """Serve the estate on loopback while the context lasts, all in order; ``settings`` say how to watch it.

    ``now`` tells aware UTC time. Lists, token and certificate are written into ``folder`` (a temporary one without
    it). ``uploads_to`` is the URL of an intake without a path: clients report there at ``pace``. Ports are fixed, or
    whichever are free if asked or if somebody has the fixed ones. With ``tls`` two clients show certificates of the
    estate's own authority. ``own``: see ``build_estate``.
    """
    cast = cast or shipped_cast(tls=tls)
    places = Places.here(free=free_ports)
    if own is not None and not places.spread:
        raise EstateError("a crowd needs all of 127.0.0.0/8, which this machine does not give")
    authority = Authority(now()) if any(resident.tls for resident in cast.residents) else None
    build = partial(Network, cast, own=len(cast.residents) if own is None else own, authority=authority)
    async with AsyncExitStack() as stack:
        home = folder or Path(stack.enter_context(TemporaryDirectory(prefix="estate-")))
        home.mkdir(parents=True, exist_ok=True)
        network = await _open(stack, build, places)
        settings = _describe(network, home, now)
        if uploads_to is not None:
            installations, token = network.installations.values(), settings.upload_token_file.read_text().strip()
            await stack.enter_async_context(
                open_uploads(installations, to=uploads_to, token=token, now=now, pace=pace or Pace())
            )
        yield Estate(network, settings)


async def _open(stack: AsyncExitStack, build: Callable[[Places], Network], places: Places) -> Network:
    """Open at the usual places, or wherever is free when somebody (another demo) is there already."""
    network = build(places)
    try:
        await stack.enter_async_context(network.opened())
    except EstateError as error:
        if places.free:
            raise
        log.warning("%s; taking whichever ports are free", error)
        return await _open(stack, build, replace(places, free=True))
    return network


def _describe(network: Network, home: Path, now: Now) -> Settings:
    """Write what the bot is to read, and say where it is."""
    host, port = network.name_server
    if network.authority:
        network.authority.write(home / "authority.pem")
    return Settings(
        dns_servers=(f"{host}:{port}",),
        allow_networks=network.places.networks(),
        reference_hosts=(f"{network.witness.host}:{network.witness.port}",),
        reference_names=(REFERENCE_NAME,),
        lists=write_lists(
            home,
            redirects=network.redirects.values(),
            installations=network.installations.values(),
            today=now().date(),
        ),
        upload_token_file=keep_token(home / "upload-token"),
        ca_file=home / "authority.pem" if network.authority else None,
        logins=tuple(name for name, one in network.installations.items() if one.resident.public)[:LOGINS],
    )


@asynccontextmanager
async def build_estate(
    *, now: Now, clients: int, redirects: int, own: int = 40, folder: Path | None = None
) -> AsyncIterator[Estate]:
    """Serve an estate of any size on free ports.

    Every client has an address of its own, yet only the first ``own`` clients have a listening socket of their own
    (and can ``refuse``); the others share one that takes every address of loopback.
    """
    cast = crowd(clients=clients, redirects=redirects)
    async with open_estate(now=now, folder=folder, free_ports=True, cast=cast, own=own) as estate:
        yield estate
