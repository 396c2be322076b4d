"""Finds out whom a line is about: the firm with other quotes, the host with another spelling, a free short name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

import idna

from checks.model import Client
from checks.readers.cells import DEFAULT_PORTS, LONGEST_NAME, Endpoint, url_endpoint
from checks.readers.flaws import BadCell

CLOUD = ".te-cloud.ru"
LONGEST_SLUG = 40
LONG_FORMS = (
    ("общество с ограниченной ответственностью", "ооо"),
    ("публичное акционерное общество", "пао"),
    ("открытое акционерное общество", "оао"),
    ("закрытое акционерное общество", "зао"),
    ("акционерное общество", "ао"),
    ("индивидуальный предприниматель", "ип"),
)
FORMS = frozenset("ооо оао зао пао ао нао ип нпо нко ано гуп муп фгуп гбу мбу мку гку фгбу фгку фгау гау мау".split())  # noqa: SIM905 - reads as one line
LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f h ts ch sh sch _ y _ e yu ya".split(),  # noqa: SIM905 - so the two rows can be compared
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm's title without quotes, case and punctuation, and its legal forms apart."""

    core: str
    forms: frozenset[str]

    def agrees(self, other: Firm) -> bool:
        """«Ромашка» may be «ООО Ромашка»; «АО Ромашка» is another firm."""
        return self.core == other.core and (not self.forms or not other.forms or self.forms == other.forms)


def firm(title: str) -> Firm:
    plain = re.sub(r"[\W_]+", " ", title.casefold().replace("ё", "е")).strip()
    for long, short in LONG_FORMS:
        plain = plain.replace(long, short)
    words = plain.split()
    core = [word for word in words if word not in FORMS]
    if not core:
        return Firm(" ".join(words), frozenset())
    return Firm(" ".join(core), frozenset(words) & FORMS)


def slug(title: str, taken: Container[str]) -> str:
    """Make a short latin name for a firm that has none; ``taken`` holds names in lower case."""
    latin = "".join(LATIN.get(c, c if c.isascii() else "-") for c in firm(title).core)
    base = re.sub(r"[^a-z0-9]+", "-", latin.replace("_", "")).strip("-")[:LONGEST_SLUG].strip("-") or "online"
    number, name = 1, base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def endpoint_name(endpoint: Endpoint) -> str:
    """Name a client that only its address is known of; the usual ports go without saying."""
    host = re.sub(r"[^a-z0-9.-]+", "-", endpoint.host).strip("-.")[:LONGEST_NAME].strip("-.") or "host"
    return host if endpoint.port in {None, *DEFAULT_PORTS.values()} else f"{host}-{endpoint.port}"


def endpoint_url(endpoint: Endpoint, scheme: str) -> str:
    """Write an endpoint as the URL that a person would type."""
    host = endpoint.host
    if "xn--" in host:
        try:
            host = idna.decode(host)
        except (idna.IDNAError, UnicodeError):
            host = endpoint.host
    port = None if endpoint.port == DEFAULT_PORTS[scheme] else endpoint.port
    return f"{scheme}://{Endpoint(host, port)}"


def is_ip(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


@dataclass(slots=True)
class Places:
    """Which clients answer at which endpoints: by what they type first, by their direct address second."""

    domains: dict[Endpoint, set[str]] = field(default_factory=lambda: defaultdict(set))
    addresses: dict[Endpoint, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, clients: Iterable[Client]) -> Places:
        places = cls()
        for client in clients:
            places.add(client)
        return places

    def add(self, client: Client) -> None:
        for url, index in ((client.domain, self.domains), (client.address, self.addresses)):
            for endpoint in endpoints(url):
                index[endpoint].add(client.name)

    def find(self, endpoint: Endpoint) -> set[str]:
        return self.domains.get(endpoint) or self.addresses.get(endpoint) or set()


def endpoints(url: str | None) -> Iterable[Endpoint]:
    """Return where a URL leads; a bare host is meant with either usual port."""
    if not url:
        return ()
    try:
        found = url_endpoint(url)
    except BadCell:
        return ()
    if found.port:
        return (found,)
    return tuple(Endpoint(found.host, port) for port in DEFAULT_PORTS.values())


@dataclass(slots=True)
class Firms:
    """Clients by name and by title."""

    names: dict[str, str] = field(default_factory=dict)
    titles: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    cores: dict[str, dict[str, Firm]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, clients: Iterable[Client]) -> Firms:
        firms = cls()
        for client in clients:
            firms.add(client)
        return firms

    def add(self, client: Client) -> None:
        self.names[client.name.casefold()] = client.name
        if client.title:
            self.titles[client.title.casefold()].add(client.name)
            parsed = firm(client.title)
            self.cores[parsed.core][client.name] = parsed

    def find(self, title: str) -> set[str]:
        """Return whom ``title`` can mean: by name, by the very title, by firm with the same form, by firm."""
        exact = title.casefold()
        if exact in self.names:
            return {self.names[exact]}
        if exact in self.titles:
            return self.titles[exact]
        wanted = firm(title)
        known = self.cores.get(wanted.core, {})
        same = {name for name, other in known.items() if other == wanted}
        return same or {name for name, other in known.items() if wanted.agrees(other)}
