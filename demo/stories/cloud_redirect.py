"""15.11.2022: the redirect server of the cloud died; clients were given the addresses of their installations.

One incident named after the server, everybody behind it, the text for the cloud's support; handed over by Анна;
mended; told once, with the text that asks clients to go back to their domain names.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.buttons import Action
from checks.model import Client, ClientKind, Fault, Redirect
from demo.estate.cast import shipped_cast
from demo.stories.script import MOSCOW, Becomes, Condition, Presses, Scene, Story, redirect
from demo.telegram.cast import ANNA

SERVER = redirect("r1")
DEAD = Condition(fault=Fault.REFUSED)
CLIENTS = 12


def _at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2022-11-15T{clock}").replace(tzinfo=MOSCOW)


def _clients() -> tuple[Client, ...]:
    """Return the first of the demo's clients in the cloud, at addresses kept for documentation."""
    behind = [one for one in shipped_cast().residents if one.redirect == "r1" and one.kind == "cloud"][:CLIENTS]
    return tuple(
        Client(
            name=one.name,
            title=one.title,
            kind=ClientKind.CLOUD,
            manager=one.manager,
            domain=f"{one.number}.te-cloud.ru",
            redirect="r1",
            address=f"http://203.0.113.{place}",
            contacts=one.contacts,
            seats=one.seats,
        )
        for place, one in enumerate(behind, start=11)
    )


def story() -> Story:
    return Story(
        name="2022-11-15",
        title="Умер сервер переадресации облака",
        watched_from=_at("05:55:00"),
        begins=_at("06:01:30"),
        ends=_at("08:00:00"),
        redirects=(
            Redirect(
                name="r1",
                address="r1.te-cloud.ru",
                owner="Поддержка «Техэксперт.Облако»",
                contacts="+7 800 000-00-00, круглосуточно",
            ),
        ),
        clients=_clients(),
        scenes=(
            Scene(at=_at("06:02:00"), act=Becomes(subject=SERVER, condition=DEAD)),
            Scene(at=_at("06:06:00"), act=Presses(who=ANNA.id, action=Action.TAKE)),
            Scene(at=_at("06:07:00"), act=Presses(who=ANNA.id, action=Action.OWNER_TEXT)),
            Scene(at=_at("06:09:00"), act=Presses(who=ANNA.id, action=Action.HANDED)),
            Scene(at=_at("06:40:00"), act=Presses(who=ANNA.id, action=Action.ADDRESSES)),
            Scene(at=_at("06:40:20"), act=Presses(who=ANNA.id, action=Action.ADDRESSES, arg="1")),
            Scene(at=_at("06:41:00"), act=Presses(who=ANNA.id, action=Action.CARD)),
            Scene(at=_at("07:54:00"), act=Becomes(subject=SERVER)),
            Scene(at=_at("07:57:00"), act=Presses(who=ANNA.id, action=Action.RETURN_TEXT)),
        ),
        interval=timedelta(seconds=60),
    )
