"""The whole configuration as one frozen value, and the files it names."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, SecretStr, field_validator, model_validator

from bot.config.fields import Section
from bot.config.managers import Billing, Signals
from bot.config.outside import Channel, Fallback, Heartbeat, harmless
from bot.config.sections import (
    TEXTS,
    Demo,
    Digest,
    Dns,
    Duty,
    Escalation,
    Incidents,
    Limit,
    Login,
    Look,
    MaintenanceRow,
    People,
    QuietHours,
    Reference,
    RouteRow,
    Server,
    Storage,
    Telegram,
    Updates,
    Versions,
    Watch,
)
from checks.catalogue import ROWS
from checks.model import Mark
from checks.readers.forms import Form, FormError, form_of
from checks.readers.metrics import Meter, meters_of

RESERVED = frozenset({"default", "xml", "sqlite", "api", "metrics"})
"""Forms that a report has without any configuration."""


class ConfigError(Exception):
    """The configuration cannot be used; the message is one line that names file, key and rule."""


def cannot_listen(key: str, address: str, error: OSError) -> ConfigError:
    """Say why nobody can be served at the address that ``key`` names."""
    why = "адрес занят другой программой" if error.errno == errno.EADDRINUSE else "по этому адресу нельзя слушать"
    return ConfigError(f"{key}: {address}: {why}")


def _form(said: Any) -> Form:
    try:
        return form_of("", said)
    except FormError as error:
        raise ValueError(f"{error.place}: {error.rule}" if error.place else error.rule) from None


class Config(Section):
    """The whole of config.toml with the environment laid over it."""

    telegram: Telegram = Telegram()
    storage: Storage = Storage()
    server: Server = Server()
    dns: Dns = Dns()
    look: Look = Look()
    login: Login = Login()
    reference: Reference = Reference()
    incidents: Incidents = Incidents()
    thresholds: Mapping[str, Limit] = {}
    routes: tuple[RouteRow, ...] = ()
    channels: Mapping[str, Channel] = {}
    fallback: Fallback = Fallback()
    heartbeat: Heartbeat = Heartbeat()
    quiet_hours: QuietHours = QuietHours()
    digest: Digest = Digest()
    maintenance: tuple[MaintenanceRow, ...] = ()
    duty: Duty = Duty()
    escalation: Escalation = Escalation()
    people: People = People()
    versions: Versions = Versions()
    updates: Updates = Updates()
    watch: Watch = Watch()
    texts: Mapping[Mark, tuple[str, ...]] = TEXTS
    sysinfo: Mapping[str, Annotated[Any, BeforeValidator(_form)]] = {}
    metrics: Mapping[str, str] = {}
    billing: Mapping[str, Billing] = {}
    signals: Signals = Signals()
    demo: Demo = Demo()
    log: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("thresholds")
    @classmethod
    def _known_codes(cls, value: Mapping[str, Limit]) -> Mapping[str, Limit]:
        wrong = next((code for code in value if code not in ROWS), None)
        if wrong is not None:
            raise ValueError(f"в каталоге нет сигнала {wrong}")
        return value

    @field_validator("metrics")
    @classmethod
    def _known_facts(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        try:
            meters_of(value)
        except FormError as error:
            raise ValueError(f"{error.place}: {error.rule}") from None
        return value

    @field_validator("sysinfo")
    @classmethod
    def _none_of_ours(cls, value: Mapping[str, Form]) -> Mapping[str, Form]:
        if wrong := next((name for name in value if name in RESERVED or not name), None):
            raise ValueError(f"{wrong}: это имя занято, назовите иначе")
        return value

    @property
    def forms(self) -> tuple[Form, ...]:
        """Forms of foreign reports, in the order in which they are tried."""
        return tuple(replace(form, name=name) for name, form in self.sysinfo.items())

    @property
    def meters(self) -> tuple[Meter, ...]:
        """Metrics that tell facts."""
        return meters_of(self.metrics)

    @model_validator(mode="after")
    def _known_channels(self) -> Config:
        named = [("routes.also", one) for row in self.routes for one in row.also]
        named += [("fallback.to", one) for one in self.fallback.to]
        for key, name in named:
            if name not in self.channels and not harmless(name):
                shown = name if "://" not in name else f"{name.partition(':')[0]}://…"
                raise ValueError(
                    f"{key}: {shown}: нет такого канала в [channels]; прямо здесь годится только почта без пароля, "
                    "mailto://сервер?to=кому"
                )
        return self

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

        self.addresses()
        self.heartbeat_url()

    def addresses(self) -> dict[str, tuple[str, str | None]]:
        """Return the address and the signing secret of every channel in use, by name; these are secrets.

        Raises:
            ConfigError: a file cannot be read or is empty, a channel has no address, a webhook no secret.

        """
        named = {one for row in self.routes for one in row.also} | set(self.fallback.to)
        found: dict[str, tuple[str, str | None]] = {one: (one, None) for one in named if one not in self.channels}
        for name, row in self.channels.items():
            url = _secret(row.url, row.url_file, f"channels.{name}.url_file")
            secret = _secret(row.secret, row.secret_file, f"channels.{name}.secret_file")
            if url is None:
                raise ConfigError(f"channels.{name}: нет адреса: url_file или SMARTBOT_CHANNELS__{name.upper()}__URL")
            if url.startswith(("http://", "https://")) and secret is None:
                raise ConfigError(f"channels.{name}: вебхуку нужна подпись: secret_file с секретом")
            found[name] = (url, secret)
        return found

    def heartbeat_url(self) -> str | None:
        """Return the address that is told we are alive, None when nobody is.

        Raises:
            ConfigError: its file cannot be read or is empty, or holds no web address.

        """
        url = _secret(self.heartbeat.url, self.heartbeat.url_file, "heartbeat.url_file")
        if url is not None and not re.match(r"https?://[^\s/]+", url):
            raise ConfigError("heartbeat.url: нужен адрес http:// или https://")
        return url

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
