"""The sections of config.toml about the manager's side: servers of online accesses, hours of signals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, field_validator, model_validator

from bot.config.fields import Clock, Section, Zone

NUMBERS = frozenset({"left", "used", "limit"})
TWO = 2
"""Numbers of a quota from which the third follows."""


class XPaths(Section):
    left: str | None = None
    used: str | None = None
    limit: str | None = None


def _where(value: Any) -> Any:
    """Check where a quota stands: an expression or XPaths, in either case two of its three numbers."""
    if isinstance(value, XPaths):
        return value
    if isinstance(value, str):
        if len(_groups(value) & NUMBERS) < TWO:
            raise ValueError("в выражении нужны две из групп (?P<left>…), (?P<used>…), (?P<limit>…)")
        return value
    if not isinstance(value, Mapping) or set(value) - NUMBERS:
        raise ValueError("нужно выражение в кавычках или таблица { left = …, used = …, limit = … }")
    if len(value) < TWO:
        raise ValueError("нужны два из трёх: left, used, limit")
    for path in value.values():
        _xpath(path)
    return XPaths(**value)


def _groups(pattern: str) -> set[str]:
    try:
        return set(re.compile(pattern).groupindex)
    except re.error as error:
        raise ValueError(f"не читается как регулярное выражение: {error}") from None


def _xpath(path: Any) -> None:
    from lxml import etree  # noqa: PLC0415 - only where a layout is given

    try:
        etree.XPath(path)
    except (etree.XPathSyntaxError, TypeError, ValueError):
        raise ValueError("не читается как XPath") from None


Where = Annotated[str | XPaths, BeforeValidator(_where)]


class Billing(Section):
    """One vendor's servers of online accesses: how to log in, where the figures stand."""

    hosts: tuple[str, ...] = ()
    login: str = "/users/login.asp"
    user_field: str = "user"
    password_field: str = "pass"  # noqa: S105 - the name of a field
    fields: Mapping[str, str] = {"path": "/docs"}
    page: str = "/billing"
    logout: str = "/users/logout.asp"
    time_zone: Zone = "Europe/Moscow"
    docs: Where | None = None
    search: Where | None = None
    print: Where | None = None
    upload: Where | None = None
    visited: str | None = None
    visited_format: str = "%d.%m.%Y %H:%M"

    @field_validator("login", "page", "logout")
    @classmethod
    def _path(cls, value: str) -> str:
        if not value.startswith("/"):
            raise ValueError('нужен путь на сервере, например "/billing"')
        return value

    @field_validator("visited")
    @classmethod
    def _visited(cls, value: str | None) -> str | None:
        if value is not None and "at" not in _groups(value):
            raise ValueError("в выражении нужна группа (?P<at>…)")
        return value


class Signals(Section):
    """When managers hear signals; in the zone of their chat."""

    begin: Clock = "09:00"
    end: Clock = "18:00"

    @model_validator(mode="after")
    def _a_day(self) -> Signals:
        if self.begin >= self.end:
            raise ValueError("begin должно быть раньше end")
        return self
