"""How one step of a look says that it went no further."""

from __future__ import annotations

from checks.model import Fault

DETAIL_LENGTH = 200


class LookFailed(Exception):  # noqa: N818 - a finding about the world, not an error of ours
    """Carries the reason and the measured particulars to where the facts are put together."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = clip(detail)


def seconds(span: float) -> str:
    """Say a time in seconds as Russians write it: «2,5 с»."""
    return f"{span:.1f} с".replace(".", ",")


def clip(text: str, length: int = DETAIL_LENGTH) -> str:
    """One printable line of at most ``length`` characters out of anything a stranger sent."""
    if len(text) <= length and text.isprintable() and "  " not in text and text == text.strip():
        return text
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * length]).split())
    return line if len(line) <= length else line[: length - 1] + "…"
