"""Reads config.toml and the environment into one frozen value; every mistake is one line: file, key, rule."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from checks.catalogue import ROWS
from checks.model import ClientKind, Mark, Priority, RouteKind, Threshold

PREFIX = "SMARTBOT_"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)")


class ConfigError(Exception):
    """The configuration cannot be used; the message is one line that names file, key and rule."""


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


class Section(BaseModel):
    """A table of config.toml: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


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
            if not re.match(r"(https?|socks5h?)://[^\s/]+", str(one)):
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


class Look(Section):
    interval: Annotated[Duration, Field(ge=timedelta(seconds=1))] = timedelta(seconds=60)
    timeout: Annotated[Duration, Field(ge=timedelta(milliseconds=100))] = timedelta(seconds=10)
    concurrency: int = Field(default=100, ge=1, le=2000)
    per_address: int = Field(default=4, ge=1)
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    user_agent: str = "smartbot"
    ca_file: Path | None = None
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
    begin: str = "22:00"
    end: str = "08:00"
    time_zone: str = "Europe/Moscow"

    @field_validator("begin", "end")
    @classmethod
    def _clock(cls, value: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError('нужно время вида "22:00"')
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - only where a zone is checked

        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError('нужен часовой пояс вида "Europe/Moscow"') from None
        return value


class People(Section):
    managers_see_all: bool = False


class Demo(Section):
    listen: Listen = "127.0.0.1:8080"


TEXTS: dict[Mark, tuple[str, ...]] = {
    Mark.NO_SEATS: ("toomanyusers", "максимальное число подключений"),
    Mark.BAD_LOGIN: ("ошибка авторизации",),
    Mark.KEY_INACTIVE: ("ключ защиты не найден", "ключ не активен"),
    Mark.EMERGENCY: ("аварийное состояние", "аварийном состоянии"),
    Mark.SERVICE_MESSAGE: ("обратитесь в службу поддержки", "обратитесь в техническую поддержку"),
}


class Config(Section):
    """The whole of config.toml with the environment laid over it."""

    telegram: Telegram = Telegram()
    storage: Storage = Storage()
    server: Server = Server()
    dns: Dns = Dns()
    look: Look = Look()
    reference: Reference = Reference()
    incidents: Incidents = Incidents()
    thresholds: Mapping[str, Limit] = {}
    routes: tuple[RouteRow, ...] = ()
    quiet_hours: QuietHours = QuietHours()
    people: People = People()
    texts: Mapping[Mark, tuple[str, ...]] = TEXTS
    sysinfo: Mapping[str, Any] = {}
    metrics: Mapping[str, str] = {}
    billing: Mapping[str, Any] = {}
    demo: Demo = Demo()
    log: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("thresholds")
    @classmethod
    def _known_codes(cls, value: Mapping[str, Limit]) -> Mapping[str, Limit]:
        wrong = next((code for code in value if code not in ROWS), None)
        if wrong is not None:
            raise ValueError(f"в каталоге нет сигнала {wrong}")
        return value

    @model_validator(mode="after")
    def _texts_of_marks_not_named(self) -> Config:
        missing = {mark: words for mark, words in TEXTS.items() if mark not in self.texts}
        return self if not missing else self.model_copy(update={"texts": {**self.texts, **missing}})

    def token(self) -> str | None:
        """Return the bot's token from the environment or its file, None when there is none.

        Raises:
            ConfigError: the file cannot be read or is empty, or holds no token.

        """
        token = _secret(self.telegram.token, self.telegram.token_file, "telegram.token_file")
        if token is not None and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
            raise ConfigError("telegram.token: нужен токен от @BotFather вида 123456789:AA…")
        return token

    def check(self) -> None:
        """Read every file that is named here.

        Raises:
            ConfigError: a file cannot be read, or does not hold what it should.

        """
        self.token()
        self.upload_token()
        if self.look.ca_file is not None:
            _readable(self.look.ca_file, "look.ca_file")

    def upload_token(self) -> str | None:
        """Return the distributor's upload tokens (one a line) from the environment or their file.

        Raises:
            ConfigError: the file cannot be read or is empty.

        """
        return _secret(self.server.upload_token, self.server.upload_token_file, "server.upload_token_file")


def _secret(value: SecretStr | None, file: Path | None, key: str) -> str | None:
    if value is not None and value.get_secret_value().strip():
        return value.get_secret_value().strip()
    if file is None:
        return None
    try:
        text = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{key}: файл не читается: {getattr(error, 'strerror', None) or 'не текст'}") from None
    if not text:
        raise ConfigError(f"{key}: файл пуст")
    return text


def _readable(file: Path, key: str) -> None:
    try:
        with file.open("rb"):
            pass
    except OSError as error:
        raise ConfigError(f"{key}: {file}: файл не читается: {error.strerror}") from None


SECRETS = {("telegram", "token"), ("storage", "secret_key"), ("server", "upload_token")}


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """Read the file and lay the environment over it.

    Raises:
        ConfigError: what is wrong, in one line.

    """
    values = _file(path)
    for section, key in SECRETS:
        if key in (values.get(section) or {}):
            raise ConfigError(
                f"{path}: {section}.{key}: секрету не место в файле: {PREFIX}{section.upper()}__{key.upper()}"
            )
    _lay_over(values, environment)
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ConfigError(f"{path}: {_key(first['loc'])}: {_rule(first)}") from None


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: нет такого файла") from None
    except OSError as error:
        raise ConfigError(f"{path}: файл не читается: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: файл не в UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: не TOML: {error}") from None


def _lay_over(values: dict[str, Any], environment: Mapping[str, str]) -> None:
    """Put ``SMARTBOT_SECTION__KEY`` in place of the file's value; TOML values are understood, words are strings."""
    for name, text in environment.items():
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        if not name.startswith(PREFIX):
            continue
        if not key:
            values[section] = _value(text)
            continue
        place = values.setdefault(section, {})
        for part in key.split("__")[:-1]:
            place = place.setdefault(part, {})
        if not isinstance(place, dict):
            raise ConfigError(f"{name}: это не раздел")
        place[key.rpartition("__")[2]] = text if (section, key) in SECRETS else _value(text)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _key(place: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in place) or "(весь файл)"


RULES = {
    "extra_forbidden": "нет такого ключа",
    "missing": "обязательный ключ не задан",
    "int_type": "нужно целое число",
    "int_parsing": "нужно целое число",
    "int_from_float": "нужно целое число",
    "bool_type": "нужно true или false",
    "bool_parsing": "нужно true или false",
    "string_type": "нужна строка в кавычках",
    "tuple_type": "нужен список в скобках",
    "list_type": "нужен список в скобках",
    "frozen_set_type": "нужен список в скобках",
    "set_type": "нужен список в скобках",
    "dict_type": "нужна таблица",
    "mapping_type": "нужна таблица",
    "model_type": "нужна таблица",
    "model_attributes_type": "нужна таблица",
    "path_type": "нужен путь в кавычках",
    "ip_v4_network": 'нужна сеть вида "10.0.0.0/8"',
    "ip_v6_network": 'нужна сеть вида "10.0.0.0/8"',
}


def _rule(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind in {"enum", "literal_error"}:
        return f"нужно одно из: {context['expected']}"
    for name, word in (("ge", "не меньше"), ("le", "не больше")):
        if name in context:
            return f"должно быть {word} {context[name]}"
    return RULES.get(kind) or str(error["msg"])
