"""The roll while lists are merged into it: who was told what by which list, and who is gone from all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from checks.merging.matching import Places, endpoint_name
from checks.model import Client
from checks.readers.cells import Endpoint
from checks.readers.entries import ClientEntry, EndpointEntry, Entry, Listed, ListKind
from checks.readers.flaws import Flaw, Trouble, shown
from checks.roll import AccessKey, KnownAccess, KnownClient, KnownRedirect, Noun, Roll

OWN_LIST = str(ListKind.CLIENTS)
DEFAULTS: dict[str, Any] = {one.name: one.default for one in fields(Client) if one.name != "name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A flaw and the file it is in."""

    file: str
    flaw: Flaw


class Book:
    """Copies of what is known, changed line by line; the roll it began with stays as it was."""

    def __init__(self, roll: Roll) -> None:
        self.clients: dict[str, KnownClient] = dict(roll.clients)
        self.redirects: dict[str, KnownRedirect] = dict(roll.redirects)
        self.accesses: dict[AccessKey, KnownAccess] = dict(roll.accesses)
        self.names = {name.casefold(): name for name in roll.clients}
        """Client names by their lower case."""
        self.began_with = frozenset(key for key, known in roll.accesses.items() if not known.gone)
        self.remarks: list[Remark] = []
        self.former: dict[Noun, set[object]] = {noun: set() for noun in Noun}
        """Whom the imported lists held before."""
        self.successors: dict[str, str] = {}

    def remark(self, file: str, line: int, trouble: Trouble, *, refused: bool = False, **words: str) -> None:
        flaw = Flaw(line=line, trouble=trouble, refused=refused, **{key: shown(text) for key, text in words.items()})
        self.remarks.append(Remark(file=file, flaw=flaw))

    def present(self) -> Iterator[Client]:
        return (known.client for known in self.clients.values() if not known.gone)

    def absent(self) -> Iterator[Client]:
        return (known.client for known in self.clients.values() if known.gone)

    def at(self, endpoint: Endpoint, places: Places) -> set[str]:
        """Return the clients that a line about ``endpoint`` may mean: who lives there, else the one named after it."""
        found = places.find(endpoint)
        names = {self.names.get(word, "") for word in (endpoint_name(endpoint), endpoint.host)}
        named = {name for name in names if name and not self.clients[name].gone}
        if len(found) > 1 and len(found & named) == 1:
            return found & named
        return found or named

    def mentioned(self, mentions: Iterable[Entry], places: Places) -> set[str]:
        """Return the known clients that refused lines are about."""
        names: set[str] = set()
        for entry in mentions:
            if isinstance(entry, ClientEntry):
                names.add(self.names.get(entry.name.casefold(), entry.name))
            elif isinstance(entry, EndpointEntry):
                names |= self.at(entry.endpoint, places)
        return names

    def tell(self, source: str, name: str, told: Mapping[str, Any], blank: frozenset[str] = frozenset()) -> str:
        """Put down what the list ``source`` tells of a client and return the client's name as it is known.

        A blank cell takes away only what this list alone has told before. Who was gone begins anew.
        """
        name = self.names.setdefault(name.casefold(), name)
        known = self.clients.get(name)
        if known is None or known.gone:
            self.clients[name] = KnownClient(client=replace(Client(name=name), **told), lists={source: frozenset(told)})
            return name
        others = (fields for other, fields in known.lists.items() if other != source)
        mine = known.lists.get(source, frozenset()).difference(*others)
        client = replace(known.client, **{**{one: DEFAULTS[one] for one in blank & mine}, **told})
        lists = {**known.lists, source: frozenset(told)}
        if client != known.client or lists != known.lists:
            self.clients[name] = KnownClient(client=client, lists=lists)
        return name

    def told_by_us(self, name: str) -> frozenset[str]:
        known = self.clients.get(name)
        return known.lists.get(OWN_LIST, frozenset()) if known else frozenset()

    def held(self, source: str) -> set[str]:
        """Return the clients that ``source`` held before this import."""
        return {name for name, known in self.clients.items() if source in known.lists}

    def retire(self, source: str, *, held: set[str], listed: set[str], files: Sequence[Listed]) -> None:
        """Take the list away from the clients it no longer holds; who is on no list any more is gone."""
        self.former[Noun.CLIENT] |= held
        missing = held - listed
        if not missing or not self.sure(files, len(missing)):
            return
        for name in missing:
            known = self.clients[name]
            lists = {other: told for other, told in known.lists.items() if other != source}
            self.clients[name] = replace(known, lists=lists, gone=not lists)

    def sure(self, files: Sequence[Listed], missing: int) -> bool:
        """Nobody goes while there are lines of which it cannot be told whom they are about."""
        unsure = [listed for listed in files if listed.strangers]
        for listed in unsure:
            self.remark(listed.file, 0, Trouble.GONE_KEPT, value=str(missing), hint=str(listed.strangers))
        return not unsure
