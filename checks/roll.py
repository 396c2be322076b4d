"""What is known of the estate, list by list, and how two states of that knowledge differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, TypeAlias

from checks.model import Access, Client, Redirect
from checks.secret import Secret

AccessKey: TypeAlias = tuple[str, str, str]
"""Host, catalogue, login."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownClient:
    """A client, the lists that hold it with the fields each of them fills, and whether it is gone from all."""

    client: Client
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRedirect:
    redirect: Redirect
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAccess:
    """An access with its password; None = the password we keep cannot be read (another key)."""

    access: Access
    password: Secret | None
    list: str
    gone: bool = False


Known: TypeAlias = KnownClient | KnownRedirect | KnownAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Everything that lists have told."""

    clients: Mapping[str, KnownClient] = field(default_factory=dict)
    redirects: Mapping[str, KnownRedirect] = field(default_factory=dict)
    accesses: Mapping[AccessKey, KnownAccess] = field(default_factory=dict)


class Noun(StrEnum):
    """What a section of a difference is about."""

    REDIRECT = "redirect"
    CLIENT = "client"
    ACCESS = "access"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field, before and after; of a secret neither is told."""

    field: str
    old: Any = None
    new: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a difference."""

    name: str
    title: str = ""
    changes: tuple[Change, ...] = ()
    returned: bool = False
    """It was gone and is listed again."""
    successor: str = ""
    """It is gone because another name has taken its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What happens to the clients, to the redirect servers, or to the accesses."""

    noun: Noun
    added: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()
    gone: tuple[Item, ...] = ()
    unchanged: int = 0
    former: int = 0
    """How many the lists now imported held before."""

    @property
    def empty(self) -> bool:
        return not (self.added or self.changed or self.gone)

    @property
    def guarded(self) -> bool:
        """More than half would go: most likely the wrong file, or a part of one."""
        return sum(not item.successor for item in self.gone) * 2 > self.former


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What an import would change."""

    sections: tuple[Section, ...]

    @property
    def empty(self) -> bool:
        return all(section.empty for section in self.sections)

    @property
    def guarded(self) -> bool:
        return any(section.guarded for section in self.sections)

    @property
    def fingerprint(self) -> str:
        """A short text that is the same only for the same difference."""
        return hashlib.sha256(repr(self.sections).encode()).hexdigest()[:32]


def difference(
    before: Roll,
    after: Roll,
    *,
    former: Mapping[Noun, int],
    successors: Mapping[str, str],
) -> Difference:
    """Compare two states; ``former`` counts whom the imported lists held, ``successors`` names who replaces whom."""
    return Difference(
        sections=(
            _section(Noun.REDIRECT, before.redirects, after.redirects, former, {}),
            _section(Noun.CLIENT, before.clients, after.clients, former, successors),
            _section(Noun.ACCESS, before.accesses, after.accesses, former, {}),
        )
    )


def updates(before: Mapping[Any, Known], after: Mapping[Any, Known]) -> Iterator[Known]:
    """Give what has to be written, be it visible in the difference or not."""
    return (known for key, known in after.items() if before.get(key) != known)


def _section(
    noun: Noun,
    before: Mapping[Any, Known],
    after: Mapping[Any, Known],
    former: Mapping[Noun, int],
    successors: Mapping[str, str],
) -> Section:
    added: list[Item] = []
    changed: list[Item] = []
    gone: list[Item] = []
    unchanged = 0
    for key, now in after.items():
        was = before.get(key)
        if was is now and not now.gone:
            unchanged += 1
        elif now.gone:
            if was is not None and not was.gone:
                gone.append(_item(now, (), successor=successors.get(str(key), "")))
        elif was is None or was.gone:
            added.append(_item(now, tuple(_changes(None, now)), returned=was is not None))
        elif changes := tuple(_changes(was, now)):
            changed.append(_item(now, changes))
        else:
            unchanged += 1
    return Section(
        noun=noun,
        added=tuple(added),
        changed=tuple(changed),
        gone=tuple(gone),
        unchanged=unchanged,
        former=former.get(noun, 0),
    )


def _item(known: Known, changes: tuple[Change, ...], *, returned: bool = False, successor: str = "") -> Item:
    if isinstance(known, KnownAccess):
        access = known.access
        name, title = access.login, f"{access.client}: {access.login}"
    else:
        value = _value(known)
        name, title = value.name, value.title
    return Item(name=name, title=title, changes=changes, returned=returned, successor=successor)


def _value(known: Known) -> Any:
    if isinstance(known, KnownClient):
        return known.client
    return known.redirect if isinstance(known, KnownRedirect) else known.access


def _changes(was: Known | None, now: Known) -> Iterable[Change]:
    """Give the fields that differ; of something new, those that are filled."""
    old, new = None if was is None else _value(was), _value(now)
    for one in fields(new):
        before, after = one.default if old is None else getattr(old, one.name), getattr(new, one.name)
        if before != after and not (old is None and one.name in {"name", "login"}):
            yield Change(field=one.name, old=None if old is None else before, new=after)
    if isinstance(now, KnownAccess) and isinstance(was, KnownAccess) and was.password != now.password:
        yield Change(field="password")
