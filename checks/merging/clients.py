"""Merges our own list, ``clients.csv``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from checks.merging.ledger import OWN_LIST, Book
from checks.merging.matching import Places, endpoint_name, endpoints
from checks.readers.entries import ClientEntry, Listed
from checks.readers.flaws import Trouble
from checks.roll import KnownClient


def merge_clients(book: Book, files: Sequence[Listed]) -> None:
    """Take over the clients of all ``files``; who is on no list any more is gone."""
    held = book.held(OWN_LIST)
    places = Places.of(book.present())
    servers = {word.casefold(): name for name, known in book.redirects.items() for word in (known.redirect.title, name)}
    listed: set[str] = set()
    for file in files:
        listed |= book.mentioned(file.mentions, places)
        unknown: set[str] = set()
        for entry in file.entries:
            if isinstance(entry, ClientEntry):
                told = _with_redirect(book, file.file, entry, servers, unknown)
                _succeed(book, entry, places)
                listed.add(book.tell(OWN_LIST, entry.name, told, entry.blank))
    book.retire(OWN_LIST, held=held, listed=listed, files=files)


def _with_redirect(
    book: Book, file: str, entry: ClientEntry, servers: Mapping[str, str], unknown: set[str]
) -> Mapping[str, Any]:
    """Name the redirect server as it is known; one that no list describes is remarked once."""
    wanted = entry.told.get("redirect")
    if wanted is None:
        return entry.told
    name = servers.get(wanted.casefold())
    if (name is None or book.redirects[name].gone) and wanted.casefold() not in unknown:
        unknown.add(wanted.casefold())
        meant = get_close_matches(wanted, [one for one, known in book.redirects.items() if not known.gone], n=1)
        book.remark(file, entry.line, Trouble.UNKNOWN_REDIRECT, value=wanted, hint="".join(meant))
    return {**entry.told, "redirect": name or wanted}


def _succeed(book: Book, entry: ClientEntry, places: Places) -> None:
    """Let a client that a managers' list knew by its host only live on under the name that our own list gives it."""
    if entry.name.casefold() in book.names:
        return
    for endpoint in (*endpoints(entry.told.get("domain")), *endpoints(entry.told.get("address"))):
        old = book.clients.get(endpoint_name(endpoint))
        if old and old.lists and OWN_LIST not in old.lists and places.find(endpoint) == {old.client.name}:
            _rename(book, old, entry.name)
            return


def _rename(book: Book, old: KnownClient, name: str) -> None:
    former = old.client.name
    book.names[name.casefold()] = name
    book.clients[name] = replace(old, client=replace(old.client, name=name))
    book.clients[former] = KnownClient(client=old.client, gone=True)
    book.successors[former] = name
    for key, known in book.accesses.items():
        if known.access.client == former:
            book.accesses[key] = replace(known, access=replace(known.access, client=name))
