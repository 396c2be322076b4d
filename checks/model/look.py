"""A look at something and the facts it saw; subjects, faults and marks are named here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from checks.model.billing import Figures
from checks.model.estate import Access


class LookKind(StrEnum):
    """What is looked at."""

    DOMAIN = "domain"
    REDIRECT = "redirect"
    INSTALLATION = "installation"
    LICMAN = "licman"
    LOGIN = "login"
    """The check login, by the check user."""
    PING = "ping"
    LICMAN_PING = "licman_ping"
    BILLING = "billing"
    """Logs in to an online access, reads its figures, logs out."""
    REFERENCE = "reference"


class SubjectKind(StrEnum):
    """Whom an observation is about."""

    CLIENT = "client"
    ACCESS = "access"
    """An online access of a client: ``CLIENT/NUMBER``."""
    REDIRECT = "redirect"
    CHAT = "chat"
    SELF = "self"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """Whom an observation is about, e.g. ``client:romashka``."""

    kind: SubjectKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @property
    def client(self) -> str | None:
        """The client that it is, or whose access it is; None for anything that is nobody's own."""
        if self.kind is SubjectKind.CLIENT:
            return self.name
        return self.name.rpartition("/")[0] if self.kind is SubjectKind.ACCESS else None

    @property
    def access(self) -> int | None:
        """The number of the access that it is."""
        number = self.name.rpartition("/")[2] if self.kind is SubjectKind.ACCESS else ""
        return int(number) if number.isdecimal() else None


def access_subject(client: str, number: int) -> Subject:
    """Name an access as the subject of observations."""
    return Subject(SubjectKind.ACCESS, f"{client}/{number}")


SELF = Subject(SubjectKind.SELF, "bot")


class Fault(StrEnum):
    """Why a look did not get a proper answer; each is told to people in its own words."""

    NAME_NOT_FOUND = "name_not_found"
    NAME_EMPTY = "name_empty"
    RESOLVER_FAILS = "resolver_fails"
    RESOLVER_TIMEOUT = "resolver_timeout"
    ADDRESS_FORBIDDEN = "address_forbidden"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect_timeout"
    TLS_EXPIRED = "tls_expired"
    TLS_NOT_YET_VALID = "tls_not_yet_valid"
    TLS_WRONG_HOST = "tls_wrong_host"
    TLS_SELF_SIGNED = "tls_self_signed"
    TLS_UNKNOWN_ISSUER = "tls_unknown_issuer"
    TLS_BROKEN = "tls_broken"
    NO_ANSWER = "no_answer"
    DRIPPING = "dripping"
    RESET = "reset"
    NOT_HTTP = "not_http"
    TOO_LARGE = "too_large"
    BAD_LOCATION = "bad_location"
    REDIRECT_LOOP = "redirect_loop"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    WRONG_TARGET = "wrong_target"
    BAD_ADDRESS = "bad_address"
    """The list gives an address that cannot be looked at."""
    NO_ECHO = "no_echo"
    OURSELVES = "ourselves"
    """The look failed for a reason of our own (no sockets left, cancelled, a fault in the code)."""


class Mark(StrEnum):
    """What a page says about its installation; the texts to look for stand in ``[texts]`` of the configuration."""

    NO_SEATS = "no_seats"
    BAD_LOGIN = "bad_login"
    SERVICE_MESSAGE = "service_message"
    KEY_INACTIVE = "key_inactive"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """Seconds spent in each phase of one request; None = the phase was not reached."""

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What the server presented, known even when verification fails."""

    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One request of a look: where it went, what came back."""

    url: str
    address: str | None = None
    """The address really dialled, ``ip:port``."""
    status: int | None = None
    location: str | None = None
    server: str | None = None
    phases: Phases = field(default_factory=Phases)
    certificate: Certificate | None = None
    fault: Fault | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to look at and what to expect; made by ``checks.estate`` for every look a client deserves."""

    kind: LookKind
    subject: Subject
    url: str
    """URL for HTTP looks; ``host:port`` for the licence manager."""
    expect: str | None = None
    """Where a domain must lead in the end (direct URL of the installation), if known."""
    through: str | None = None
    """The redirect server in between (``host[:port]`` or URL). Redirect looks dial it, whatever the names in ``sample``
    resolve to; domain looks only know by it that the first answer is not the installation's."""
    speaks_for_page: bool = True
    """False: another look at the same client reads the installation's page, this one only the way to it."""
    access: Access | None = None
    """Billing looks: the access; its password is asked for by the probe alone."""
    sample: tuple[tuple[str, str | None], ...] = ()
    """Redirect looks: (domain or URL, expected target or None) of some clients behind the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything one look saw. A probe returns it and knows nothing of alerts."""

    target: Target
    at: datetime
    """When the look began (UTC)."""
    fault: Fault | None = None
    """Why the look as a whole did not succeed; None = a proper HTTP (or TCP) answer of the last hop."""
    detail: str = ""
    """Measured particulars in plain words or figures, hostile text, clipped to 200 characters."""
    hops: tuple[Hop, ...] = ()
    status: int | None = None
    server: str | None = None
    title: str = ""
    marks: frozenset[Mark] = frozenset()
    excerpt: str = ""
    """Text around the mark that was found, clipped to 200 characters."""
    behind_proxy: bool = False
    """A reverse proxy answered in place of the server behind it."""
    figures: Figures | None = None
    """Billing looks: what the page says of the quotas; None = not reached, or nothing there is understood."""
    day: date | None = None
    """The day of the vendor's calendar that the figures belong to."""
    elapsed: float = 0.0
    """Seconds, whole look."""
    samples: tuple[Facts, ...] = ()
    """Redirect looks: one entry a sampled domain, each judged against its expected target."""

    @property
    def certificate(self) -> Certificate | None:
        return next((hop.certificate for hop in self.hops if hop.certificate), None)

    @property
    def failed_hop(self) -> Hop | None:
        """The request that the look died on; None = each was answered, a fault then lies in where they led."""
        return self.hops[-1] if self.hops and self.hops[-1].fault else None

    @property
    def failed_behind(self) -> bool:
        """The first host answered and led to another one; what died is that other one, not the entrance."""
        return self.failed_hop is not None and host_in(self.hops[-1].url) != host_in(self.hops[0].url)


def host_in(url: str) -> str:
    """Return the host of a hop's URL, which is always well-formed."""
    authority = url.partition("//")[2].partition("/")[0]
    return authority.rpartition(":")[0] if authority.rpartition(":")[2].isdigit() else authority
