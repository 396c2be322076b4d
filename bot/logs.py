"""Sets up logging: one line an event, and no URL with a token in it ever."""

from __future__ import annotations

import logging
import re
import sys

TOKEN = re.compile(r"(?<!\d)\d{5,}:[A-Za-z0-9_-]{20,}|(?<=token=)[^&\s\"']+")
NOISY = ("httpx", "httpcore", "aiohttp.access", "aiosqlite", "aiogram.event", "alembic")


class Redact(logging.Filter):
    """Replaces whatever looks like a token before a record is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        clean = TOKEN.sub("***", text)
        if clean != text:
            record.msg, record.args = clean, ()
        return True


class Formatter(logging.Formatter):
    """Redacts tracebacks too."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        return TOKEN.sub("***", super().formatException(ei))  # type: ignore[arg-type]


def set_up(level: str) -> None:
    """Log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(Redact())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a beat that is still acting is no news
