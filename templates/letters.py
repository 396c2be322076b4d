"""What letters to the channels beside Telegram are given to word."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Standing(StrEnum):
    """How an incident stands, in one word; subjects sort by it, programs read it as the event."""

    FIRING = "firing"
    WORSE = "worse"
    STILL = "still"
    MENDED = "resolved"
    MERGED = "merged"
    UNLISTED = "unlisted"


STANDINGS: Mapping[Standing, str] = {
    Standing.FIRING: "АВАРИЯ",
    Standing.WORSE: "СТАЛО ХУЖЕ",
    Standing.STILL: "НАПОМИНАНИЕ",
    Standing.MENDED: "ПОЧИНЕНО",
    Standing.MERGED: "ОБЪЕДИНЕНО",
    Standing.UNLISTED: "СНЯТО С НАБЛЮДЕНИЯ",
}
