"""Merges lists into what is known, one module a list; knows nothing of files and databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks.merging.clients import merge_clients
from checks.merging.ledger import Book, Remark
from checks.merging.managers import merge_managers
from checks.merging.online import merge_online
from checks.merging.redirects import merge_redirects
from checks.readers.entries import Listed, ListKind
from checks.roll import Difference, Roll, difference

__all__ = ["Merged", "Remark", "merge"]

STEPS = {
    ListKind.REDIRECTS: merge_redirects,
    ListKind.CLIENTS: merge_clients,
    ListKind.MANAGERS: merge_managers,
    ListKind.ONLINE: merge_online,
}
"""In the order in which lists build on each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The roll as it would be, how it differs, and all that was wrong on the way."""

    before: Roll
    after: Roll
    difference: Difference
    remarks: tuple[Remark, ...]


def merge(roll: Roll, lists: Sequence[Listed]) -> Merged:
    """Merge ``lists``, given in whatever order, into ``roll``."""
    book = Book(roll)
    book.remarks.extend(Remark(file=listed.file, flaw=flaw) for listed in lists for flaw in listed.flaws)
    for kind, step in STEPS.items():
        files = [listed for listed in lists if listed.kind is kind]
        if files:
            step(book, files)
    after = Roll(clients=book.clients, redirects=book.redirects, accesses=book.accesses)
    former = {noun: len(names) for noun, names in book.former.items()}
    return Merged(
        before=roll,
        after=after,
        difference=difference(roll, after, former=former, successors=book.successors),
        remarks=tuple(book.remarks),
    )
