"""Reads config.toml and the environment into one frozen value; every mistake is one line: file, key, rule."""

from __future__ import annotations

from bot.config.reading import load
from bot.config.sections import TEXTS, Dns, Limits, Look, RouteRow, Telegram
from bot.config.whole import Config, ConfigError, cannot_listen

__all__ = ["TEXTS", "Config", "ConfigError", "Dns", "Limits", "Look", "RouteRow", "Telegram", "cannot_listen", "load"]
