"""What an operator can get wrong is one line on standard error, never a traceback, and the right exit code."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from aiohttp import web

from bot.__main__ import main
from bot.config import Config, ConfigError, Dns, Look, Telegram
from bot.server import SILENT, serving


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write an empty configuration and put everything into the test's own folder."""
    path = tmp_path / "config.toml"
    path.write_text("")
    monkeypatch.setenv("SMARTBOT_STORAGE__URL", f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite")
    return path


def told(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


@pytest.mark.parametrize("words", [[], ["dance"], ["look"], ["db", "restore"], ["run", "--quietly"]])
def test_wrong_usage_is_one_line_and_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)

    assert caught.value.code == 2
    assert "--help" in told(capsys)


def test_a_folder_that_cannot_be_made_is_named(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (config.parent / "file").write_text("")
    monkeypatch.setenv("SMARTBOT_STORAGE__URL", f"sqlite+aiosqlite:///{config.parent}/file/sub/bot.sqlite")

    assert main(["--config", str(config), "db", "upgrade"]) == 1
    assert f"{config.parent}/file" in told(capsys)


@pytest.mark.parametrize("words", [["admin-code"], ["look", "romashka"], ["token", "romashka"]])
def test_a_file_that_is_no_database_is_told(config: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    (config.parent / "bot.sqlite").write_text("no database at all, " * 100)

    assert main(["--config", str(config), *words]) == 1
    assert "storage.url" in told(capsys)


def test_a_database_without_tables_is_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config.parent / "bot.sqlite").touch()

    assert main(["--config", str(config), "look", "romashka"]) == 1
    assert "db upgrade" in told(capsys)


def test_a_backup_says_why_it_cannot_be(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--config", str(config), "db", "backup"]

    assert main([*command, str(config.parent / "copy")]) == 1
    assert "нет такого файла базы" in told(capsys)

    assert main(["--config", str(config), "db", "upgrade"]) == 0
    capsys.readouterr()
    assert main([*command, str(config.parent / "bot.sqlite")]) == 1
    assert "это сама база" in told(capsys)
    assert main([*command, str(config.parent / "none" / "copy")]) == 1
    assert "нельзя положить" in told(capsys)
    assert main([*command, str(config.parent / "copy")]) == 0


@pytest.mark.parametrize("token", ["abc", "12345", "12345:", "12345:one two", ":abc"])
def test_a_token_that_is_none_is_told_and_not_repeated(token: str) -> None:
    config = Config(telegram=Telegram.model_validate({"token": token}))

    with pytest.raises(ConfigError, match="BotFather") as caught:
        config.check()

    assert "one two" not in str(caught.value)


def test_authorities_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"look\.ca_file: .*none\.pem"):
        Config(look=Look(ca_file=tmp_path / "none.pem")).check()


@pytest.mark.parametrize("server", ["192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353"])
def test_name_servers_are_addresses_with_or_without_a_port(server: str) -> None:
    assert Dns(servers=(server,)).servers == (server,)


async def test_an_address_that_is_taken_is_told() -> None:
    app = web.Application()
    app[SILENT] = set()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"server.listen: 127.0.0.1:{port}: адрес занят"):
            async with serving(app, "127.0.0.1", port):
                pytest.fail("it must not be served")


def test_a_page_whose_address_is_taken_is_told_in_one_line(
    config: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("SMARTBOT_DEMO__LISTEN", address)
        monkeypatch.setenv("SMARTBOT_LOG", "error")

        assert main(["--config", str(config), "run"]) == 2

    assert capfd.readouterr().err == f"demo.listen: {address}: адрес занят другой программой\n"
