"""Tells whom a report names, who of them is new or was active again, and which searches gave nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from checks.model.installation import InstallationFacts, Query, User


def named(facts: InstallationFacts | None) -> dict[str, User]:
    """Return everybody a report names, by login: those with an account and those in the system."""
    if facts is None:
        return {}
    people = {user.login: user for user in facts.users or () if user.login}
    for one in facts.connected or ():
        if not one.login:
            continue
        user = people.get(one.login) or User(login=one.login)
        last = max((moment for moment in (user.last_at, one.since) if moment is not None), default=None)
        people[one.login] = replace(user, last_at=last)
    return people


def renewed(before: InstallationFacts | None, facts: InstallationFacts) -> list[User]:
    """Return who is named otherwise than in the report before."""
    known = named(before)
    return [user for login, user in named(facts).items() if known.get(login) != user]


def tells_people(facts: InstallationFacts | None) -> bool:
    """Say whether a report names people at all, be it nobody."""
    return facts is not None and (facts.users is not None or facts.connected is not None)


def searched(before: InstallationFacts | None, facts: InstallationFacts, day: date) -> list[tuple[date, Query]]:
    """Return the searches without result that the report before did not have so, each with its day."""
    known = set(before.queries or ()) if before else set()
    return [(query.day or day, query) for query in facts.queries or () if query not in known or query.day is None]
