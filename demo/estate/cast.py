"""Who lives in the simulated estate: forty clients behind two redirect servers, and crowds of any size for benches."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from demo.estate.states import EstateError

ZONE = "te-cloud.test"
EMAILS = {"Ольга": "olga", "Наталья": "natalya", "Дмитрий": "dmitry", "Марина": "marina"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """One simulated client; ``redirect`` is empty where there is no public address."""

    name: str
    title: str
    number: int
    """Registration number without its prefix: the cloud's default name is made of it."""
    kind: str = "cloud"
    redirect: str = ""
    host: str = ""
    manager: str = "Ольга"
    contact: str = ""
    seats: int = 10
    version: str = "6.4.5.127"
    zone: str = ""
    """Shift in hours from Moscow, e.g. ``+2``."""
    charset: str = "utf-8"
    licman: bool = False
    uploads: bool = False
    tls: bool = False

    @property
    def public(self) -> bool:
        return bool(self.redirect)

    @property
    def email(self) -> str:
        return f"{EMAILS.get(self.manager, 'manager')}@romashka-te.test"

    @property
    def contacts(self) -> str:
        """Whom to call, with a telephone that nobody has."""
        phone = f"+7 900 000-{self.number // 100 % 100:02}-{self.number % 100:02}"
        return f"{self.contact or 'Дежурный'}, администратор, {phone}, 8:00–18:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One simulated redirect server."""

    name: str
    owner: str = "Поддержка «Техэксперт.Облако»"
    contacts: str = "+7 800 000-00-00, круглосуточно, oblako@te-cloud.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody in one estate."""

    gates: tuple[Gate, ...]
    residents: tuple[Resident, ...]

    def __post_init__(self) -> None:
        gates = {gate.name for gate in self.gates}
        names = [resident.name for resident in self.residents]
        if len(gates) != len(self.gates) or len(set(names)) != len(names):
            raise EstateError("two members of the estate have one name")
        if strangers := {resident.redirect for resident in self.residents if resident.public} - gates:
            raise EstateError(f"no such redirect server: {', '.join(sorted(strangers))}")


def shipped_cast(*, tls: bool = False) -> Cast:
    """Return the forty clients of the demo; with ``tls`` two of them have certificates of the estate's own."""
    text = files("demo.estate").joinpath("cast.csv").read_text("utf-8")
    gates = (Gate(name="r1"), Gate(name="r2"))
    rows = csv.DictReader(text.splitlines())
    return Cast(gates=gates, residents=tuple(_resident(row, tls=tls) for row in rows))


def _resident(row: dict[str, str], *, tls: bool) -> Resident:
    host = row["host"] or (f"{row['number']}.{ZONE}" if row["redirect"] else "")
    return Resident(
        name=row["name"],
        title=row["title"],
        number=int(row["number"]),
        kind=row["kind"],
        redirect=row["redirect"],
        host=host,
        manager=row["manager"],
        contact=row["contact"],
        seats=int(row["seats"]),
        version=row["version"],
        zone=row["zone"],
        charset=row["charset"],
        licman=row["licman"] == "yes",
        uploads=row["uploads"] == "yes",
        tls=tls and row["tls"] == "yes",
    )


def crowd(*, clients: int, redirects: int) -> Cast:
    """Return any number of clients, spread evenly behind any number of redirect servers."""
    gates = tuple(Gate(name=f"r{number}") for number in range(1, redirects + 1))
    return Cast(gates=gates, residents=tuple(_members(clients, gates)))


def _members(clients: int, gates: tuple[Gate, ...]) -> Iterator[Resident]:
    managers = tuple(EMAILS)
    for index in range(clients):
        number = 10_000 + index
        yield Resident(
            name=f"client{number}",
            title=f"Клиент {number}",
            number=number,
            redirect=gates[index % len(gates)].name,
            host=f"{number}.{ZONE}",
            manager=managers[index % len(managers)],
            charset="windows-1251" if index % 2 else "utf-8",
            uploads=True,
        )
