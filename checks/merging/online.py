"""Merges the lists of online accesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from checks.merging.editions import edition
from checks.merging.ledger import Book
from checks.merging.matching import Firms, slug
from checks.model import Access, ClientKind
from checks.readers.entries import AccessEntry, Listed, ListKind
from checks.readers.flaws import Trouble
from checks.roll import AccessKey, KnownAccess, Noun


def merge_online(book: Book, files: Sequence[Listed]) -> None:
    """Take over the accesses of each file; a firm that nobody knows becomes a client of kind online."""
    claimed: set[str] = set()
    for file in files:
        entries = [entry for entry in file.entries if isinstance(entry, AccessEntry)]
        keys = {entry.key for entry in entries}
        source = edition(file, _former(book), keys, claimed)
        held = book.held(source)
        listed = _take(book, source, file.file, entries)
        book.retire(source, held=held, listed=listed, files=[file])
        _retire(book, source, keys, file)


def _take(book: Book, source: str, file: str, entries: Sequence[AccessEntry]) -> set[str]:
    """Put down each access with its client; return the clients that are there for their accesses only."""
    firms, gone = Firms.of(book.present()), Firms.of(book.absent())
    told: set[str] = set()
    for entry in entries:
        name = _whose(book, file, entry, firms, gone)
        if name is None:
            continue
        if name not in told and _lives_by_access(book, name):
            told.add(_tell(book, source, entry, name))
            firms.add(book.clients[name].client)
        _put_down(book, source, entry, name)
    return told


def _former(book: Book) -> dict[str, set[AccessKey]]:
    former: dict[str, set[AccessKey]] = {}
    for key, known in book.accesses.items():
        if not known.gone:
            former.setdefault(known.list, set()).add(key)
    return former


def _whose(book: Book, file: str, entry: AccessEntry, firms: Firms, gone: Firms) -> str | None:
    """Return the client that a firm is, a new short name when it is none, None (remarked) when it could be several.

    A client that has this very access already keeps it: what was told apart once stays so.
    """
    found = firms.find(entry.firm)
    known = book.accesses.get(entry.key)
    if known and known.access.client in found:
        return known.access.client
    if len(found) > 1:
        names = ", ".join(sorted(found))
        book.remark(file, entry.line, Trouble.SEVERAL_CLIENTS, refused=True, value=entry.firm, hint=names)
        return None
    found = found or {name for name in gone.find(entry.firm) if book.clients[name].gone}
    return min(found) if found else slug(entry.firm, book.names)


def _lives_by_access(book: Book, name: str) -> bool:
    """Ask whether a client is known by its accesses only; an installation that has one too keeps its own data."""
    known = book.clients.get(name)
    if known is None or known.gone:
        return True
    return bool(known.lists) and all(source.startswith(f"{ListKind.ONLINE}:") for source in known.lists)


def _tell(book: Book, source: str, entry: AccessEntry, name: str) -> str:
    known = book.clients.get(name)
    title = known.client.title if known and not known.gone else entry.firm
    filled = {"manager": entry.manager, "email": entry.email}
    told = {one: value for one, value in filled.items() if value is not None}
    return book.tell(
        source, name, {"kind": ClientKind.ONLINE, "title": title, **told}, frozenset(filled.keys() - told.keys())
    )


def _put_down(book: Book, source: str, entry: AccessEntry, name: str) -> None:
    access = Access(
        client=name,
        login=entry.login,
        host=entry.host,
        catalogue=entry.catalogue,
        scheme=entry.scheme,
        manager=entry.manager,
        email=entry.email,
    )
    taken = KnownAccess(access=access, password=entry.password, list=source)
    if book.accesses.get(entry.key) != taken:
        book.accesses[entry.key] = taken


def _retire(book: Book, source: str, keys: set[AccessKey], file: Listed) -> None:
    held = {key for key, known in book.accesses.items() if known.list == source and not known.gone}
    book.former[Noun.ACCESS] |= held & book.began_with
    missing = held - keys
    if missing and book.sure([file], len(missing)):
        for key in missing:
            book.accesses[key] = replace(book.accesses[key], gone=True)
