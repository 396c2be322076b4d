"""Methods that set what a bot shows of itself: the menu of commands and its descriptions."""

from typing import Any

from demo.telegram import menus
from demo.telegram.parameters import Parameters
from demo.telegram.world import World


def set_my_commands(world: World, parameters: Parameters) -> Any:
    key = _key(world, parameters)
    world.menus.lists[key] = menus.commands(parameters.object("commands"))
    world.events.publish("commands")
    return True


def get_my_commands(world: World, parameters: Parameters) -> Any:
    return world.menus.lists.get(_key(world, parameters), [])


def delete_my_commands(world: World, parameters: Parameters) -> Any:
    world.menus.lists.pop(_key(world, parameters), None)
    world.events.publish("commands")
    return True


def accept(world: World, parameters: Parameters) -> Any:
    """Accept what this chat does not show."""
    del world, parameters
    return True


def _key(world: World, parameters: Parameters) -> tuple[menus.Scope, str]:
    scope = menus.scope(parameters.object("scope"))
    if scope[0] in {"chat", "chat_administrators", "chat_member"}:
        world.room(scope[1])
    return scope, parameters.text("language_code")
