"""What simulated clients report of themselves: status text and sysinfo files, as the scripts at clients send them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZipFile

from demo.estate.cast import Resident
from demo.estate.lists import contract_end
from demo.estate.pages import metrics
from demo.estate.states import State

MOSCOW_HOURS = 3
OPERUP_AT = timedelta(hours=5, minutes=40)
SATURDAY = 5
WEEK_ZERO = date(1982, 3, 29)
"""Weeks since then give update numbers of the size that clients see: 2330 in November 2026."""


def status_report(state: State, now: datetime) -> bytes:
    """Return a ``.status`` file."""
    return f"date: {format_datetime(now, usegmt=True)}\n{metrics(state)}".encode()


def sysinfo_report(resident: Resident, state: State, now: datetime) -> bytes:
    """Return a sysinfo ``.zip`` with XML in the default format; a web page in its place where reports are broken."""
    if state is State.UPLOADS_BROKEN:
        return f"<html><body>Страница не найдена, {now:%H:%M:%S}</body></html>".encode()
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("sysinfo.xml", sysinfo_xml(resident, state, now))
    return packed.getvalue()


def sysinfo_xml(resident: Resident, state: State, now: datetime) -> bytes:
    local = now.astimezone(timezone(timedelta(hours=MOSCOW_HOURS + int(resident.zone or 0))))
    newest = newest_operup(local)
    number = (newest.date() - WEEK_ZERO) // timedelta(weeks=1)
    sessions = 0 if state is State.KEY_LOST else resident.number * 7 % max(resident.seats, 1)
    root = ET.Element("sysinfo", module="2.1.0")
    ET.SubElement(root, "report", date=local.isoformat(timespec="seconds"))
    ET.SubElement(root, "software", version=resident.version)
    ET.SubElement(root, "registration", number=f"0599{resident.number:06}", name=f"ООО «{resident.title}»")
    key = {"state": "lost", "code": "4113"} if state is State.KEY_LOST else {"state": "ok"}
    ET.SubElement(root, "key", key)
    operup = ET.SubElement(root, "operup")
    for moment in (newest_operup(newest - timedelta(minutes=1)), newest):
        name = f"{number}{moment:%d%m}.ud6"
        ET.SubElement(operup, "file", name=name, date=moment.isoformat(timespec="seconds"))
    ET.SubElement(root, "bases", update=str(number))
    ET.SubElement(ET.SubElement(root, "licences"), "licence", end=str(contract_end(resident, local.date())))
    ET.SubElement(root, "seats", total=str(resident.seats))
    ET.SubElement(root, "sessions", now=str(sessions), refused="0")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def newest_operup(now: datetime) -> datetime:
    """Return when the operative updates last came: early every working day."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) + OPERUP_AT
    while day > now or day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return day
