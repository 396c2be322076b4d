"""The sections of config.toml about ways out beside Telegram: channels, fallback, heartbeat."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, SecretStr, field_validator

from bot.config.fields import Duration, Section

MAIL = ("mailto", "mailtos")
SECRET_WORDS = frozenset({"pass", "password", "user", "token", "key", "secret"})


def harmless(url: str) -> bool:
    """Say whether an address holds no secret, so that it may stand in the file: mail without a password."""
    try:
        parts = urlsplit(url)
        words = {name.lower() for name, _ in parse_qsl(parts.query)}
        return parts.scheme in MAIL and bool(parts.hostname) and parts.password is None and not words & SECRET_WORDS
    except ValueError:
        return False


class Channel(Section):
    """A way out beside Telegram: anything that apprise knows, or an https address that gets signed webhooks."""

    url: SecretStr | None = None
    url_file: Path | None = None
    secret: SecretStr | None = None
    """Signs webhooks; from the environment only, else its file."""
    secret_file: Path | None = None

    @field_validator("url")
    @classmethod
    def _address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.match(r"[a-z][a-z0-9+.-]*://\S", value.get_secret_value(), re.IGNORECASE):
            raise ValueError("нужен адрес вида mailto://… или https://…")
        return value


class Fallback(Section):
    """Where alerts go while Telegram cannot be reached."""

    after: Annotated[Duration, Field(ge=timedelta(seconds=10))] = timedelta(minutes=3)
    to: tuple[str, ...] = ()


class Heartbeat(Section):
    """Who is told that the bot is alive, and sounds an alarm when that stops."""

    url: SecretStr | None = None
    """From the environment only: such addresses are secrets."""
    url_file: Path | None = None
    every: Annotated[Duration, Field(ge=timedelta(seconds=10))] = timedelta(seconds=60)
