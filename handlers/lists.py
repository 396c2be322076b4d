"""Lists for managers: their clients who need a word, the quotas of their accesses; pages and filters by buttons."""

from __future__ import annotations

from contextlib import suppress

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from checks.access import Act, ChatKind
from checks.buttons import Action, Press
from checks.model import Message as Words
from checks.portfolio import Topic
from handlers import portfolio, quotas, showing, status
from handlers.incidents import owner_of
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show
from handlers.turn import Turn

QUERY_AT_MOST = 100
TOPICS = {"my": Topic.ALL, "idle": Topic.IDLE, "upsell": Topic.UPSELL, "renewals": Topic.RENEWAL}
CLIENT = "c"


def router() -> Router:
    """Return the router of managers' lists."""
    made = Router(name="lists")
    for word in TOPICS:
        on_command(made, word, _listed)
    on_command(made, "billing", _billing)
    on_press(made, Action.MINE, _list_pressed)
    on_press(made, Action.BILLING, _billing_pressed)
    return made


async def _listed(message: Message, command: CommandObject, turn: Turn) -> None:
    manager = (command.args or "").strip()[:QUERY_AT_MOST]
    topic = TOPICS[command.command.lower()]
    said = await portfolio.portfolio(showing.question(turn), topic, manager=manager)
    await say(turn, said, reply_to=_replied(turn, message))


async def _list_pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    word, _, page = press.arg.partition(".")
    topic = Topic.ALL
    with suppress(ValueError):
        topic = Topic(word)
    await answer(turn, query, "empty")
    await show(turn, query, await portfolio.portfolio(showing.question(turn), topic, page))


async def _billing(message: Message, command: CommandObject, turn: Turn) -> None:
    words = (command.args or "").strip()[:QUERY_AT_MOST]
    question = showing.question(turn)
    found = await status.choose(question, words, action="billing", before=f"{CLIENT}.") if words else None
    if found is None:
        said: Words | None = await quotas.accesses(question)
    else:
        said = found if isinstance(found, Words) else await quotas.of_client(question, found)
    if said is not None:
        await say(turn, said, reply_to=_replied(turn, message))


async def _billing_pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    kind, _, rest = press.arg.partition(".")
    if kind == CLIENT:
        turn.require(Act.SEE, await owner_of(turn, rest))
        said = await quotas.of_client(showing.question(turn), rest)
    else:
        said = await quotas.accesses(showing.question(turn), rest)
    if said is None:
        await answer(turn, query, "gone", alert=True)
        return
    await answer(turn, query, "empty")
    await show(turn, query, said)


def _replied(turn: Turn, message: Message) -> int | None:
    """In a group the answer hangs on the question."""
    return None if turn.chat is ChatKind.PRIVATE else message.message_id
