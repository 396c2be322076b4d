"""Reads config.toml and lays the environment over it; every mistake is one line: file, key, rule."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config.outside import harmless
from bot.config.whole import Config, ConfigError

PREFIX = "SMARTBOT_"
SECRETS = {
    ("telegram", "token"),
    ("storage", "secret_key"),
    ("server", "upload_token"),
    ("heartbeat", "url"),
}


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
    _no_secret_channels(path, values)
    _lay_over(values, environment)
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ConfigError(f"{path}: {_key(first['loc'])}: {_rule(first)}") from None


def _no_secret_channels(path: Path, values: Mapping[str, Any]) -> None:
    """Refuse channels whose address or signing secret stands in the file.

    Raises:
        ConfigError: where to put it instead.

    """
    channels = values.get("channels")
    for name, row in (channels if isinstance(channels, dict) else {}).items():
        for key in ("url", "secret"):
            value = row.get(key) if isinstance(row, dict) else None
            if value is not None and not (key == "url" and isinstance(value, str) and harmless(value)):
                other = f"{PREFIX}CHANNELS__{name.upper()}__{key.upper()}"
                raise ConfigError(f"{path}: channels.{name}.{key}: секрету не место в файле: {key}_file или {other}")


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
