"""Tells a dead man's switch that all is well here; when that stops, it sounds the alarm that we no longer can."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import aiohttp

from bot.server import Probe, ask_all

log = logging.getLogger(__name__)

ANSWER_SECONDS = 10.0


class Heartbeat:
    """One ``beat`` is one call, made only while every probe is content; the address is a secret and never shown."""

    def __init__(self, url: str, probes: Mapping[str, Probe]) -> None:
        self._url = url
        self._probes = probes
        self._well = True

    async def beat(self) -> bool:
        """Call, unless something ails; returns whether the call was taken."""
        said = await ask_all(self._probes)
        ailing = {name: word for name, word in said.items() if word is not None}
        if ailing:
            if self._well:
                log.error("no heartbeat: %s", ailing)
            self._well = False
            return False
        self._well = True
        limit = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        try:
            async with aiohttp.ClientSession(timeout=limit) as http, http.get(self._url) as answer:
                taken = answer.status < 400  # noqa: PLR2004 - where refusals begin
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("the heartbeat was not taken: %s", type(error).__name__)
            return False
        if not taken:
            log.warning("the heartbeat was not taken")
        return taken
