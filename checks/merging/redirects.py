"""Merges ``redirects.csv``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from checks.merging.ledger import Book
from checks.model import Redirect
from checks.readers.entries import Listed, RedirectEntry
from checks.roll import KnownRedirect, Noun

DEFAULTS: dict[str, Any] = {one.name: one.default for one in fields(Redirect) if one.name != "name"}


def merge_redirects(book: Book, files: Sequence[Listed]) -> None:
    """Take over the servers of all ``files``; a server that none of them has is gone."""
    known_as = {name.casefold(): name for name in book.redirects}
    held = {name for name, known in book.redirects.items() if not known.gone}
    listed: set[str] = set()
    for file in files:
        listed.update(known_as.get(e.name.casefold(), e.name) for e in file.mentions if isinstance(e, RedirectEntry))
        for entry in file.entries:
            if isinstance(entry, RedirectEntry):
                listed.add(_tell(book, known_as.setdefault(entry.name.casefold(), entry.name), entry))
    book.former[Noun.REDIRECT] |= held
    missing = held - listed
    if missing and book.sure(files, len(missing)):
        for name in missing:
            book.redirects[name] = replace(book.redirects[name], gone=True)


def _tell(book: Book, name: str, entry: RedirectEntry) -> str:
    known = book.redirects.get(name) or KnownRedirect(redirect=Redirect(name=name), gone=True)
    told = {**{one: DEFAULTS[one] for one in entry.blank}, **entry.told}
    redirect = replace(known.redirect, **told)
    if known.gone or redirect != known.redirect:
        book.redirects[name] = KnownRedirect(redirect=redirect)
    return name
