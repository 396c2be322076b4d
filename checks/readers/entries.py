"""What the good lines of a list tell, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from checks.readers.cells import Endpoint
from checks.readers.flaws import Flaw
from checks.secret import Secret


class ListKind(StrEnum):
    """Which list a file is, told from its header or shape; in the order in which lists build on each other."""

    REDIRECTS = "redirects"
    CLIENTS = "clients"
    MANAGERS = "managers"
    ONLINE = "online"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientEntry:
    """A line about a client by name: the fields of ``Client`` that it fills, and those that it leaves blank."""

    line: int
    name: str
    told: Mapping[str, Any] = field(default_factory=dict)
    blank: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointEntry:
    """A line about whoever answers at ``endpoint``."""

    line: int
    endpoint: Endpoint
    scheme: str
    told: Mapping[str, Any] = field(default_factory=dict)
    blank: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectEntry:
    """A line about a redirect server."""

    line: int
    name: str
    told: Mapping[str, Any] = field(default_factory=dict)
    blank: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """A line about an online access; ``firm`` is the client's title or name."""

    line: int
    firm: str
    login: str
    host: str
    catalogue: str
    scheme: str
    password: Secret
    manager: str | None
    email: str | None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.host, self.catalogue, self.login


Entry: TypeAlias = ClientEntry | EndpointEntry | RedirectEntry | AccessEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One file, read. Without a kind it could not be read at all and ``flaws`` says why."""

    file: str
    kind: ListKind | None = None
    entries: tuple[Entry, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    mentions: tuple[Entry, ...] = ()
    """Whom the refused lines are about, as far as can be told: they are not gone, only badly written."""
    strangers: int = 0
    """Refused lines of which not even that can be told."""
