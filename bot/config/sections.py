"""The sections of config.toml: every key, its type, its value when left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from bot.config.fields import Clock, Cron, Duration, Level, Listen, Section, Zone
from checks.catalogue import ROWS
from checks.maintenance import LONGEST, LONGEST_AGAIN
from checks.model import ClientKind, Days, Mark, Priority, RouteKind, Threshold, Turn
from checks.versions import parse


class Telegram(Section):
    token: SecretStr | None = None
    """From the environment only; the file names a file with it."""
    token_file: Path | None = None
    api_url: str = "https://api.telegram.org"
    proxy: tuple[str, ...] = ()

    @field_validator("proxy", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        many = [value] if isinstance(value, str) else value
        for one in many if isinstance(many, list | tuple) else ():
            if one != "direct" and not re.match(r"(https?|socks5h?)://[^\s/]+", str(one)):
                raise ValueError("прокси бывает http://, https:// или socks5:// (MTProxy не умеет Bot API)")
        return [one for one in many if one] if isinstance(many, list | tuple) else many

    @field_validator("api_url")
    @classmethod
    def _url(cls, value: str) -> str:
        if not re.match(r"https?://[^\s/]+", value):
            raise ValueError("нужен адрес http:// или https://")
        return value.rstrip("/")


class Storage(Section):
    url: str = "sqlite+aiosqlite:///var/smartbot.sqlite"
    secret_key: SecretStr | None = None
    """From the environment only; else the key file."""
    secret_key_file: Path = Path("var/secret.key")
    files: Path = Path("var/reports")
    keep_days: int = Field(default=395, ge=1)
    keep_reports: int = Field(default=20, ge=1)

    @field_validator("url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("нужна база sqlite+aiosqlite:///файл или postgresql+asyncpg://…")
        return value


class Server(Section):
    listen: Listen = "127.0.0.1:8081"
    public_url: str = ""
    upload_token_file: Path | None = None
    upload_token: SecretStr | None = None
    """From the environment only."""


class Dns(Section):
    servers: tuple[str, ...] = ()

    @field_validator("servers")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if not _is_server(one):
                raise ValueError('нужны адреса вида "192.0.2.53" или "192.0.2.53:5353"')
        return value


def _is_server(text: str) -> bool:
    bare, colon, port = text.rpartition(":") if text.count(":") == 1 or "]:" in text else (text, "", "")
    if colon and not (port.isdecimal() and 0 < int(port) < 65536):  # noqa: PLR2004 - the range of ports
        return False
    try:
        ip_address(bare.strip("[]"))
    except ValueError:
        return False
    return True


class Intervals(Section):
    domain: Duration | None = None
    redirect: Duration | None = None
    installation: Duration | None = None
    licman: Duration | None = None
    login: Duration | None = None
    ping: Duration | None = None
    licman_ping: Duration | None = None
    billing: Annotated[Duration, Field(ge=timedelta(minutes=1))] = timedelta(hours=1)


class Look(Section):
    interval: Annotated[Duration, Field(ge=timedelta(seconds=1))] = timedelta(seconds=60)
    timeout: Annotated[Duration, Field(ge=timedelta(milliseconds=100))] = timedelta(seconds=10)
    concurrency: int = Field(default=100, ge=1, le=2000)
    per_address: int = Field(default=4, ge=1)
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    user_agent: str = "smartbot"
    ca_file: Path | None = None
    ping: bool = False
    intervals: Intervals = Intervals()
    clients: Mapping[str, Annotated[Duration, Field(ge=timedelta(seconds=1))]] = {}


class Reference(Section):
    hosts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Incidents(Section):
    hold: Duration = timedelta(seconds=30)
    messages_per_10_min: int = Field(default=10, ge=1)
    loud_after: Duration = timedelta(hours=1)


class Limits(Section):
    failures: int | None = Field(default=None, ge=1)
    successes: int | None = Field(default=None, ge=1)
    after: Duration | None = None

    def over(self, base: Threshold) -> Threshold:
        """Return ``base`` with what is set here in place of its own."""
        return Threshold(
            failures=base.failures if self.failures is None else self.failures,
            successes=base.successes if self.successes is None else self.successes,
            after=base.after if self.after is None else self.after,
        )


class Limit(Limits):
    kind: Mapping[ClientKind, Limits] = {}
    client: Mapping[str, Limits] = {}


class RouteRow(Section):
    chat: int
    thread: int | None = None
    kinds: frozenset[RouteKind] = frozenset({RouteKind.TECHNICAL})
    priorities: frozenset[Priority] = frozenset({Priority.K1, Priority.K2, Priority.K3})
    clients: frozenset[str] = frozenset()
    managers: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()
    """Channels that hear the same, by name, or mail addresses without a password."""

    @field_validator("priorities", mode="before")
    @classmethod
    def _k(cls, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        wrong = next((one for one in value if one not in Priority.__members__), None)
        if wrong is not None:
            raise ValueError("приоритеты бывают K1, K2, K3, K4, K5")
        return [Priority[one] for one in value]


class QuietHours(Section):
    begin: Clock = "22:00"
    end: Clock = "08:00"
    time_zone: Zone = "Europe/Moscow"
    loud: Level = Priority.K2
    comes: Level = Priority.K2

    @model_validator(mode="after")
    def _what_sounds_comes(self) -> QuietHours:
        if self.loud > self.comes:
            raise ValueError("loud: со звуком не может приходить больше, чем приходит (comes)")
        return self


class ShiftRow(Section):
    people: tuple[int, ...]
    days: frozenset[Days] = frozenset({Days.EVERY})
    begin: Clock = "00:00"
    end: Clock = "00:00"
    turn: Turn = Turn.WEEK
    since: date = date(2024, 1, 1)
    """A Monday."""
    name: str = ""

    @field_validator("people", "days")
    @classmethod
    def _somebody(cls, value: Any) -> Any:
        if not value:
            raise ValueError("нужен хотя бы один")
        return value


class Duty(Section):
    hand_over: bool = True
    shifts: tuple[ShiftRow, ...] = ()


class Escalation(Section):
    K1: Duration | None = timedelta(minutes=15)
    K2: Duration | None = timedelta(minutes=45)
    K3: Duration | None = None
    K4: Duration | None = None
    K5: Duration | None = None
    taker: Duration | None = timedelta(hours=4)

    def after(self) -> dict[Priority, timedelta]:
        """Return how long each priority may stay untaken; what is not there may for ever."""
        lengths: dict[str, timedelta | None] = self.model_dump(exclude={"taker"})
        return {Priority[name]: length for name, length in lengths.items() if length}


class MaintenanceRow(Section):
    client: str | None = None
    redirect: str | None = None
    code: str | None = None
    all: bool = False
    cron: Cron = ""
    length: Duration | None = None
    time_zone: Zone | None = None
    begin: datetime | None = None
    end: datetime | None = None
    reason: str = Field(default="", max_length=200)

    @field_validator("code")
    @classmethod
    def _known_code(cls, value: str | None) -> str | None:
        if value is not None and value not in ROWS:
            raise ValueError(f"в каталоге нет сигнала {value}")
        return value

    @model_validator(mode="after")
    def _one_thing_one_time(self) -> MaintenanceRow:
        if sum((self.client is not None, self.redirect is not None, self.code is not None, self.all)) != 1:
            raise ValueError("нужно одно из: client, redirect, code, all")
        if self.cron:
            if self.length is None or self.begin or self.end:
                raise ValueError("с cron нужна length, без begin и end")
            if not timedelta(0) < self.length <= LONGEST_AGAIN:
                raise ValueError("повторяющиеся работы длятся не больше 24h")
        elif self.begin is None or self.end is None or self.length is not None:
            raise ValueError("нужны cron и length или begin и end")
        elif (self.begin.tzinfo is None) is not (self.end.tzinfo is None) or self.end <= self.begin:
            raise ValueError("end должен быть позже begin")
        elif self.end - self.begin > LONGEST:
            raise ValueError("работы длятся не больше 14 дней")
        return self


class Digest(Section):
    cron: Cron = "5 8 * * *"


class People(Section):
    managers_see_all: bool = False
    mute_limit: Duration = timedelta(hours=24)


class Login(Section):
    path: str = "/users/login.asp"
    catalogue: str = "/docs"
    logout: str = "/users/logout.asp"

    @field_validator("path", "logout")
    @classmethod
    def _path(cls, value: str, info: ValidationInfo) -> str:
        if not re.fullmatch(r"/[!-~]*", value) and (value or info.field_name == "path"):
            raise ValueError("нужен путь вида /users/login.asp")
        return value


class Watch(Section):
    confirm_within: Annotated[Duration, Field(ge=timedelta(minutes=1))] = timedelta(hours=24)
    work_at_most: Annotated[Duration, Field(ge=timedelta(minutes=1))] = timedelta(hours=8)


class Versions(Section):
    required: str = ""

    @field_validator("required")
    @classmethod
    def _version(cls, value: str) -> str:
        if value and parse(value) is None:
            raise ValueError('нужна версия вида "6.4.3.59"')
        return value


class Updates(Section):
    working_days: bool = False
    """Operative updates age on working days only."""


class Demo(Section):
    listen: Listen = "127.0.0.1:8080"


TEXTS: dict[Mark, tuple[str, ...]] = {
    Mark.NO_SEATS: ("toomanyusers", "максимальное число подключений"),
    Mark.BAD_LOGIN: ("ошибка авторизации",),
    Mark.KEY_INACTIVE: ("ключ защиты не найден", "ключ не активен"),
    Mark.EMERGENCY: ("аварийное состояние", "аварийном состоянии"),
    Mark.SERVICE_MESSAGE: ("обратитесь в службу поддержки", "обратитесь в техническую поддержку"),
}
