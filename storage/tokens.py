"""Who may report: one token per client, kept as a hash, and the distributor's tokens from a file."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import ColumnElement, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import clients, tokens

PREFIX = "sb_"
OVERLAP = timedelta(days=7)
USE_NOTED_EVERY = timedelta(minutes=1)


class UnknownClientError(LookupError):
    """There is no such client in the registry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A valid token: the one client it reports for, or any client of a distributor."""

    client: str | None = None
    dealer: str | None = None
    hash: str = field(default="", repr=False)
    """Set for a client's token."""


def digest(token: str) -> str:
    """Return what is kept of a token. Tokens have 192 random bits, so a plain hash cannot be guessed back."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()


async def make(tx: AsyncConnection, client: str, now: datetime, *, overlap: timedelta = OVERLAP) -> str:
    """Make a token for ``client`` and return it: it is shown once and cannot be read again.

    The token used so far is good for ``overlap`` more, any other one ends now: two are valid during a rotation. One
    that was never used makes way first, so that asking twice does not cut off the script that reports with the old one.

    Raises:
        UnknownClientError: the client is not in the registry, or was taken out of it.

    """
    known = select(clients.c.name).where(clients.c.name == client, clients.c.gone_at.is_(None))
    if await tx.scalar(known) is None:
        raise UnknownClientError(client)
    newest = (tokens.c.last_used_at.is_(None), tokens.c.made_at.desc())
    rows = await tx.execute(select(tokens.c.hash).where(tokens.c.client == client, _alive(now)).order_by(*newest))
    previous = rows.scalars().first()
    await tx.execute(delete(tokens).where(tokens.c.client == client, tokens.c.hash != (previous or "")))
    if previous is not None:
        row = tokens.c.hash == previous
        ends = or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now + overlap)
        await tx.execute(update(tokens).where(row, ends).values(expires_at=now + overlap))
    token = PREFIX + secrets.token_urlsafe(24)
    await tx.execute(insert(tokens).values(hash=digest(token), client=client, made_at=now))
    return token


async def find(connection: AsyncConnection, token: str, now: datetime) -> Pass | None:
    """Return whose token this is; None for an unknown, a wrong and an expired one alike."""
    presented = digest(token)
    row = (await connection.execute(select(tokens).where(tokens.c.hash == presented, _alive(now)))).first()
    known = hmac.compare_digest(presented, row.hash if row else "0" * len(presented))
    return Pass(client=row.client, dealer=row.dealer, hash=row.hash) if row and known else None


async def used(tx: AsyncConnection, hashes: Iterable[str], now: datetime) -> None:
    """Note the use of tokens, once a minute at most, so that a busy client costs no write a report."""
    rows = [{"used": each, "at": now, "stale": now - USE_NOTED_EVERY} for each in set(hashes) if each]
    if not rows:
        return
    stale = or_(tokens.c.last_used_at.is_(None), tokens.c.last_used_at < bindparam("stale"))
    statement = update(tokens).where(tokens.c.hash == bindparam("used"), stale).values(last_used_at=bindparam("at"))
    await tx.execute(statement, rows)


async def revoke(tx: AsyncConnection, client: str) -> int:
    """End every token of ``client`` at once; return how many there were."""
    return (await tx.execute(delete(tokens).where(tokens.c.client == client))).rowcount


async def purge(tx: AsyncConnection, now: datetime) -> int:
    """Forget the tokens that have expired."""
    return (await tx.execute(delete(tokens).where(tokens.c.expires_at <= now))).rowcount


def _alive(now: datetime) -> ColumnElement[bool]:
    return or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now)


# ── the distributor's tokens ──────────────────────────────────────────────────────────────────────────────────────


class TokenFile:
    """The file ``[server] upload_token_file``: a token a line, then, if wanted, the dealer that must come with it.

    It is read again when it changes. ``text`` holds lines of the same form from elsewhere (the environment).
    """

    def __init__(self, path: Path | None, *, text: str = "") -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._given = parse_token_file(text)
        self._rows: Sequence[tuple[str, str | None]] = ()

    def find(self, token: str, dealer: str | None) -> Pass | None:
        """Return the pass of ``token`` sent with the header ``dealer``. Every row is compared, in constant time."""
        self._reload()
        presented, found = digest(token), None
        for known, expected in (*self._given, *self._rows):
            right = hmac.compare_digest(presented, known)
            sender = expected is None or hmac.compare_digest(expected.encode(), (dealer or "").encode(errors="replace"))
            if right and sender:
                found = Pass(dealer=expected or dealer)
        return found

    def _reload(self) -> None:
        if self._path is None:
            return
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if stamp != self._stamp:
                self._rows = parse_token_file(self._path.read_text(encoding="utf-8-sig"))
                self._stamp = stamp
        except (OSError, UnicodeDecodeError):
            self._rows, self._stamp = (), None


def parse_token_file(text: str) -> Sequence[tuple[str, str | None]]:
    """Return (hash, dealer or None) of each line; empty lines and lines that begin with ``#`` say nothing."""
    lines = (line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return tuple((digest(words[0]), words[1] if len(words) > 1 else None) for words in lines)
