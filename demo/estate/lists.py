"""The estate's own lists of clients and redirect servers, in the formats that the product imports."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from demo.estate.cast import Resident
from demo.estate.sites import Installation, RedirectServer

CLIENT_FIELDS = (
    "name", "title", "kind", "manager", "email", "domain", "redirect", "address", "admin_url", "licman",
    "contract_end", "seats", "freshness_hours", "time_zone", "contacts",
)  # fmt: skip
REDIRECT_FIELDS = ("name", "title", "address", "owner", "contacts")
CLOSED_FRESHNESS_HOURS = 168
LAST_DAYS = ((4, 30), (6, 30), (9, 30), (12, 31))


def write_lists(
    folder: Path, *, redirects: Iterable[RedirectServer], installations: Iterable[Installation], today: date
) -> tuple[Path, Path]:
    """Write ``redirects.csv`` and ``clients.csv`` and return their paths, in the order in which to import them."""
    gates = {server.gate.name: server for server in redirects}
    first = folder / "redirects.csv"
    second = folder / "clients.csv"
    _write(first, REDIRECT_FIELDS, (_redirect_row(server) for server in gates.values()))
    _write(second, CLIENT_FIELDS, (_client_row(installation, gates, today) for installation in installations))
    return first, second


def _write(path: Path, fields: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields)
        writer.writeheader()
        writer.writerows(rows)


def _redirect_row(server: RedirectServer) -> dict[str, object]:
    gate = server.gate
    return {
        "name": gate.name,
        "title": "",
        "address": server.url,
        "owner": gate.owner,
        "contacts": gate.contacts,
    }


def _client_row(installation: Installation, gates: Mapping[str, RedirectServer], today: date) -> dict[str, object]:
    resident = installation.resident
    public = resident.public
    port = gates[resident.redirect].url.rpartition(":")[2] if public else ""
    return {
        "name": resident.name,
        "title": resident.title,
        "kind": resident.kind,
        "manager": resident.manager,
        "email": resident.email,
        "domain": f"http://{resident.host}:{port}" if public else "",
        "redirect": resident.redirect,
        "address": installation.url if public else "",
        "admin_url": f"{installation.url}/admin" if public else "",
        "licman": installation.licman,
        "contract_end": contract_end(resident, today),
        "seats": resident.seats,
        "freshness_hours": CLOSED_FRESHNESS_HOURS if resident.kind == "closed" else "",
        "time_zone": resident.zone,
        "contacts": resident.contacts,
    }


def contract_end(resident: Resident, today: date) -> date:
    """Return a day of next year or later: nobody's contract ends soon, and the list holds for a year."""
    month, day = LAST_DAYS[resident.number % len(LAST_DAYS)]
    return date(today.year + 1 + resident.number % 2, month, day)
