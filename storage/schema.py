"""Brings a database to the present schema with Alembic, and copies it while it is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str) -> None:
    """Apply every migration that is missing; makes the file and its folder. Blocks: run it before the loop starts."""
    from alembic import command  # noqa: PLC0415 - costs half a second, needed once
    from alembic.config import Config  # noqa: PLC0415

    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


def backup(url: str, target: Path) -> None:
    """Copy the database to ``target`` while it is in use.

    Raises:
        ValueError: the database is not a SQLite file (use its own tools), is not there, or cannot be copied so.

    """
    path = sqlite_path(url)
    if path is None:
        raise ValueError("здесь копируются только файлы SQLite; для PostgreSQL есть pg_dump")
    if not path.is_file():
        raise ValueError(f"{path}: нет такого файла базы")
    if target.exists() and target.samefile(path):
        raise ValueError(f"{target}: это сама база, назовите другой файл")
    if not target.parent.is_dir() or target.is_dir():
        raise ValueError(f"{target}: сюда нельзя положить файл")
    place = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(place, uri=True)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def sqlite_path(url: str) -> Path | None:
    """Return the file behind a SQLite URL, None for another database."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)
