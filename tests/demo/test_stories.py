"""Stories are well-formed, play on a clock of their own, and look at the world through the script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from checks.buttons import Action, pack
from checks.estate import build, targets
from checks.facts import read
from checks.model import Client, Fault, LookKind, Mark, Outcome, Redirect, Subject, SubjectKind
from demo.stories.chats import Chats
from demo.stories.facts import seen
from demo.stories.player import Player, StoryClock, Weather
from demo.stories.script import (
    MOSCOW,
    Becomes,
    Condition,
    Presses,
    Says,
    Scene,
    ScriptError,
    Story,
    Uploads,
    client,
    redirect,
)
from demo.stories.theatre import SCRIPTS, TITLES, open_theatre
from demo.telegram.cast import ANNA, CAST, OLGA, SUPPORT

SIX = datetime(2022, 11, 15, 6, 0, tzinfo=MOSCOW)
R1 = Redirect(name="r1", address="r1.te-cloud.ru")
ROMASHKA = Client(name="romashka", domain="4217.te-cloud.ru", redirect="r1", address="http://203.0.113.11")
VEKTOR = Client(name="vektor", domain="4218.te-cloud.ru", redirect="r1", address="http://203.0.113.12")
DEAD = Condition(fault=Fault.REFUSED)


def after(seconds: float) -> datetime:
    return SIX + timedelta(seconds=seconds)


def story(*scenes: Scene, ends: float = 100) -> Story:
    return Story(
        name="2022-11-15",
        title="Проба",
        watched_from=SIX,
        begins=after(10),
        ends=after(ends),
        clients=(ROMASHKA, VEKTOR),
        redirects=(R1,),
        scenes=scenes,
    )


# ── scripts ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_a_script_is_well_formed(name: str) -> None:
    written = SCRIPTS[name]()

    assert written.name == name
    assert written.title == TITLES[name]
    assert all(written.watched_from <= scene.at < written.ends for scene in written.scenes)
    assert all(scene.act.who in CAST.by_id for scene in written.scenes if isinstance(scene.act, Says | Presses))


def test_the_redirect_story_mends_what_it_breaks() -> None:
    last: dict[Subject, Condition] = {}
    written = SCRIPTS["2022-11-15"]()
    for scene in written.scenes:
        if isinstance(scene.act, Becomes):
            last[scene.act.subject] = scene.act.condition

    assert last == {redirect("r1"): Condition()}
    assert len(written.clients) == 12
    assert {one.redirect for one in written.clients} == {"r1"}


def test_a_script_that_makes_no_sense_is_refused() -> None:
    late = Scene(at=after(50), act=Becomes(subject=redirect("r1")))
    early = Scene(at=after(20), act=Becomes(subject=redirect("r1")))
    with pytest.raises(ScriptError, match="out of order"):
        story(late, early)
    with pytest.raises(ScriptError, match="client:nobody is nobody in this story"):
        story(Scene(at=after(20), act=Becomes(subject=client("nobody"))))
    with pytest.raises(ScriptError, match="ends before it begins"):
        replace(story(), begins=after(100))


# ── looks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def outcomes(**conditions: Condition) -> dict[tuple[str, str], tuple[Outcome, str]]:
    """Look at everybody and read the facts as the product does."""
    estate = build([ROMASHKA, VEKTOR], [R1])
    servers = {one.name: one.redirect for one in estate.clients.values()}
    found = {}
    for target in targets(estate):
        facts = seen(target, SIX, lambda subject: conditions.get(subject.name, Condition()), server_of=servers.get)
        for one in read(facts):
            found[one.subject.name, one.code] = (one.outcome, one.reason)
    return found


def failed(**conditions: Condition) -> dict[tuple[str, str], str]:
    return {key: why for key, (outcome, why) in outcomes(**conditions).items() if outcome is Outcome.FAIL}


def test_in_good_health_nothing_fails_and_everything_is_known() -> None:
    assert failed() == {}
    assert {code for _, code in outcomes()} >= {"RedirectServerDown", "DomainUnreachable", "KodeksTcpStatus"}


def test_a_dead_redirect_server_is_seen_at_itself_and_through_every_domain() -> None:
    assert failed(r1=DEAD) == {
        ("r1", "RedirectServerDown"): "refused",
        ("romashka", "DomainUnreachable"): "refused",
        ("vektor", "DomainUnreachable"): "refused",
    }


def test_a_redirect_server_that_answers_wrongly_is_down_as_well() -> None:
    assert failed(r1=Condition(status=500))["r1", "RedirectServerDown"] == "status_500"


def test_a_dead_installation_is_nobody_elses_trouble() -> None:
    assert failed(vektor=DEAD) == {("vektor", "KodeksTcpStatus"): "refused"}


def test_marks_and_statuses_are_seen_on_the_page() -> None:
    lost = Condition(marks=frozenset({Mark.KEY_INACTIVE}))

    assert failed(vektor=lost) == {("vektor", "KodeksOnlineSensLockCheck"): "key_inactive"}
    assert failed(vektor=Condition(status=502)) == {("vektor", "KodeksBehindProxyDown"): "status_502"}


def test_witnesses_of_ourselves_are_always_well() -> None:
    target = next(targets(build([ROMASHKA], [R1])))
    asked = replace(target, kind=LookKind.INSTALLATION, subject=Subject(SubjectKind.SELF, "bot"))

    assert seen(asked, SIX, lambda _: Condition(), server_of=lambda _: None).fault is None


# ── chats ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def chats(clock: StoryClock | None = None) -> Chats:
    return Chats(cast=CAST, token="1000:story", now=clock or StoryClock(SIX))


async def send(chat: Chats, text: str, **buttons: str) -> Any:
    keyboard = {"inline_keyboard": [[{"text": words, "callback_data": data}] for words, data in buttons.items()]}
    values = {"chat_id": SUPPORT.id, "text": text, "reply_markup": json.dumps(keyboard)}
    status, body = await chat.call("sendMessage", values, {})
    assert status == 200, body
    return json.loads(body)["result"]


async def test_what_the_bot_says_and_edits_is_remembered_with_its_moment() -> None:
    clock = StoryClock(SIX)
    chat = chats(clock)
    sent = await send(chat, "Сервер не работает")
    clock.moment = after(60)
    await chat.call("editMessageText", {"chat_id": SUPPORT.id, "message_id": sent["message_id"], "text": "Чинят"}, {})

    assert [(one.text, one.at, one.edit) for one in chat.said] == [
        ("Сервер не работает", SIX, False),
        ("Чинят", after(60), True),
    ]


async def test_telegram_refuses_as_ever() -> None:
    chat = chats()
    status, body = await chat.call("sendMessage", {"chat_id": 5, "text": "?"}, {})
    assert (status, json.loads(body)["description"]) == (400, "Bad Request: chat not found")

    status, _ = await chat.call("sendMagic", {}, {})
    assert status == 404
    assert chat.said == []


async def test_a_person_presses_the_newest_button_of_the_meaning() -> None:
    chat = chats()
    await send(chat, "старая", Беру=pack(Action.TAKE, 1))
    newer = await send(chat, "новая", Беру=pack(Action.TAKE, 2), Ещё=pack(Action.DETAILS, 2))
    chat.press(Presses(who=ANNA.id, action=Action.TAKE))

    (update,) = chat.updates()
    assert update["callback_query"]["data"] == pack(Action.TAKE, 2)
    assert update["callback_query"]["message"]["message_id"] == newer["message_id"]
    assert [(did.by, did.text) for did in chat.done] == [("Анна", "[Беру]")]
    with pytest.raises(ScriptError, match="Ольга sees no button that means TAKE"):
        chat.press(Presses(who=OLGA.id, action=Action.TAKE))


# ── playing ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Ledger:
    """Stands in for the product: writes down what reaches it, is due every 30 seconds."""

    clock: StoryClock
    weather: Weather
    steps: list[tuple[float, bool]] = field(default_factory=list)
    heard: list[Mapping[str, Any]] = field(default_factory=list)
    received: list[str] = field(default_factory=list)
    closed: bool = False

    async def step(self) -> None:
        self.steps.append(((self.clock() - SIX).total_seconds(), self.weather.of(redirect("r1")) is DEAD))

    async def next_due(self) -> datetime | None:
        return after((self.clock() - SIX).total_seconds() // 30 * 30 + 30)

    async def hear(self, update: Mapping[str, Any]) -> None:
        self.heard.append(update)

    async def receive(self, name: str, content: bytes) -> None:
        self.received.append(f"{name} {content.decode()}")


def player(written: Story, speed: float = 1e9) -> tuple[Player, Ledger]:
    clock, weather = StoryClock(written.watched_from), Weather()
    ledger = Ledger(clock, weather)
    chat = Chats(cast=CAST, token="1000:story", now=clock)
    return Player(story=written, stage=ledger, chats=chat, clock=clock, weather=weather, speed=speed), ledger


async def test_the_clock_jumps_to_what_is_due_and_to_every_scene() -> None:
    performance, ledger = player(
        story(
            Scene(at=after(40), act=Becomes(subject=redirect("r1"), condition=DEAD)),
            Scene(at=after(75), act=Becomes(subject=redirect("r1"))),
        )
    )
    await performance.play()

    assert ledger.steps == [(30, False), (40, True), (60, True), (75, False), (90, False), (100, False)]


async def test_words_and_reports_reach_the_product() -> None:
    performance, ledger = player(
        story(
            Scene(at=after(20), act=Says(who=ANNA.id, text="/status")),
            Scene(at=after(20), act=Uploads(name="romashka.status", content=b"ok")),
        )
    )
    await performance.play()

    assert [update["message"]["text"] for update in ledger.heard] == ["/status"]
    assert ledger.received == ["romashka.status ok"]


async def test_speed_is_story_seconds_in_a_real_second() -> None:
    performance, _ = player(story(), speed=300)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await performance.play()

    assert 0.29 <= loop.time() - began < 1.5


# ── the theatre ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class House:
    """Opens ledgers instead of the product, and counts them."""

    opened: list[Ledger] = field(default_factory=list)
    fails: bool = False

    @asynccontextmanager
    async def open(self, _story: Story, _chats: Chats, clock: StoryClock, weather: Weather) -> AsyncIterator[Ledger]:
        if self.fails:
            raise OSError("no room")
        ledger = Ledger(clock, weather)
        self.opened.append(ledger)
        try:
            yield ledger
        finally:
            ledger.closed = True


async def test_a_story_plays_to_its_end_or_says_why_not() -> None:
    async with open_theatre(House().open) as theatre:
        await theatre.start("2022-11-15", speed=1e9)
        assert theatre.progress("2022-11-15")["done"] is False
        told = await theatre.finished("2022-11-15")

    # the stand-in for the product has said nothing, so there is no button to press
    assert told["done"] is True
    assert told["at"] == "2022-11-15T06:06:00+03:00"
    assert told["error"] == "ScriptError: Анна sees no button that means TAKE"


async def test_a_story_that_cannot_open_says_so(caplog: pytest.LogCaptureFixture) -> None:
    async with open_theatre(House(fails=True).open) as theatre:
        await theatre.start("2022-11-15", speed=1e9)
        told = await theatre.finished("2022-11-15")

    assert (told["done"], told["error"], told["said"]) == (True, "OSError: no room", [])
    assert "broke off" in caplog.text


async def test_starting_anew_ends_the_performance_before() -> None:
    house = House()
    async with open_theatre(house.open) as theatre:
        await theatre.start("2022-11-15", speed=1)
        await asyncio.sleep(0.05)
        await theatre.start("2022-11-15", speed=1)
        await asyncio.sleep(0.05)
        assert [ledger.closed for ledger in house.opened] == [True, False]

    assert [ledger.closed for ledger in house.opened] == [True, True]


async def test_stories_without_a_script_say_not_yet_and_others_are_unknown() -> None:
    async with open_theatre(House().open) as theatre:
        assert {one["name"] for one in theatre.names()} == set(SCRIPTS)
        for name in sorted(set(TITLES) - set(SCRIPTS)):
            with pytest.raises(ValueError, match=f"{name}.*cannot be played yet"):
                await theatre.start(name, speed=60)
        with pytest.raises(KeyError, match="1999"):
            await theatre.start("1999-01-01", speed=60)
        with pytest.raises(ValueError, match="speed"):
            await theatre.start("2022-11-15", speed=float("inf"))
        with pytest.raises(KeyError):
            theatre.progress("2022-11-15")
