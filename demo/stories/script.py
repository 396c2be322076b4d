"""What a story is made of: who is in it, what happens to them when, and what people do in the chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise

from checks.buttons import Action
from checks.model import Access, Client, Fault, Mark, Quotas, Redirect, Subject, SubjectKind

MOSCOW = timezone(timedelta(hours=3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a look at somebody meets; the default is good health."""

    fault: Fault | None = None
    status: int = 200
    marks: frozenset[Mark] = frozenset()
    detail: str = ""


WELL = Condition()


@dataclass(frozen=True, slots=True, kw_only=True)
class Becomes:
    """Something happens to a redirect server or an installation."""

    subject: Subject
    condition: Condition = WELL


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """Somebody writes into a chat (by default into the group)."""

    who: int
    text: str
    chat: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presses:
    """Somebody presses the newest button of this meaning that they can see."""

    who: int
    action: Action
    arg: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prolongs:
    """The list of clients comes anew, with this client's contract prolonged."""

    client: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """A report comes in; the name of the file says from whom and of what kind."""

    name: str
    content: bytes


Act = Becomes | Says | Presses | Prolongs | Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One act at its moment."""

    at: datetime
    act: Act


class ScriptError(ValueError):
    """A story that cannot be played, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A whole story. ``watched_from`` may lie before ``begins``: that much is lived through without being shown."""

    name: str
    """The date under which its owner told it."""
    title: str
    watched_from: datetime
    begins: datetime
    ends: datetime
    clients: tuple[Client, ...]
    redirects: tuple[Redirect, ...] = ()
    accesses: tuple[Access, ...] = ()
    figures: Callable[[str, datetime], Quotas] | None = None
    """What the vendor's page says of a login at a moment."""
    known_since: date | None = None
    """Figures are known for every day from then on, though nobody was there to look."""
    scenes: tuple[Scene, ...]
    interval: timedelta = timedelta(seconds=60)
    """Between two looks at the same thing."""
    subjects: frozenset[Subject] = field(init=False)

    def __post_init__(self) -> None:
        clients = {Subject(SubjectKind.CLIENT, one.name) for one in self.clients}
        servers = {Subject(SubjectKind.REDIRECT, one.name) for one in self.redirects}
        object.__setattr__(self, "subjects", frozenset(clients | servers))
        self._require_order()
        for scene in self.scenes:
            if isinstance(scene.act, Becomes) and scene.act.subject not in self.subjects:
                raise ScriptError(f"{self.name}: {scene.act.subject} is nobody in this story")

    def _require_order(self) -> None:
        moments = [self.watched_from, *(scene.at for scene in self.scenes), self.ends]
        if any(later < earlier for earlier, later in pairwise(moments)):
            raise ScriptError(f"{self.name}: scenes are out of order")
        if not self.watched_from <= self.begins < self.ends:
            raise ScriptError(f"{self.name}: it ends before it begins")


def client(name: str) -> Subject:
    return Subject(SubjectKind.CLIENT, name)


def redirect(name: str) -> Subject:
    return Subject(SubjectKind.REDIRECT, name)
