"""The command line: `smartbot COMMAND`, each command importing only what it needs."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from bot.config import Config

FINE, WRONG_USE, FAILED = 0, 2, 1

Command = Callable[["Config", argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0 fine, 2 wrong usage or configuration, 1 anything else."""
    options = parser().parse_args(arguments)
    from bot.config import ConfigError, load

    try:
        config = load(options.config)
        command: Command = options.command
        return command(config, options)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        return FAILED
    except Exception as error:
        from bot.mishaps import words

        said = words(error)
        if said is None:
            raise
        print(said, file=sys.stderr)
        return FAILED


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USE, f"{self.prog}: {message} (подробнее: {self.prog} --help)\n")


def parser() -> Parser:
    """Return the parser of the whole command line."""
    root = Parser(prog="smartbot", description="Следит за установками «Техэксперт» и сообщает об авариях.")
    root.add_argument("--config", type=Path, default=Path("config.toml"), help="файл настроек (config.toml)")
    shared = Parser(add_help=False)
    shared.add_argument("--config", type=Path, default=argparse.SUPPRESS, help="файл настроек (config.toml)")
    commands = root.add_subparsers(title="команды", required=True, metavar="КОМАНДА")

    def add(name: str, run: Command, words: str) -> Parser:
        added = commands.add_parser(name, help=words, description=words, parents=[shared])
        added.set_defaults(command=run)
        return added

    add("run", _run, "запустить бота; без токена в браузере откроется учебный чат со стендом")
    look = add("look", _look, "посмотреть на клиента или адрес один раз и показать всё, что видно")
    look.add_argument("target", metavar="CLIENT|URL")
    look.add_argument("--json", action="store_true", help="для программ")
    inspect = add("inspect", _inspect, "показать, что лежит в файле отчёта")
    inspect.add_argument("file", type=Path, metavar="FILE")
    configs = add("config", _config, "проверить настройки")
    configs.add_argument("what", choices=["check"])
    base = add("db", _db, "обновить схему базы или сделать её копию")
    base.add_argument("what", choices=["upgrade", "backup"])
    base.add_argument("target", nargs="?", type=Path, help="куда положить копию")
    lists = add("import", _import, "загрузить списки клиентов, серверов, менеджеров и доступов")
    lists.add_argument("files", nargs="+", type=Path, metavar="FILE", help="списки .csv или .xlsx, в любом порядке")
    lists.add_argument("--yes", action="store_true", help="применить без вопроса")
    lists.add_argument("--allow-gone", action="store_true", help="применить, даже если уйдёт больше половины записей")
    lists.add_argument("--all", action="store_true", help="показать все изменения, а не первые")
    token = add("token", _token, "выдать клиенту ключ для отправки отчётов")
    token.add_argument("client", metavar="CLIENT")
    agent = add("agent", _agent, "собрать клиенту сценарии отчётов: адрес, имя и новый ключ уже внутри")
    agent.add_argument("client", metavar="CLIENT")
    agent.add_argument("--os", choices=["windows", "linux"], required=True, help="что стоит у клиента")
    agent.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="куда положить архив (сюда)")
    keys = add("credentials", _credentials, "записать, с чем входить к клиенту: пароль спросят, в команде его нет")
    keys.add_argument("client", metavar="CLIENT")
    keys.add_argument("--for", dest="purpose", choices=["login", "metrics"], default="login", help="проверочный вход")
    keys.add_argument("--user", default="smartlogin", help="имя пользователя (smartlogin)")
    keys.add_argument("--forget", action="store_true", help="забыть записанное")
    add("admin-code", _admin_code, "выдать одноразовый код для первого администратора")
    return root


def _run(config: Config, _options: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(FINE))  # until the loop takes over: nothing is in hand yet
    gc.disable()  # the libraries make 350,000 objects that stay for good: a second less; the loop turns it on again
    from bot.app import run

    return run(config)


def _look(config: Config, options: argparse.Namespace) -> int:
    from bot.cli import look_at

    return asyncio.run(look_at(config, options.target, as_json=options.json))


def _inspect(config: Config, options: argparse.Namespace) -> int:
    from bot.cli_inspect import inspect

    return inspect(options.file, config)


def _config(_config: Config, options: argparse.Namespace) -> int:
    _config.check()
    print(f"{options.config}: в порядке")
    return FINE


def _db(config: Config, options: argparse.Namespace) -> int:
    from storage.schema import backup, upgrade

    if options.what == "upgrade":
        upgrade(config.storage.url)
        return FINE
    if options.target is None:
        print("db backup: назовите файл для копии", file=sys.stderr)
        return WRONG_USE
    try:
        backup(config.storage.url, options.target)
    except (ValueError, OSError) as error:
        print(f"db backup: {error}", file=sys.stderr)
        return FAILED
    return FINE


def _import(config: Config, options: argparse.Namespace) -> int:
    from bot.cli_import import ask_at_terminal, import_lists, wishes

    key = config.storage.secret_key
    return asyncio.run(
        import_lists(
            wishes(options),
            url=config.storage.url,
            secret_key=key.get_secret_value() if key else None,
            key_file=config.storage.secret_key_file,
            ask=ask_at_terminal(),
        )
    )


def _token(config: Config, options: argparse.Namespace) -> int:
    from bot.cli import token

    return asyncio.run(token(config, options.client))


def _agent(config: Config, options: argparse.Namespace) -> int:
    from bot.cli import agent
    from checks.agents import System

    return asyncio.run(agent(config, options.client, System(options.os), options.to))


def _credentials(config: Config, options: argparse.Namespace) -> int:
    import getpass

    from bot.cli import log_in
    from checks.model import Credentials, Purpose
    from checks.secret import Secret

    given = None
    if not options.forget:
        asked = f"Пароль пользователя {options.user}: "
        typed = getpass.getpass(asked) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        if not typed:
            print("credentials: пароль не введён", file=sys.stderr)
            return FAILED
        given = Credentials(login=options.user, password=Secret(typed))
    return asyncio.run(log_in(config, options.client, Purpose(options.purpose), given))


def _admin_code(config: Config, _options: argparse.Namespace) -> int:
    from bot.cli import admin_code

    return asyncio.run(admin_code(config))


if __name__ == "__main__":
    sys.exit(main())
