"""Packs the scripts of reports, ready for one client, into an archive for its administrator."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from checks.agents import PARTS, Part, System, minute_of
from templates import script


def file_name(client: str, system: System) -> str:
    return f"smartbot-{client}-{system}.zip"


def bundle(client: str, system: System, *, address: str, token: str, now: datetime) -> bytes:
    """Pack everything that a client's administrator needs; ``checks.agents`` says what name and address may be."""
    facts: dict[str, str | int] = {"client": client, "address": address, "token": token, "minute": minute_of(client)}
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for part in PARTS[system]:
            archive.writestr(_entry(part, now), _content(part, system, script(part.template, **facts)))
    return packed.getvalue()


def _entry(part: Part, now: datetime) -> ZipInfo:
    entry = ZipInfo(part.name, now.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = (0o100000 | (0o600 if part.private else 0o755 if part.runs else 0o644)) << 16
    return entry


def _content(part: Part, system: System, text: str) -> bytes:
    if system is System.LINUX:
        return text.encode()
    return text.replace("\n", "\r\n").encode("utf-8-sig" if part.name.endswith(".txt") else "ascii")
