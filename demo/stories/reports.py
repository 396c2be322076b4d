"""Reports as the scripts of a story's client would have sent them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from demo.stories.script import Scene, Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """An installation as its reports describe it."""

    client: str
    version: str
    update: int
    operup_at: datetime
    key: bool = True
    sessions: int = 0
    seats: int = 10


def sysinfo(machine: Machine, at: datetime) -> Scene:
    """Return the upload of a sysinfo report made at ``at``."""
    root = ET.Element("sysinfo", module="2.1.0")
    ET.SubElement(root, "report", date=at.isoformat(timespec="seconds"))
    ET.SubElement(root, "software", version=machine.version)
    ET.SubElement(root, "key", {"state": "ok"} if machine.key else {"state": "lost", "code": "4113"})
    operup = ET.SubElement(root, "operup")
    moment = machine.operup_at
    ET.SubElement(operup, "file", name=f"{machine.update}nvd.ud6", date=moment.isoformat(timespec="seconds"))
    ET.SubElement(root, "bases", update=str(machine.update))
    ET.SubElement(ET.SubElement(root, "licences"), "licence", end=f"{at.year + 1}-12-31")
    ET.SubElement(root, "seats", total=str(machine.seats))
    ET.SubElement(root, "sessions", now=str(machine.sessions), refused="0")
    content = bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
    return Scene(at=at, act=Uploads(name=f"{machine.client}.xml", content=content))


def status(client: str, at: datetime, *, broken: str = "") -> Scene:
    """Return the upload of a status; ``broken`` is what the main page says of itself."""
    labels = f'service="kodweb",path="/docs",status="{broken}"' if broken else 'service="kodweb",path="/docs"'
    lines = [
        f"date: {format_datetime(at)}",
        f"kserver_main_page{{{labels}}} {int(bool(broken))}",
        'kserver_product_control{service="kodweb",path="/docs"} 0',
    ]
    return Scene(at=at, act=Uploads(name=f"{client}.status", content="\n".join(lines).encode()))


def every(gap: timedelta, begin: datetime, end: datetime) -> tuple[datetime, ...]:
    """Return the moments from ``begin`` on, a gap apart, before ``end``."""
    return tuple(begin + gap * number for number in range(-(-(end - begin) // gap)))
