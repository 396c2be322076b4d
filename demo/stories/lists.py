"""The lists of a story, in the formats that the product imports."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from checks.model import Access, Client, Redirect

CLIENT_FIELDS = (
    "name", "title", "kind", "manager", "domain", "redirect", "address", "licman", "contract_end", "seats", "contacts",
)  # fmt: skip
REDIRECT_FIELDS = ("name", "title", "address", "owner", "contacts")
PASSWORD = "story"  # noqa: S105 - no server knows it


def listed(members: Iterable[Client]) -> bytes:
    """Write ``clients.csv``."""
    return _written(CLIENT_FIELDS, members)


def redirects(members: Iterable[Redirect]) -> bytes:
    """Write ``redirects.csv``."""
    return _written(REDIRECT_FIELDS, members)


def online(members: Iterable[Access]) -> bytes:
    """Write ``online.csv``, which has no header; the firm of an access is its client."""
    text = StringIO()
    rows = csv.writer(text)
    for one in members:
        rows.writerow(
            [one.client, one.login, PASSWORD, one.host, one.catalogue, one.scheme, one.manager or "", "olga@te.example"]
        )
    return text.getvalue().encode()


def _written(fields: tuple[str, ...], members: Iterable[object]) -> bytes:
    text = StringIO()
    rows = csv.writer(text)
    rows.writerow(fields)
    rows.writerows([getattr(one, name) or "" for name in fields] for one in members)
    return text.getvalue().encode()
