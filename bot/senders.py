"""Sends a letter out: through apprise in a thread of its own, or as a signed webhook; says whether it arrived."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import aiohttp

from handlers.letters import Letter

T = TypeVar("T")

TIMESTAMP = "X-Smartbot-Timestamp"
SIGNATURE = "X-Smartbot-Signature"
DELIVERY = "X-Smartbot-Delivery"
WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where a channel leads; both values are secrets and are never shown."""

    url: str
    secret: str | None = None

    @property
    def hook(self) -> bool:
        """Whether programs listen there: each alert goes alone, as JSON."""
        return self.url.lower().startswith(WEB)


class NotTakenError(Exception):
    """The letter did not arrive, or nobody knows; the message is one word that may be shown."""


async def send(address: Address, letter: Letter, *, number: int, now: datetime, seconds: float) -> None:
    """Send a letter; ``number`` lets the receiver tell a repetition.

    Raises:
        NotTakenError: it did not arrive, or the answer was lost.

    """
    try:
        async with asyncio.timeout(seconds):
            if address.hook:
                await _post(address, letter, number=number, now=now, seconds=seconds)
            else:
                await in_thread(lambda: _notify(address.url, letter))
    except TimeoutError:
        raise NotTakenError("timeout") from None
    except NotTakenError:
        raise
    except Exception as error:  # noqa: BLE001 - a hundred services fail in a hundred ways
        raise NotTakenError(type(error).__name__) from None


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a webhook: HMAC-SHA256 over timestamp, dot and body, in hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


async def _post(address: Address, letter: Letter, *, number: int, now: datetime, seconds: float) -> None:
    sent_at = str(int(now.timestamp()))
    whole = {**letter.facts, "delivery": number, "summary": letter.subject, "text": letter.text}
    body = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "smartbot",
        TIMESTAMP: sent_at,
        DELIVERY: str(number),
        SIGNATURE: f"sha256={sign(address.secret or '', sent_at, body)}",
    }
    limit = aiohttp.ClientTimeout(total=seconds)
    async with (
        aiohttp.ClientSession(timeout=limit) as http,
        http.post(address.url, data=body, headers=headers, allow_redirects=False) as answer,
    ):
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - the range that means yes
            raise NotTakenError(f"status {answer.status}")


def _notify(url: str, letter: Letter) -> None:
    """Block until apprise has sent the letter or given up."""
    import apprise  # noqa: PLC0415 - a hundred services load with it

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it names addresses
    way = apprise.Apprise()
    if not way.add(url):
        raise NotTakenError("bad address")
    if not way.notify(title=letter.subject, body=letter.text, body_format=apprise.NotifyFormat.TEXT):
        raise NotTakenError("not taken")


async def in_thread(work: Callable[[], T]) -> T:
    """Run blocking work in a thread that never keeps the process from ending."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def finish(result: T) -> None:
        if not done.done():
            done.set_result(result)

    def fail(error: BaseException) -> None:
        if not done.done():
            done.set_exception(error)

    def run() -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - it belongs to the caller, whatever it is
                loop.call_soon_threadsafe(fail, error)
            else:
                loop.call_soon_threadsafe(finish, result)

    threading.Thread(target=run, name="letter", daemon=True).start()
    return await done
