"""Merges the lists of managers that are in use today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from checks.merging.editions import edition
from checks.merging.ledger import Book
from checks.merging.matching import CLOUD, Places, endpoint_name, endpoint_url, is_ip
from checks.model import ClientKind
from checks.readers.entries import ClientEntry, EndpointEntry, Entry, Listed
from checks.readers.flaws import Trouble

YIELDING = frozenset({"time_zone", "domain", "address", "kind"})
"""Fields in which these lists give way to our own list, which knows better."""

WHERE = frozenset({"domain", "address", "kind"})


def merge_managers(book: Book, files: Sequence[Listed]) -> None:
    """Take over each file as a list of its own: distributors keep one a manager."""
    claimed: set[str] = set()
    for file in files:
        places = Places.of(book.present())
        unclear: set[str] = set()
        found = [(entry, name) for entry in file.entries if (name := _whom(book, file.file, entry, places, unclear))]
        listed = {name for _, name in found} | unclear | book.mentioned(file.mentions, places)
        source = edition(file, _former(book, file), listed, claimed)
        held = book.held(source)
        for entry, name in found:
            _tell(book, source, entry, name)
        book.retire(source, held=held, listed=listed, files=[file])


def _whom(book: Book, file: str, entry: Entry, places: Places, unclear: set[str]) -> str | None:
    """Return whom a line is about, be the client known or new; None when it could be any of several.

    These are remarked and added to ``unclear``.
    """
    if isinstance(entry, ClientEntry):
        return book.names.get(entry.name.casefold(), entry.name)
    assert isinstance(entry, EndpointEntry)
    found = book.at(entry.endpoint, places)
    if len(found) > 1:
        unclear |= found
        names = ", ".join(sorted(found))
        book.remark(file, entry.line, Trouble.SEVERAL_CLIENTS, refused=True, value=str(entry.endpoint), hint=names)
        return None
    return next(iter(found), endpoint_name(entry.endpoint))


def _tell(book: Book, source: str, entry: Entry, name: str) -> None:
    assert isinstance(entry, ClientEntry | EndpointEntry)
    told = dict(entry.told)
    known = book.clients.get(name)
    before = known.lists.get(source, frozenset()) if known else frozenset()
    if isinstance(entry, EndpointEntry) and (known is None or known.gone or before & WHERE):
        told |= _where(entry)
    ours = book.told_by_us(name) & YIELDING
    book.tell(source, name, {one: value for one, value in told.items() if one not in ours}, entry.blank)


def _where(entry: EndpointEntry) -> dict[str, Any]:
    """Tell of a client that only its endpoint is known of what the endpoint gives away."""
    url = endpoint_url(entry.endpoint, entry.scheme)
    if is_ip(entry.endpoint.host):
        return {"address": url}
    kind = ClientKind.CLOUD if entry.endpoint.host.endswith(CLOUD) else ClientKind.SERVER
    return {"domain": url, "kind": kind}


def _former(book: Book, file: Listed) -> dict[str, set[str]]:
    """Return the lists of this kind imported before, with whom they hold."""
    former: dict[str, set[str]] = {}
    for name, known in book.clients.items():
        for source in known.lists:
            if source.startswith(f"{file.kind}:"):
                former.setdefault(source, set()).add(name)
    return former
