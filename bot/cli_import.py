"""`smartbot import FILE…`: reads lists, shows what would change, asks, and applies it whole or not at all."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bot import clock
from checks.readers.sheets import LARGEST_FILE
from checks.roll import Item, Section
from handlers.imports import Author, ListFile, Proposal, Stage, Verdict, apply, drop, propose
from storage.database import Database, open_database
from storage.schema import upgrade
from storage.secrets import KeyFault, Vault, open_vault
from templates.clean import clean, clip
from templates.lists import LISTS, SECTIONS, change_words, flaw_place, flaw_words, lines_words

FINE, FAILED, WRONG_USE = 0, 1, 2
SHOWN = 30
"""Rows of one kind that are shown unless all are asked for."""
WIDTH = 100
NAMED = frozenset({"title", "client"})
"""Fields that the name of a new row says already."""
STAGES = {Stage.READ: "Чтение", Stage.COMPARE: "Сравнение", Stage.WRITE: "Запись"}
AUTHOR = Author(id=None, name="командная строка")

Ask = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line asked for."""

    paths: Sequence[Path]
    yes: bool = False
    allow_gone: bool = False
    everything: bool = False


def wishes(options: argparse.Namespace) -> Wishes:
    """Return what the options of the command mean."""
    return Wishes(paths=options.files, yes=options.yes, allow_gone=options.allow_gone, everything=options.all)


async def import_lists(
    wishes: Wishes,
    *,
    url: str,
    secret_key: str | None,
    key_file: Path,
    out: Console | None = None,
    err: Console | None = None,
    ask: Ask | None = None,
) -> int:
    """Import and return the exit code: 0 fine, 1 a file could not be read or applying was refused, 2 wrong usage.

    Without ``ask`` a question cannot be answered: then only ``yes`` applies.
    """
    out, err = out or Console(), err or Console(stderr=True)
    files = _read_files(wishes.paths, err)
    if files is None:
        return FAILED
    try:
        vault = open_vault(secret_key, key_file)
    except KeyFault as fault:
        err.print(Text(str(fault)))
        return WRONG_USE
    upgrade(url)
    async with open_database(url) as database:
        return await Import(database, vault, wishes, out, err, ask).run(files)


@dataclass(frozen=True, slots=True)
class Import:
    """One run of the command."""

    database: Database
    vault: Vault
    wishes: Wishes
    out: Console
    err: Console
    ask: Ask | None

    async def run(self, files: Sequence[ListFile]) -> int:
        with Bars(self.err) as bars:
            proposal = await propose(self.database, files, vault=self.vault, now=clock.now(), progress=bars.stage)
        show(proposal, self.out, everything=self.wishes.everything)
        if proposal.unreadable:
            self.err.print("Не все файлы удалось прочитать, ничего не изменено.")
            return FAILED
        useless = [file.name for file in proposal.files if file.useless]
        if useless:
            self.err.print(_plain(f"Ни одной годной строки: {', '.join(useless)}."), soft_wrap=True)
        if proposal.id is None:
            self.out.print("Изменений нет.")
            return FAILED if useless else FINE
        return await self._decide(proposal, proposal.id) or (FAILED if useless else FINE)

    async def _decide(self, proposal: Proposal, number: int) -> int:
        refusal = self._refusal(proposal)
        if refusal is None and (self.wishes.yes or (self.ask and self.ask("Применить?"))):
            return await self._apply(number)
        await drop(self.database, number, by=AUTHOR, now=clock.now())
        self.err.print(refusal[1] if refusal else "Ничего не изменено.")
        return refusal[0] if refusal else FINE

    def _refusal(self, proposal: Proposal) -> tuple[int, str] | None:
        if proposal.difference.guarded and not self.wishes.allow_gone:
            return FAILED, "Уйдёт больше половины записей, ничего не изменено. Если так и надо, добавьте --allow-gone."
        if not self.wishes.yes and self.ask is None:
            return WRONG_USE, "Спросить некого (не терминал), ничего не изменено. Чтобы применить, добавьте --yes."
        return None

    async def _apply(self, proposal_id: int) -> int:
        with Bars(self.err) as bars:
            outcome = await apply(
                self.database,
                proposal_id,
                vault=self.vault,
                by=AUTHOR,
                now=clock.now(),
                allow_gone=self.wishes.allow_gone,
                progress=bars.stage,
            )
        if outcome.verdict is Verdict.APPLIED:
            self.out.print("Применено.")
            return FINE
        if outcome.proposal and outcome.proposal.id:
            await drop(self.database, outcome.proposal.id, by=AUTHOR, now=clock.now())
        self.err.print("Пока вы смотрели, данные изменились. Ничего не сделано, запустите команду ещё раз.")
        return FAILED


def _read_files(paths: Sequence[Path], err: Console) -> list[ListFile] | None:
    """Read the files, no more of each than a list may be long; None when one of them cannot be read."""
    files = []
    for path in paths:
        try:
            with path.open("rb") as stream:
                files.append(ListFile(path.name, stream.read(LARGEST_FILE + 1)))
        except OSError as error:
            err.print(Text(f"{path}: не читается ({error.strerror or error})"))
            return None
    return files


def ask_at_terminal() -> Ask | None:
    """Return a way to ask, None where nobody sits."""
    if not sys.stdin.isatty():
        return None

    def ask(question: str) -> bool:
        try:
            answer = input(f"{question} [д/Н] ")
        except EOFError:
            return False
        return answer.strip().casefold() in {"д", "да", "y", "yes"}

    return ask


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────


class Bars:
    """Shows a bar per stage while inside."""

    def __init__(self, console: Console) -> None:
        columns = TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        self._bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._tasks: dict[Stage, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._bars.stop()

    def stage(self, stage: Stage, done: int, total: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(STAGES[stage], total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)


def show(proposal: Proposal, out: Console, *, everything: bool = False) -> None:
    """Print what was read, what would change, and what was wrong."""
    most = sys.maxsize if everything else SHOWN
    for file in proposal.files:
        kind = f"{LISTS[file.kind]}, {lines_words(file.taken)}" if file.kind else "не прочитан"
        out.print(_plain(f"{file.name}: {kind}" + (f", не взято {file.refused}" if file.refused else "")))
    for section in proposal.difference.sections:
        if not (section.empty or proposal.unreadable):
            _show_section(section, out, most)
    for title, remarks in (("Не взято", proposal.refused), ("Замечания", proposal.noted)):
        if remarks:
            out.print(Text(f"\n{title}:", style="bold"))
            rows = (f"  {one.file}, {flaw_place(one.flaw)}: {flaw_words(one.flaw)}" for one in remarks)
            _show_rows(rows, len(remarks), out, most)


def _show_section(section: Section, out: Console, most: int) -> None:
    counted = ("добавится", section.added), ("изменится", section.changed), ("уйдёт", section.gone)
    words = [f"{word} {len(items)}" for word, items in counted if items]
    out.print(Text(f"\n{SECTIONS[section.noun]}: {', '.join(words)}, без изменений {section.unchanged}", style="bold"))
    for sign, style, items in (
        ("−", "red", section.gone),
        ("±", "yellow", section.changed),
        ("+", "green", section.added),
    ):
        table = Table.grid(padding=(0, 2))
        for item in items[:most]:
            table.add_row(Text(f"  {sign} {_name(item)}", style=style), _plain(_about(item, fresh=sign == "+")))
        if items:
            out.print(table)
        _show_rest(len(items), out, most)


def _name(item: Item) -> str:
    """Write short name and title; the title of an access holds its login already."""
    title = clean(item.title)
    both = title if title.endswith(item.name) else f"{item.name} ({title})"
    return clip(clean(both if title else item.name), WIDTH)


def _about(item: Item, *, fresh: bool) -> str:
    if item.successor:
        return f"теперь это {item.successor}"
    words = [change_words(change, fresh=fresh) for change in item.changes if not (fresh and change.field in NAMED)]
    return "; ".join(["снова в списке"] * item.returned + words)


def _show_rows(rows: Iterable[str], count: int, out: Console, most: int) -> None:
    for _, row in zip(range(min(count, most)), rows, strict=False):
        out.print(_plain(row), soft_wrap=True)
    _show_rest(count, out, most)


def _show_rest(count: int, out: Console, most: int) -> None:
    if count > most:
        out.print(f"    … и ещё {count - most} (все: --all)")


def _plain(text: str) -> Text:
    """Keep rows of files from colouring or moving about the terminal."""
    indent = len(text) - len(text.lstrip(" "))
    return Text(" " * indent + clip(clean(text), 4 * WIDTH))
