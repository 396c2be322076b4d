"""Values that every room speaks in: the estate, looks and their facts, health, incidents, silences, planned work."""

from __future__ import annotations

from checks.model.alert import Audience, Family, Priority, Severity
from checks.model.billing import Day, Figure, Figures, Month, Quota, Quotas, Tally
from checks.model.duty import Days, Leave, Shift, Turn
from checks.model.estate import Access, Client, ClientKind, Credentials, Purpose, Redirect
from checks.model.health import Health, Observation, Outcome, State, Threshold, Transition
from checks.model.incident import Cause, CauseKind, Incident, IncidentState, Symptom
from checks.model.look import (
    SELF,
    Certificate,
    Facts,
    Fault,
    Hop,
    LookKind,
    Mark,
    Phases,
    Subject,
    SubjectKind,
    Target,
    access_subject,
    host_in,
)
from checks.model.shown import Button, Message
from checks.model.signal import Answer, Signal
from checks.model.silence import Scope, Silence
from checks.model.telling import Change, ChangeKind, NoteKind, OutboxState, Person, Role, Route, RouteKind, Untold
from checks.model.window import Extent, Run, Source, Window, WindowState

__all__ = [
    "SELF",
    "Access",
    "Answer",
    "Audience",
    "Button",
    "Cause",
    "CauseKind",
    "Certificate",
    "Change",
    "ChangeKind",
    "Client",
    "ClientKind",
    "Credentials",
    "Day",
    "Days",
    "Extent",
    "Facts",
    "Family",
    "Fault",
    "Figure",
    "Figures",
    "Health",
    "Hop",
    "Incident",
    "IncidentState",
    "Leave",
    "LookKind",
    "Mark",
    "Message",
    "Month",
    "NoteKind",
    "Observation",
    "OutboxState",
    "Outcome",
    "Person",
    "Phases",
    "Priority",
    "Purpose",
    "Quota",
    "Quotas",
    "Redirect",
    "Role",
    "Route",
    "RouteKind",
    "Run",
    "Scope",
    "Severity",
    "Shift",
    "Signal",
    "Silence",
    "Source",
    "State",
    "Subject",
    "SubjectKind",
    "Symptom",
    "Tally",
    "Target",
    "Threshold",
    "Transition",
    "Turn",
    "Untold",
    "Window",
    "WindowState",
    "access_subject",
    "host_in",
]
