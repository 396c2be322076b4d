"""Flood control of the embedded chat: Telegram's real limits, and how long a bot is told to wait."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from demo.telegram.errors import flood

PER_CHAT = (5, timedelta(seconds=5))
"""One message a second in the long run, five at once."""
PER_GROUP = (20, timedelta(minutes=1))
OVERALL = (30, timedelta(seconds=1))


@dataclass(slots=True)
class Window:
    """Admits so many events in any stretch of the given length."""

    most: int
    span: timedelta
    seen: deque[datetime] = field(default_factory=deque)

    def wait(self, now: datetime) -> timedelta:
        while self.seen and now - self.seen[0] >= self.span:
            self.seen.popleft()
        return timedelta() if len(self.seen) < self.most else self.seen[0] + self.span - now


@dataclass(slots=True)
class Flood:
    """Counts what a bot writes: per chat (all topics and edits together), per group and overall."""

    enforced: bool = True
    overall: Window = field(default_factory=lambda: Window(*OVERALL))
    chats: dict[int, Window] = field(default_factory=lambda: defaultdict(lambda: Window(*PER_CHAT)))
    groups: dict[int, Window] = field(default_factory=lambda: defaultdict(lambda: Window(*PER_GROUP)))

    def admit(self, chat_id: int, *, group: bool, now: datetime) -> None:
        """Let one message or edit through, or refuse with 429."""
        if not self.enforced:
            return
        windows = [self.overall, self.chats[chat_id], *([self.groups[chat_id]] if group else [])]
        wait = max(window.wait(now) for window in windows)
        if wait > timedelta():
            raise flood(max(1, math.ceil(wait.total_seconds())))
        for window in windows:
            window.seen.append(now)
