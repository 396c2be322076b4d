"""No command and no button is without somebody who answers it, nor without a right that it needs."""

from collections.abc import Iterator

from aiogram import Router
from aiogram.filters import Command
from cryptography.fernet import Fernet

from checks.access import COMMANDS, PRESSES
from checks.buttons import Action
from checks.estate import Estate
from checks.rules import Rules
from handlers import routers
from handlers.access import ACT, OPEN, SERVICE
from handlers.deps import Deps
from handlers.pressed import Pressed
from storage.secrets import Vault
from tests.talk import Clock, Looks


def tree(database) -> Router:
    deps = Deps(
        database=database,
        now=Clock(),
        look_now=Looks(),
        wake=lambda: None,
        rules=lambda: Rules(estate=Estate(clients={}, redirects={})),
        vault=Vault(Fernet.generate_key()),
    )
    return routers.build(deps)


def registered(root: Router, event: str) -> Iterator[tuple[list, dict]]:
    for router in root.chain_tail:
        for handler in router.observers[event].handlers:
            yield [one.callback for one in handler.filters or []], handler.flags


async def test_every_button_is_answered_by_the_right_that_the_table_names(database):
    answered = {
        action: flags[ACT]
        for filters, flags in registered(tree(database), "callback_query")
        for one in filters
        if isinstance(one, Pressed)
        for action in one._actions
    }
    assert answered == dict(PRESSES)
    assert set(answered) == set(Action)


async def test_every_command_is_answered_by_the_right_that_the_table_names(database):
    answered = {
        word: flags.get(ACT)
        for filters, flags in registered(tree(database), "message")
        for one in filters
        if isinstance(one, Command)
        for word in one.commands
    }
    assert answered == {**COMMANDS, "start": None}


async def test_no_handler_is_without_a_right(database):
    for event in ("message", "callback_query"):
        for _, flags in registered(tree(database), event):
            assert {ACT, OPEN, SERVICE} & set(flags)
