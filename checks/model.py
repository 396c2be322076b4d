"""Values that every room speaks in: the estate, looks and their facts, observations, health, incidents, silences."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from hashlib import sha256

# ── the estate ────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── a look and its facts ──────────────────────────────────────────────────────────────────────────────────────────


class LookKind(StrEnum):
    """What is looked at."""

    DOMAIN = "domain"
    REDIRECT = "redirect"
    INSTALLATION = "installation"
    LICMAN = "licman"
    REFERENCE = "reference"


class SubjectKind(StrEnum):
    """Whom an observation is about."""

    CLIENT = "client"
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


# ── observations and health ───────────────────────────────────────────────────────────────────────────────────────


class Outcome(StrEnum):
    """Three values, not two: unknown neither opens nor closes anything."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One answer of one check about one subject at one moment."""

    subject: Subject
    code: str
    outcome: Outcome
    at: datetime
    reason: str = ""
    """A ``Fault`` value, ``status_503``, a mark, or a word of its own: stable, worded by templates."""
    detail: str = ""
    """Measured particulars, hostile text."""


class State(StrEnum):
    """What we believe about one check of one subject."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"
    FLAPPING = "flapping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """When a run of failed (or good) looks becomes a state."""

    failures: int = 1
    successes: int = 1
    after: timedelta = timedelta(0)
    """How long the failure must last as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What we believe about one check of one subject, and the little that the next judgement needs."""

    subject: Subject
    code: str
    state: State = State.UNKNOWN
    since: datetime
    """Since when the state holds: a failure counts from its first failed look."""
    seen_at: datetime | None = None
    """The last look that knew (ok or fail)."""
    failures: int = 0
    successes: int = 0
    failing_since: datetime | None = None
    recent: int = 0
    """The last 20 known outcomes as bits, newest lowest, 1 = failed."""
    known: int = 0
    """How many of these bits mean something."""
    reason: str = ""
    detail: str = ""

    @property
    def key(self) -> tuple[Subject, str]:
        return self.subject, self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of belief worth remembering."""

    subject: Subject
    code: str
    before: State
    after: State
    at: datetime
    since: datetime
    reason: str = ""
    detail: str = ""


# ── the catalogue's columns ───────────────────────────────────────────────────────────────────────────────────────


class Priority(IntEnum):
    """K1 (highest) to K5."""

    K1 = 1
    K2 = 2
    K3 = 3
    K4 = 4
    K5 = 5


class Severity(StrEnum):
    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Audience(StrEnum):
    SUPPORT = "support"
    MANAGER = "manager"
    ADMIN = "admin"


class Family(StrEnum):
    """Signs of one family at one client share an incident; ``SERVICE`` explains the others."""

    SERVICE = "service"
    DOMAIN = "domain"
    CERTIFICATE = "certificate"
    SEATS = "seats"
    LICMAN = "licman"
    REPORTS = "reports"
    STATUS = "status"
    OURSELVES = "ourselves"


# ── incidents ─────────────────────────────────────────────────────────────────────────────────────────────────────


class CauseKind(StrEnum):
    REDIRECT = "redirect"
    ADDRESS = "address"
    LICMAN = "licman"
    INTAKE = "intake"
    SELF = "self"
    CLIENT = "client"
    CHAT = "chat"


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """What an incident is named after; at most one open incident a cause.

    ``name`` is a redirect's or client's name, ``host:port`` of an address or licence manager, a chat's id.
    """

    kind: CauseKind
    name: str
    family: str = ""
    """For client causes, and for ourselves the code: which of several independent troubles of one subject."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" + (f"/{self.family}" if self.family else "")

    @classmethod
    def parse(cls, text: str) -> Cause:
        kind, _, rest = text.partition(":")
        name, _, family = rest.rpartition("/") if "/" in rest else (rest, "", "")
        return cls(CauseKind(kind), name, family)


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One failing check that an incident explains."""

    subject: Subject
    code: str
    since: datetime
    reason: str = ""
    detail: str = ""
    flapping: bool = False

    @property
    def key(self) -> tuple[Subject, str]:
        return self.subject, self.code


class IncidentState(StrEnum):
    OPEN = "open"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One cause, from the first failed look to the end of the last symptom."""

    id: int | None
    cause: Cause
    state: IncidentState
    opened_at: datetime
    """Start of the outage: the first failed look of the earliest symptom."""
    code: str
    """The leading catalogue code: what the card is titled with."""
    priority: Priority
    symptoms: tuple[Symptom, ...] = ()
    ended_at: datetime | None = None
    hold_until: datetime | None = None
    """Telling waits until then for the answer about the shared thing; None = tell now."""
    taken_by: int | None = None
    taken_at: datetime | None = None
    handed_at: datetime | None = None
    """«Передано владельцу»."""
    handed_by: int | None = None
    merged_into: int | None = None
    """The incident that explains this one; it ended without having been mended."""
    revision: int = 0

    @property
    def clients(self) -> tuple[str, ...]:
        """Names of the clients hit, each once, in order."""
        return tuple(sorted({s.subject.name for s in self.symptoms if s.subject.kind is SubjectKind.CLIENT}))


# ── silences ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Scope(StrEnum):
    """What a silence covers."""

    CLIENT = "client"
    CAUSE = "cause"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Messages are muted, measuring is not, the record is not."""

    id: int | None
    scope: Scope
    target: str
    """Client name, ``str(cause)`` or catalogue code."""
    author: int
    created_at: datetime
    until: datetime | None
    """None = until mended."""
    chat_id: int | None = None
    """Where it mutes; None = everywhere."""
    incident_id: int | None = None
    """The incident whose card it was made from; «until mended» ends with it."""
    reason: str = ""
    ended_at: datetime | None = None
    last_matched_at: datetime | None = None


# ── telling ───────────────────────────────────────────────────────────────────────────────────────────────────────


class RouteKind(StrEnum):
    TECHNICAL = "technical"
    BUSINESS = "business"
    OWN = "own"
    """One's own clients: those of the manager named in the route."""
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who hears what, where."""

    chat_id: int
    thread_id: int | None = None
    kinds: frozenset[RouteKind] = frozenset({RouteKind.TECHNICAL})
    priorities: frozenset[Priority] = frozenset({Priority.K1, Priority.K2, Priority.K3})
    clients: frozenset[str] = frozenset()
    """Empty = all."""
    managers: frozenset[str] = frozenset()
    """Empty = all."""
    redirects: frozenset[str] = frozenset()
    """Only what stands behind these redirect servers; empty = all."""


class NoteKind(StrEnum):
    """Why a notification is owed; it decides between a new message and an edit."""

    FIRING = "firing"
    UPDATE = "update"
    STILL = "still"
    RESOLVED = "resolved"
    STORM = "storm"
    BLIND = "blind"
    NOTICE = "notice"
    """A plain notice about ourselves (a dead chat, a lost topic), facts in the outbox row."""


class OutboxState(StrEnum):
    OWED = "owed"
    SENDING = "sending"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    """The answer was lost; retried once with the mark «возможен повтор»."""
    FOLDED = "folded"
    """Told inside a storm card."""
    MUTED = "muted"
    """A silence covers it; the row keeps why nothing was sent."""
    BURIED = "buried"
    """Given up, with the reason kept."""


class Role(StrEnum):
    ADMIN = "admin"
    HEAD = "head"
    SUPPORT = "support"
    MANAGER = "manager"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user of the chat; rights belong to people, never to chats."""

    id: int
    name: str
    role: Role
    manager: str | None = None
    """The name by which client lists call this manager."""
    suspended: bool = False


class ChangeKind(StrEnum):
    """What happened to an incident in one step; telling is planned from it."""

    OPENED = "opened"
    GREW = "grew"
    """More or other symptoms, same leading trouble: an edit."""
    WORSENED = "worsened"
    """A higher priority or another leading trouble: a new message."""
    EASED = "eased"
    """Some symptoms ended, others last: an edit."""
    RELEASED = "released"
    """The hold is over: may be told now."""
    ENDED = "ended"
    MERGED = "merged"
    """Ended because a later-found cause explains it; its symptoms live on there."""
    TAKEN = "taken"
    GIVEN_BACK = "given_back"
    HANDED = "handed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step of an incident; ``incident`` is as it stands after the step and has its id."""

    kind: ChangeKind
    incident: Incident
    at: datetime
    by: int | None = None
    into: Cause | None = None
    """For ``MERGED``: the cause that explains it now."""


# ── what a chat is shown ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One inline button; exactly one of ``data``, ``url``, ``copy`` is set."""

    text: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A rendered message: HTML under 3,800 UTF-16 units, its buttons, and the same words without markup."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()

    @property
    def digest(self) -> str:
        """A short fingerprint: equal digests look equal in the chat."""
        return sha256(repr((self.text, self.buttons)).encode()).hexdigest()[:16]
