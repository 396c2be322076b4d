"""The catalogue's columns: priority, severity, audience, family."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Priority(IntEnum):
    """K1 (highest) to K5."""

    K1 = 1
    K2 = 2
    K3 = 3
    K4 = 4
    K5 = 5


class Severity(StrEnum):
    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Audience(StrEnum):
    SUPPORT = "support"
    MANAGER = "manager"
    ADMIN = "admin"


class Family(StrEnum):
    """Signs of one family at one client share an incident; ``SERVICE`` explains the others."""

    SERVICE = "service"
    DOMAIN = "domain"
    CERTIFICATE = "certificate"
    SEATS = "seats"
    LICMAN = "licman"
    REPORTS = "reports"
    STATUS = "status"
    UPDATES = "updates"
    VERSION = "version"
    LICENCE = "licence"
    ACCESS = "access"
    QUOTA_DOCS = "quota_docs"
    QUOTA_SEARCH = "quota_search"
    QUOTA_PRINT = "quota_print"
    QUOTA_UPLOAD = "quota_upload"
    USAGE = "usage"
    RENEWAL = "renewal"
    GROWTH = "growth"
    TRAINING = "training"
    CHANGE = "change"
    """The watch after a change; nothing is wrong yet."""
    OURSELVES = "ourselves"
