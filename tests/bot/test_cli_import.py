"""`smartbot import`: shows, asks, applies; its exit code says how it went."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from rich.console import Console
from sqlalchemy import select

from bot.__main__ import main
from bot.cli_import import FAILED, FINE, WRONG_USE, Ask, Wishes, import_lists
from checks.readers.sheets import LARGEST_FILE
from storage import audit
from storage.database import open_database
from storage.tables import clients

LISTS = Path(__file__).parents[1] / "testdata" / "lists"


@dataclass
class Shell:
    """A command line in a folder of its own."""

    folder: Path
    url: str
    out: str = ""
    err: str = ""
    asked: list[str] = field(default_factory=list)

    def file(self, name: str, *lines: str) -> Path:
        path = self.folder / name
        path.write_text("\n".join(lines))
        return path

    async def run(self, *paths: Path, answer: bool | None = None, key: str | None = None, **wishes: bool) -> int:
        def ask(question: str) -> bool:
            self.asked.append(question)
            return bool(answer)

        asker: Ask | None = None if answer is None else ask
        out, err = io.StringIO(), io.StringIO()
        code = await import_lists(
            Wishes(paths=paths, **wishes),
            url=self.url,
            secret_key=key,
            key_file=self.folder / "secret.key",
            out=Console(file=out, width=200),
            err=Console(file=err, width=200),
            ask=asker,
        )
        self.out, self.err = out.getvalue(), err.getvalue()
        return code

    async def names(self) -> list[str]:
        present = select(clients.c.name).where(clients.c.gone_at.is_(None)).order_by(clients.c.name)
        async with open_database(self.url) as database, database.read() as connection:
            return list((await connection.execute(present)).scalars())


@pytest.fixture
def shell(tmp_path: Path, database_url: str) -> Shell:
    return Shell(folder=tmp_path, url=database_url)


async def test_all_lists_at_once_with_yes(shell: Shell) -> None:
    files = [LISTS / name for name in ("online.csv", "managers.csv", "clients.csv", "redirects.csv")]

    assert await shell.run(*files, yes=True) == FINE

    assert "Клиенты: добавится 8" in shell.out
    assert "romashka (ООО «Ромашка»)" in shell.out
    assert "договор до: 31.12.2026" in shell.out
    assert "Применено." in shell.out
    assert "s3cret" not in shell.out + shell.err
    assert len(await shell.names()) == 8
    assert stat.S_IMODE((shell.folder / "secret.key").stat().st_mode) == 0o600
    async with open_database(shell.url) as database, database.read() as connection:
        (entry,) = await audit.latest(connection, limit=5)
    assert (entry.act, entry.person) == ("import", "командная строка")

    assert await shell.run(*files, yes=True) == FINE
    assert "Изменений нет." in shell.out


async def test_it_asks_and_obeys(shell: Shell) -> None:
    path = shell.file("c.csv", "name,title", "a,A")

    assert await shell.run(path, answer=False) == FINE
    assert await shell.names() == []
    assert await shell.run(path, answer=True) == FINE
    assert await shell.names() == ["a"]
    assert shell.asked == ["Применить?", "Применить?"]


async def test_where_nobody_can_answer_it_wants_yes(shell: Shell) -> None:
    assert await shell.run(shell.file("c.csv", "name", "a")) == WRONG_USE

    assert "--yes" in shell.err
    assert await shell.names() == []


async def test_more_than_half_gone_wants_to_be_allowed(shell: Shell) -> None:
    await shell.run(shell.file("c.csv", "name", "a", "b", "c"), yes=True)
    less = shell.file("c.csv", "name", "a")

    assert await shell.run(less, yes=True) == FAILED
    assert "--allow-gone" in shell.err
    assert await shell.names() == ["a", "b", "c"]
    assert await shell.run(less, yes=True, allow_gone=True) == FINE
    assert await shell.names() == ["a"]


async def test_changes_show_old_and_new(shell: Shell) -> None:
    await shell.run(shell.file("c.csv", "name,title,seats", "a,Ромашка,20", "b,Вектор,1"), yes=True)

    await shell.run(shell.file("c.csv", "name,title,seats", "a,Ромашка,25", "b,Вектор,1"), yes=True)

    assert "изменится 1, без изменений 1" in shell.out
    assert "места: 20 → 25" in shell.out


async def test_bad_lines_are_listed_and_good_ones_go_in(shell: Shell) -> None:
    assert await shell.run(LISTS / "clients_bad.csv", yes=True) == FINE

    assert "строка 12: seats: «-5» вне пределов" in shell.out
    assert "не взято 16" in shell.out
    assert await shell.names() == ["good", "mail1"]


Make = Callable[[Path], Path]


def missing(folder: Path) -> Path:
    return folder / "nowhere.csv"


def a_folder(folder: Path) -> Path:
    return folder


def empty(folder: Path) -> Path:
    (folder / "empty.csv").touch()
    return folder / "empty.csv"


def huge(folder: Path) -> Path:
    path = folder / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(50 * 2**20)
    assert path.stat().st_size > LARGEST_FILE
    return path


def photo(folder: Path) -> Path:
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    return folder / "photo.jpg"


@pytest.mark.parametrize("make", [missing, a_folder, empty, huge, photo])
async def test_a_file_that_cannot_be_read_fails_and_keeps_the_others_out(shell: Shell, make: Make) -> None:
    assert await shell.run(shell.file("good.csv", "name", "a"), make(shell.folder), yes=True) == FAILED

    assert await shell.names() == []
    assert make(shell.folder).name in shell.out + shell.err


async def test_a_bad_key_is_wrong_use(shell: Shell) -> None:
    assert await shell.run(shell.file("c.csv", "name", "a"), yes=True, key="not a key") == WRONG_USE

    assert "SMARTBOT_STORAGE__SECRET_KEY" in shell.err
    assert "not a key" not in shell.err


async def test_long_differences_are_cut_unless_all_is_asked_for(shell: Shell) -> None:
    path = shell.file("c.csv", "name", *(f"client{n:03}" for n in range(100)))

    await shell.run(path, answer=False)
    assert "и ещё 70" in shell.out
    assert "client099" not in shell.out
    await shell.run(path, answer=False, everything=True)
    assert "client099" in shell.out


async def test_rows_cannot_play_with_the_terminal(shell: Shell) -> None:
    await shell.run(shell.file("c.csv", "name,title", "a,[red]x[/red]\u202egpj\u001b[2J", "b,[bold]y"), yes=True)

    assert "\u001b" not in shell.out
    assert "\u202e" not in shell.out
    assert "[bold]y" in shell.out


def test_the_command_is_wired_to_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTBOT_STORAGE__URL", f"sqlite+aiosqlite:///{tmp_path}/new/bot.sqlite")
    monkeypatch.setenv("SMARTBOT_STORAGE__SECRET_KEY", Fernet.generate_key().decode())
    (tmp_path / "config.toml").touch()
    (tmp_path / "c.csv").write_text("name\na\n")
    command = ["--config", str(tmp_path / "config.toml"), "import", str(tmp_path / "c.csv")]

    assert main([*command, "--yes"]) == FINE
    assert main([*command[:-1], str(tmp_path / "missing.csv")]) == FAILED
    with pytest.raises(SystemExit) as wrong:
        main(command[:-1])
    assert wrong.value.code == WRONG_USE
    assert (tmp_path / "new" / "bot.sqlite").exists()


async def test_a_list_without_one_good_line_is_no_success(shell: Shell) -> None:
    bad = shell.file("bad.csv", "name,domain", ",a.test", ",b.test")
    good = shell.file("good.csv", "name,domain", "romashka,romashka.test")

    assert await shell.run(bad, yes=True) == FAILED
    assert "Ни одной годной строки: bad.csv." in shell.err

    assert await shell.run(good, bad, yes=True) == FAILED
    assert await shell.names() == ["romashka"]
    assert await shell.run(good, yes=True) == FINE
