"""Buttons as templates write them: a press, a link, a text to copy; what must not be pressed now is left out."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from jinja2 import Undefined
from markupsafe import Markup

from checks.buttons import Action, pack
from checks.model import Button
from templates.clean import clean, clip, units

LABEL_WIDTH = 60
COPY_LIMIT = 256
URL_LIMIT = 2_048
NEVER_IN_URLS = frozenset(' <>"{}|\\^`')


class Keys:
    """Collects the rows of one message while its template is rendered."""

    def __init__(self) -> None:
        self.rows: list[tuple[Button, ...]] = []

    def row(self, *buttons: Button | Undefined | None) -> Markup:
        """Add a row of those buttons that are there."""
        present = tuple(button for button in buttons if isinstance(button, Button))
        if present:
            self.rows.append(present)
        return Markup()

    @staticmethod
    def press(label: str, action: str, number: int = 0, arg: str = "") -> Button | None:
        """Return a button that asks for something; None when what it carries is too long for a button."""
        try:
            return Button(text=_label(label), data=pack(Action[action.upper()], number, arg))
        except ValueError:
            return None

    @staticmethod
    def link(label: str, url: str | None) -> Button | None:
        """Return a button that opens a page; None when Telegram would refuse the address, and the message with it."""
        return Button(text=_label(label), url=url) if url and is_web_address(url) else None

    @staticmethod
    def copy(label: str, text: str | None) -> Button | None:
        """Return a button that copies ``text``; None when there is none or it is too long."""
        words = clean(text or "")
        return Button(text=_label(label), copy=words) if words and units(words) <= COPY_LIMIT else None


def _label(text: str) -> str:
    return clip(clean(text), LABEL_WIDTH) or "…"


def is_web_address(url: str) -> bool:
    """Whether Telegram takes ``url`` for a button: http(s), a full host name or an IP address, nothing odd in it."""
    if len(url) > URL_LIMIT or clean(url) != url or set(url) & NEVER_IN_URLS:
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        return False
    try:
        ip_address(host)
    except ValueError:
        labels = host.rstrip(".").split(".")
        named = len(labels) > 1 and not labels[-1][:1].isdigit()
        return named and all(label and label.strip("-") == label for label in labels)
    return True
