"""Kinds of value that sections of config.toml are made of."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from checks.model import Priority
from checks.quiet import clock_of
from checks.recurring import cron_fault

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)")


def _duration(value: Any) -> timedelta:
    found = DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError('нужна длительность: число и s, m, h или d, например "60s" или "48h"')
    return timedelta(seconds=float(found[1]) * UNITS[found[2]])


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("длительность должна быть больше нуля")
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]


def _listen(value: Any) -> Any:
    host, _, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not host or not port.isdigit() or not 0 <= int(port) < 65536:  # noqa: PLR2004 - the range of ports
        raise ValueError('нужен адрес вида "127.0.0.1:8081"')
    return value


Listen = Annotated[str, BeforeValidator(_listen)]


def _clock(value: Any) -> str:
    if not isinstance(value, str) or clock_of(value) is None:
        raise ValueError('нужно время вида "22:00"')
    return value


Clock = Annotated[str, BeforeValidator(_clock)]


def _level(value: Any) -> int:
    if value == "none":
        return 0
    if value not in Priority.__members__:
        raise ValueError('нужен приоритет от "K1" до "K5" или "none"')
    return Priority[value]


Level = Annotated[int, BeforeValidator(_level)]
"""Up to which priority; 0 = not even K1."""


def _cron(value: str) -> str:
    fault = cron_fault(value) if value else None
    if fault is not None:
        raise ValueError(f'нужно выражение cron вида "5 8 * * *" ({fault})')
    return value


Cron = Annotated[str, AfterValidator(_cron)]


def _zone(value: Any) -> Any:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - only where a zone is checked

    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        raise ValueError('нужен часовой пояс вида "Europe/Moscow"') from None
    return value


Zone = Annotated[str, BeforeValidator(_zone)]


class Section(BaseModel):
    """A table of config.toml: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
