"""Values that every room speaks in: the estate, looks and their facts, observations, health, incidents, silences."""

from __future__ import annotations

from checks.model.alert import Audience, Family, Priority, Severity
from checks.model.duty import Days, Leave, Shift, Turn
from checks.model.estate import Access, Client, ClientKind, Redirect
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
    host_in,
)
from checks.model.shown import Button, Message
from checks.model.silence import Scope, Silence
from checks.model.telling import Change, ChangeKind, NoteKind, OutboxState, Person, Role, Route, RouteKind

__all__ = [
    "SELF",
    "Access",
    "Audience",
    "Button",
    "Cause",
    "CauseKind",
    "Certificate",
    "Change",
    "ChangeKind",
    "Client",
    "ClientKind",
    "Days",
    "Facts",
    "Family",
    "Fault",
    "Health",
    "Hop",
    "Incident",
    "IncidentState",
    "Leave",
    "LookKind",
    "Mark",
    "Message",
    "NoteKind",
    "Observation",
    "OutboxState",
    "Outcome",
    "Person",
    "Phases",
    "Priority",
    "Redirect",
    "Role",
    "Route",
    "RouteKind",
    "Scope",
    "Severity",
    "Shift",
    "Silence",
    "State",
    "Subject",
    "SubjectKind",
    "Symptom",
    "Target",
    "Threshold",
    "Transition",
    "Turn",
    "host_in",
]
