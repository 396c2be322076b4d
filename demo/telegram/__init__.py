"""A small Telegram of our own: a strict Bot API over HTTP, a chat page in the browser and switches for tests."""

from demo.telegram.app import create_app, serving
from demo.telegram.cast import ADMIN, ANNA, CAST, IGOR, OLGA, SUPPORT, Cast, Group, Person, Topic
from demo.telegram.seams import Estate, Stories

__all__ = [
    "ADMIN",
    "ANNA",
    "CAST",
    "IGOR",
    "OLGA",
    "SUPPORT",
    "Cast",
    "Estate",
    "Group",
    "Person",
    "Stories",
    "Topic",
    "create_app",
    "serving",
]
