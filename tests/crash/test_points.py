"""A bot killed at every point between the look and the recorded delivery tells everything, and nothing twice."""

from __future__ import annotations

import pytest

from demo.telegram import SUPPORT
from handlers.steps import Step
from tests.crash import ledger
from tests.crash.ledger import MARKED, PLAIN, What
from tests.crash.loose_ends import HALF_OPEN, UNRAISABLE
from tests.crash.scene import Scene, Victim

pytestmark = [pytest.mark.slow, HALF_OPEN, UNRAISABLE]

CARD_AFTER = {Step.CLAIMED: [MARKED], Step.SENT: [PLAIN, MARKED], Step.SETTLED: [PLAIN, MARKED]}
"""What the chat sees where nobody can know whether Telegram has heard us; anywhere else it sees the card once."""
ON_THE_WAY_OUT = (Step.OWED, Step.COMMITTED, Step.CLAIMED, Step.SENT, Step.SETTLED, Step.RECORDED)
"""Where it dies once more on the way of the all-clear: before that the way is the same as the card's."""
KIND_OF: dict[What, str] = {"card": "firing", "reply": "resolved"}
SOON = 60.0


async def test_no_point_on_the_way_loses_or_repeats_an_incident(scene: Scene) -> None:
    victim = await Victim.start(scene)
    try:
        for number, point in enumerate(Step, start=1):
            victim = await _outage_begins(scene, victim, point, number)
            victim = await _outage_ends(scene, victim, point, number)
        await victim.stops()
    finally:
        await victim.put_down()

    calls = await scene.calls()
    assert ledger.told_twice(ledger.tellings(calls)) == [], ledger.readable(calls)
    assert scene.rows("PRAGMA integrity_check") == [("ok",)]
    assert scene.waiting() == []


async def _outage_begins(scene: Scene, victim: Victim, point: Step, number: int) -> Victim:
    """Die on the way of a card, rise, and find it told."""
    await victim.will_die_at(point)
    await scene.breaks(f"r{number}")
    risen = await _dies_and_rises(scene, victim, "card", number)
    assert await _looks(scene, "card", number) == CARD_AFTER.get(point, [PLAIN]), await _story(scene, point)
    return risen


async def _outage_ends(scene: Scene, victim: Victim, point: Step, number: int) -> Victim:
    """Find the all-clear told under a card that has turned green, after a death on its way too."""
    if point in ON_THE_WAY_OUT:
        await victim.will_die_at(point)
        await scene.mends(f"r{number}")
        victim = await _dies_and_rises(scene, victim, "reply", number)
    else:
        await scene.mends(f"r{number}")
        await _settled(scene, "reply", number)
        assert await _looks(scene, "reply", number) == [PLAIN], await _story(scene, point)
    calls = await scene.calls()
    # Where the answer about a card was lost nobody knows its number: the one that is known turns green.
    card = [one for one in ledger.tellings(calls) if one.incident == number and one.what == "card"][-1]
    assert "снова работает" in ledger.shown(calls, card.chat, card.message), await _story(scene, point)
    return victim


async def _dies_and_rises(scene: Scene, victim: Victim, what: What, number: int) -> Victim:
    """Let the ordered death come and start anew; then all is told, and repeated only if it was in hand at the death."""
    await victim.dies()
    before = await _looks(scene, what, number)
    doubtful = scene.rows(
        f"SELECT id FROM outbox WHERE state = 'sending' AND kind = '{KIND_OF[what]}' AND incident_id = {number}"
    )
    risen = await Victim.start(scene)
    await _settled(scene, what, number)
    expected = [*before, MARKED] if doubtful else before or [PLAIN]
    assert await _looks(scene, what, number) == expected, await _story(scene, what)
    return risen


async def _settled(scene: Scene, what: What, number: int) -> None:
    """Wait until an incident has got as far as that and nobody is owed anything."""
    state = "open" if what == "card" else "ended"

    async def quiet() -> bool:
        known = scene.rows(f"SELECT state FROM incidents WHERE id = {number}")
        return known == [(state,)] and not scene.waiting()

    await scene.until(quiet, seconds=SOON, what=f"the {what} of incident {number}")


async def _looks(scene: Scene, what: What, number: int) -> list[str]:
    return ledger.by_subject(await scene.told()).get((SUPPORT.id, number, what), [])


async def _story(scene: Scene, about: str) -> str:
    return f"about {about}:\n{ledger.readable(await scene.calls())}"
