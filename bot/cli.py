"""Commands of the command line that read or change one thing and end."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from pathlib import Path

from bot import clock
from bot.config import Config, ConfigError
from bot.look import show, target_of
from bot.settings import look_settings, vault_of
from checks.agents import System, intake_address, may_be_named
from checks.estate import client_targets, redirect_targets
from checks.model import Credentials, Purpose, Target
from storage import credentials, estate, invitations, tokens
from storage.database import Database, open_database
from storage.schema import sqlite_path, upgrade

FINE, FAILED = 0, 1


async def token(config: Config, client: str) -> int:
    """Make an upload token for one client and show it this once."""
    made = await _token_for(config, client, "token")
    if made is None:
        return FAILED
    print(made)
    return FINE


async def agent(config: Config, client: str, system: System, folder: Path) -> int:
    """Write the scripts of reports, ready for one client, as an archive into ``folder``; prints where it lies.

    Raises:
        ConfigError: it is not told how clients reach the intake.

    """
    from handlers.bundles import bundle, file_name

    address = intake_address(config.server.public_url)
    if address is None:
        raise ConfigError("server.public_url: нужен адрес приёма отчётов вида https://smart.example.ru")
    path = folder / file_name(client, system)
    hindrance = _hindrance(client, path)
    if hindrance is not None:
        print(f"agent: {hindrance}", file=sys.stderr)
        return FAILED
    made = await _token_for(config, client, "agent")
    if made is None:
        return FAILED
    _write_secret(path, bundle(client, system, address=address, token=made, now=clock.now()))
    print(path)
    print("Внутри новый ключ; прежний, если он был, подействует ещё 7 дней.", file=sys.stderr)
    return FINE


def _hindrance(client: str, path: Path) -> str | None:
    if not may_be_named(client):
        return f"нет клиента {client}"
    if not path.parent.is_dir():
        return f"{path.parent}: нет такой папки"
    return f"{path} уже есть" if path.exists() else None


def _write_secret(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


async def _token_for(config: Config, client: str, command: str) -> str | None:
    upgrade(config.storage.url)
    async with open_database(config.storage.url) as database:
        if not await _is_known(database, client, command):
            return None
        return await database.write(lambda tx: tokens.make(tx, client, clock.now()))


async def _is_known(database: Database, client: str, command: str) -> bool:
    """Tell whether the client is on the lists; if not, say so and which names are like it."""
    async with database.read() as connection:
        known = (await estate.load(connection)).clients
    if client not in known:
        near = get_close_matches(client, known, n=3)
        hint = f"; похожие: {', '.join(near)}" if near else ""
        print(f"{command}: нет клиента {client}{hint}", file=sys.stderr)
    return client in known


async def look_at(config: Config, text: str, *, as_json: bool) -> int:
    """Look once at a client of the lists, or at any address, and print everything that was seen; stores nothing."""
    found = await _targets(config, text)
    if not found:
        print(f"look: {text} не похоже ни на адрес, ни на клиента из списков", file=sys.stderr)
        return FAILED
    return await show(found, look_settings(config), at=clock.now(), as_json=as_json)


async def _targets(config: Config, text: str) -> list[Target]:
    path = sqlite_path(config.storage.url)
    if "://" not in text and (path is None or path.exists()):
        async with open_database(config.storage.url) as database, database.read() as connection:
            known = await estate.load(connection)
        if text in known.clients:
            return list(client_targets(known, known.clients[text]))
        if text in known.redirects:
            return list(redirect_targets(known, known.redirects[text]))
    return [target_of(text)] if "." in text or ":" in text else []


async def log_in(config: Config, client: str, purpose: Purpose, given: Credentials | None) -> int:
    """Keep with what we log in at a client, or forget it when nothing is ``given``."""
    vault = vault_of(config)
    upgrade(config.storage.url)
    async with open_database(config.storage.url) as database:
        if not await _is_known(database, client, "credentials"):
            return FAILED
        if given is None:
            had = await database.write(lambda tx: credentials.forget(tx, client, purpose))
            print("Забыто." if had else "Забывать нечего.")
            return FINE
        await database.write(lambda tx: credentials.save(tx, client, purpose, given, vault=vault, at=clock.now()))
    print("Записано; бот увидит это через несколько секунд.")
    return FINE


async def admin_code(config: Config) -> int:
    """Make the one-time code that lets the first administrator in."""
    upgrade(config.storage.url)
    async with open_database(config.storage.url) as database:
        made = await database.write(lambda tx: invitations.make_admin_code(tx, clock.now()))
    print(made)
    print("Напишите боту в личный чат: /start и этот код. Код действует 15 минут и один раз.", file=sys.stderr)
    return FINE
