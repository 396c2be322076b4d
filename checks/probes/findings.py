"""Put together what a look found: the trail of its requests and the page at the end of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checks.model import Credentials, Facts, Fault, Target
from checks.probes.engine import Deadline, Engine
from checks.probes.failure import clip
from checks.probes.http import Step, Trail
from checks.readers.pages import Page, read_page


@dataclass(frozen=True, slots=True)
class Look:
    """One look under way: what is asked, with what, since when, until when."""

    target: Target
    engine: Engine
    at: datetime
    began: float
    deadline: Deadline
    credentials: Credentials | None = None
    """With what to log in, where the look wants that."""

    @classmethod
    def begin(cls, target: Target, *, engine: Engine, at: datetime, credentials: Credentials | None = None) -> Look:
        return cls(target, engine, at, time.monotonic(), Deadline.after(engine.settings.timeout), credentials)

    def failed(self, fault: Fault, detail: str) -> Facts:
        return self.facts(fault=fault, detail=clip(detail))

    def facts(self, **found: Any) -> Facts:
        return Facts(target=self.target, at=self.at, elapsed=time.monotonic() - self.began, **found)

    def web_facts(self, trail: Trail, page: Page | None, **found: Any) -> Facts:
        """Facts of a look that ended at a web server; ``found`` overrides what trail and page say."""
        last = trail.steps[-1].hop
        seen: dict[str, Any] = {
            "fault": trail.fault,
            "detail": trail.detail,
            "hops": trail.hops,
            "status": last.status,
            "server": last.server,
        }
        if page is not None:
            seen |= {
                "title": page.title,
                "marks": page.marks,
                "excerpt": page.excerpt,
                "behind_proxy": page.by_proxy,
            }
        return self.facts(**{**seen, **found})


def page_of(step: Step, engine: Engine) -> Page | None:
    """Read the page that ended a trail; None = there is no whole one."""
    answer = step.answer
    if answer is None or step.hop.fault is not None:
        return None
    return read_page(
        answer.body,
        content_type=(answer.header("content-type") or b"").decode("latin-1"),
        server=step.hop.server or "",
        status=answer.status,
        url=f"{step.hop.url} {step.hop.location or ''}",
        texts=engine.settings.texts,
    )
