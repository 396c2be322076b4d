"""Every reason that the code knows has its words."""

from __future__ import annotations

import pytest

from checks.model import NoteKind, OutboxState, Untold
from checks.notifications import Reason
from templates import render, unmarked
from templates.cards import Page
from templates.deciding import DECIDED, DONE, NOTES, UNTOLD
from templates.samples import DAY
from templates.whys import Chosen, Done, Moment, Places


def said(moment: Moment) -> str:
    facts = {"number": 131, "label": "", "name": "", "days": 14, "page": Page(), "moments": (moment,)}
    return unmarked(render("why", now=DAY, **facts))


@pytest.mark.parametrize("reason", Reason)
def test_every_decision_has_words_of_its_own(reason: Reason) -> None:
    words = said(Chosen(at=DAY, number=131, reason=reason, places=Places(here=True)))

    assert f"здесь: {DECIDED[reason]}" in words
    assert list(DECIDED.values()).count(DECIDED[reason]) == 1


@pytest.mark.parametrize("why", Untold)
def test_every_note_given_up_says_why(why: Untold) -> None:
    note = Done(at=DAY, number=131, note=NoteKind.FIRING, state=OutboxState.BURIED, places=Places(), why=why)

    assert f"не отправлено ({UNTOLD[why]})" in said(note)


@pytest.mark.parametrize("state", OutboxState)
@pytest.mark.parametrize("note", NoteKind)
def test_every_end_of_a_note_has_words(note: NoteKind, state: OutboxState) -> None:
    assert f"{NOTES[note]}: {DONE[state]}" in said(Done(at=DAY, number=131, note=note, state=state, places=Places()))
