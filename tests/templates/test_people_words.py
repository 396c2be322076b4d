"""Whatever people are called, the words about them are taken by Telegram and say what they should."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks.access import Act, Refusal
from checks.model import Message, Person, Role
from handlers.paging import page_of
from storage.audit import Entry
from templates import phrase, render
from tests.telegram_html import check_message, utf16

LINKS = {"invite_link": "https://t.me/b?start=x", "group_link": "https://t.me/b?startgroup=x"}
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOSTILE = st.text(max_size=300) | st.sampled_from(
    ["<b>x</b> & evil.ru @all /down", "\u202eabc", "'\"`{{7*7}}", "a" * 300]
)
ACTS = (
    "came_in", "invited", "role", "suspended", "reinstated", "left_group", "introduced", "chat_lost", "chat_back",
    "chat_moved", "bound", "unbound", "take", "back", "handed", "mute", "reason", "undo", "unmute", "import",
    "import_drop", "leave", "leave_off", "shift", "shift_new", "shift_off", "quiet", "moved", "fallback",
    "mute_limit",    "something else",
)  # fmt: skip


def person(text: str, role: Role = Role.MANAGER) -> Person:
    return Person(id=7, name=text, role=role, manager=text)


def entry(act: str, text: str) -> Entry:
    facts = {
        "name": text,
        "role": text,
        "manager": text,
        "title": text,
        "what": text,
        "file": text,
        "kind": "own",
        "redirect": text,
    }
    return Entry(id=1, at=NOW, person_id=7, person=text, chat_id=-1, act=act, target=text, detail=facts)


def bound(text: str, kind: str) -> dict[str, object]:
    return {"id": 9, "lost": kind == "own", "kind": kind, "thread": 5, "manager": text, "server": text}


def messages(text: str) -> list[tuple[str, dict[str, object]]]:
    names = page_of([(text, "0" * 12)] * 30, 1, 8)
    refused = {"plain": False, "role": Role.ADMIN, "ask": [text] * 3, "managers": [text] * 3}
    all_kinds = [bound(text, kind) for kind in ("technical", "business", "own", "admin")]
    both = [person(text), replace(person(text), suspended=True)]
    return [
        *(("welcome", {"person": person(text, role), "fresh": True}) for role in Role),
        *(("help", {"person": person(text, role), "may": list(Act), "see_all": False}) for role in Role),
        *(("refusal", {"reason": reason, **refused}) for reason in Refusal),
        ("invite", {"roles": list(Role)}),
        ("manager_names", {"page": names, "person": person(text), "person_id": 7, "no_name": "-"}),
        ("manager_names", {"page": page_of([], 0, 8), "person": None, "person_id": 0, "no_name": "-"}),
        ("invitation", {"role": Role.MANAGER, "manager": text, "code": "x" * 24, "until": NOW, **LINKS}),
        ("invitation_over", {}),
        ("people", {"page": page_of(both, 0, 8), "total": 2, "editable": True}),
        ("person", {"person": person(text), "roles": list(Role), "last_admin": False}),
        ("person", {"person": person(text, Role.ADMIN), "roles": list(Role), "last_admin": True}),
        ("came_in", {"person": person(text)}),
        ("left_us", {"chat": text, "ask": [text, text]}),
        ("here", {"bound": all_kinds, "topic": 5, "anything": True, "own": text, "servers": 2, "managers": 2,
                  "fallback": True}),
        ("here", {"bound": [], "topic": None, "anything": False, "own": None, "servers": 0, "managers": 0,
                  "fallback": False}),
        ("here_fallback", {"page": page_of([(text, "0" * 12, True)] * 30, 1, 8), "chosen": True}),
        ("here_limit", {"limit": timedelta(hours=24), "usual": None}),
        ("here_limit", {"limit": None, "usual": timedelta(hours=24)}),
        ("here_fallback", {"page": page_of([], 0, 8), "chosen": False}),
        ("here_choice", {"what": "servers", "page": names}),
        ("greeting", {}),
        ("audit", {"entries": [entry(act, text) for act in ACTS] * 9, "names": {}, "older": 5, "first": True}),
        ("audit", {"entries": [], "names": {}, "older": None, "first": True}),
        ("mute_reason", {"reason": text or "x", "kept": True}),
        ("failure", {"reference": "ABC123"}),
        ("cancelled", {}),
        ("plain_command", {}),
        ("file_too_big", {"limit": 20}),
    ]  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(HOSTILE)
@example("$0")
def test_hostile_names_break_no_message(text: str) -> None:
    for template, facts in messages(text):
        check_message(render(template, now=NOW, **facts))


@settings(max_examples=50, deadline=None)
@given(HOSTILE, st.sampled_from(Refusal))
def test_hostile_names_fit_into_the_answer_to_a_press(text: str, reason: Refusal) -> None:
    facts = {"reason": reason, "role": Role.SUPPORT, "ask": [text], "managers": [text]}
    words = phrase("refusal", now=NOW, limit=200, plain=True, **facts)
    assert words is None or utf16(words) <= 200
    assert phrase("refusal", now=NOW, limit=200, plain=True, **{**facts, "ask": [], "managers": []})


@pytest.mark.parametrize("act", ACTS[:-1])
def test_every_act_is_told_in_words(act: str) -> None:
    said: Message = render("audit", now=NOW, entries=[entry(act, "Анна")], names={}, older=None, first=True)
    assert act not in said.text
