"""Reads an announcement of planned work as other programs send it: what it is done on, from when until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from bot.config.fields import Cron, Duration
from checks.hours import zone_of
from checks.maintenance import LONGEST, LONGEST_AGAIN, spans
from checks.model import Extent, Source, Window
from checks.recurring import MOSCOW
from storage.tokens import Pass

HOME = "Europe/Moscow"


def _zone(value: str) -> str:
    if value != HOME and zone_of(value, MOSCOW) is MOSCOW:
        raise ValueError("unknown time zone")
    return value


Name = Annotated[str, Field(min_length=1, max_length=100)]


class Wish(BaseModel):
    """The body of ``POST /api/v1/maintenance``; read with the context ``now`` and ``sender``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    client: Name | None = None
    redirect: Name | None = None
    code: Name | None = None
    all: bool = False
    begin: AwareDatetime | None = None
    """Left out: now."""
    end: AwareDatetime | None = None
    length: Duration | None = None
    """``30m``, ``2h``; instead of ``end``, and with ``cron``."""
    cron: Cron = ""
    zone: Annotated[str, Field(max_length=64), AfterValidator(_zone)] = HOME
    """Whose clocks ``cron`` goes by."""
    reason: Annotated[str, Field(max_length=200)] = ""

    @model_validator(mode="after")
    def _one_thing(self, info: ValidationInfo) -> Self:
        named = (self.client is not None, self.redirect is not None, self.code is not None, self.all)
        if sum(named) > 1 or not (any(named) or _sender(info).client):
            raise ValueError("name one of client, redirect, code, all")
        return self

    @model_validator(mode="after")
    def _one_time(self, info: ValidationInfo) -> Self:
        if self.cron and (self.length is None or self.begin or self.end):
            raise ValueError("cron goes with length, without begin and end")
        if not self.cron and (self.length is None) is (self.end is None):
            raise ValueError("give either end or length")
        begin, end = self.span(_now(info))
        most = LONGEST_AGAIN if self.cron else LONGEST
        if not timedelta(0) < end - begin <= most or end <= _now(info):
            raise ValueError("the end is not after begin and now, or too far from begin")
        return self

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        begin = self.begin or now
        return begin, self.end or begin + (self.length or timedelta(0))

    def thing(self, sender: Pass) -> tuple[Extent, str]:
        """Return what the work is done on; left out, a client's token means its client."""
        if self.redirect is not None:
            return Extent.REDIRECT, self.redirect
        if self.code is not None:
            return Extent.CODE, self.code
        if self.all:
            return Extent.ALL, ""
        return Extent.CLIENT, self.client or sender.client or ""


def read_wish(body: bytes, sender: Pass, now: datetime) -> Window:
    """Read the JSON body.

    Raises:
        ValidationError: it is no such JSON; its errors name fields and rules.

    """
    wish = Wish.model_validate_json(body, context={"now": now, "sender": sender})
    extent, target = wish.thing(sender)
    begins_at, ends_at = wish.span(now)
    length = wish.length if wish.cron else None
    if wish.cron and length is not None:
        first = spans(wish.cron, wish.zone, length, now)
        begins_at, ends_at = (first.begins_at, first.ends_at) if first else (begins_at, ends_at)
    return Window(
        extent=extent,
        target=target,
        begins_at=begins_at,
        ends_at=ends_at,
        cron=wish.cron,
        zone=wish.zone if wish.cron else "",
        length=length,
        source=Source.API,
        reason=wish.reason,
        created_at=now,
    )


def _now(info: ValidationInfo) -> datetime:
    now: datetime = (info.context or {})["now"]
    return now


def _sender(info: ValidationInfo) -> Pass:
    sender: Pass = (info.context or {})["sender"]
    return sender
