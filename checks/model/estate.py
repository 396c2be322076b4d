"""The estate as the lists give it: clients, redirect servers, online accesses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from checks.secret import Secret


class ClientKind(StrEnum):
    """Where a client's installation lives; decides which looks and reports are expected of it."""

    SERVER = "server"
    CLOUD = "cloud"
    CLOSED = "closed"
    ONLINE = "online"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One client as the lists give it. ``name`` is the short latin name that reports carry."""

    name: str
    title: str = ""
    kind: ClientKind = ClientKind.SERVER
    manager: str | None = None
    email: str | None = None
    domain: str | None = None
    """Host or URL that the client types."""
    redirect: str | None = None
    """Name of the redirect server that the domain leads through."""
    address: str | None = None
    """Direct URL of the installation."""
    admin_url: str | None = None
    licman: str | None = None
    """Licence manager, ``host:port``."""
    contract_end: date | None = None
    seats: int | None = None
    freshness: timedelta | None = None
    """How long this client may stay without an upload; None = the catalogue's threshold."""
    time_zone: str | None = None
    """IANA name or a shift in hours from Moscow such as ``+2``."""
    contacts: str | None = None
    night_calls: bool | None = None
    """Whether the client's administrator may be called at night; None = the list does not say."""
    sends_uploads: bool = False
    """The list says that this client sends reports itself (smartupload)."""

    @property
    def label(self) -> str:
        return self.title or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """A redirect server: many domains enter through it."""

    name: str
    title: str = ""
    address: str | None = None
    """``host[:port]`` or URL of the server itself."""
    owner: str | None = None
    contacts: str | None = None

    @property
    def label(self) -> str:
        return self.title or self.name


class Purpose(StrEnum):
    """What a login at a client's installation is for."""

    LOGIN = "login"
    """The check login (usually ``smartlogin``)."""
    METRICS = "metrics"
    """Reading metrics and reports that want a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A login at a client's own installation."""

    login: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A simple online access: a login on the vendor's servers. The password never travels in this value."""

    client: str
    login: str
    host: str
    catalogue: str
    scheme: str = "http"
    manager: str | None = None
    email: str | None = None
