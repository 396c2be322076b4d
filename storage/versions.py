"""Remembers which version of the software is required; a person's word in the chat stands above the configuration."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import upsert
from storage.tables import meta

REQUIRED = "required_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """The oldest version that may still run, and since when; ``by`` is None where the configuration says so."""

    version: str
    by: int | None = None
    at: datetime | None = None


async def required(connection: AsyncConnection, configured: str | None = None) -> Requirement | None:
    """Return the version required: by command, else the ``configured`` one, else none."""
    value = await connection.scalar(select(meta.c.value).where(meta.c.key == REQUIRED))
    if value is None:
        return Requirement(version=configured) if configured else None
    told = json.loads(value)
    return Requirement(version=told["version"], by=told["by"], at=datetime.fromisoformat(told["at"]))


async def require(tx: AsyncConnection, version: str, *, by: int, at: datetime) -> None:
    """Remember which version is required from now on."""
    told = {"version": version, "by": by, "at": at.isoformat()}
    await upsert(tx, meta, [{"key": REQUIRED, "value": json.dumps(told)}])


async def release(tx: AsyncConnection) -> bool:
    """Forget what was required by command; the configuration counts again. False = nothing was."""
    return bool((await tx.execute(delete(meta).where(meta.c.key == REQUIRED))).rowcount)
