"""The JSON form of a report for ``POST /api/v1/reports``: what may be said, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from checks.model.installation import InstallationFacts, Key
from checks.readers.status import MAX_LABELS, MAX_SAMPLES, StatusFacts
from checks.reports import Report, ReportKind, Sample
from checks.written import write_apart

MAX_JSON = 1024 * 1024

Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Count = Annotated[int, Field(ge=0, le=1_000_000_000, strict=True)]
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2100, 1, 1, tzinfo=UTC))]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Metric(_Form):
    """One metric, named as in a ``.status`` file."""

    name: Annotated[str, Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:.]{0,199}$")]
    value: float
    labels: Annotated[dict[Word, Annotated[str, Field(max_length=200)]], Field(max_length=MAX_LABELS)] = {}


class StatusReport(_Form):
    """What smartstatus sends."""

    kind: Literal["status"]
    client: Word | None = None
    """May be left out: the token says whose report it is."""
    reported_at: Moment | None = None
    """The sender's own time, with its zone."""
    metrics: Annotated[list[Metric], Field(min_length=1, max_length=MAX_SAMPLES)]


class SysinfoReport(_Form):
    """What smartupload sends, as facts; what is left out is unknown."""

    kind: Literal["sysinfo"]
    client: Word | None = None
    reported_at: Moment | None = None
    module: Word | None = None
    version: Annotated[str, Field(pattern=r"^\d{1,5}(\.\d{1,5}){1,3}$")] | None = None
    registration: Word | None = None
    legal_name: Word | None = None
    key: Key | None = None
    key_code: Word | None = None
    operup_at: Moment | None = None
    operup_file: Word | None = None
    update_number: Count | None = None
    licence_end: date | None = None
    seats: Count | None = None
    sessions: Count | None = None
    refused: Count | None = None


_FORMS: TypeAdapter[StatusReport | SysinfoReport] = TypeAdapter(
    Annotated[StatusReport | SysinfoReport, Field(discriminator="kind")],
)


def read_reported(body: bytes, client: str) -> tuple[Report, Mapping[str, Any]]:
    """Read a report of ``client`` (unless it names another) and its facts.

    Raises:
        ValidationError: it breaks a rule of the form; the error never holds what was sent.

    """
    form = _FORMS.validate_json(body)
    reported_at = None if form.reported_at is None else form.reported_at.astimezone(UTC)
    owner = form.client or client
    if isinstance(form, StatusReport):
        samples = tuple(Sample(name=m.name, value=m.value, labels=tuple(m.labels.items())) for m in form.metrics)
        facts = StatusFacts(reported_at=reported_at, samples=samples)
        return Report(client=owner, kind=ReportKind.STATUS, reported_at=reported_at, samples=samples), facts.as_json()
    said = form.model_dump(exclude={"kind", "client", "reported_at"})
    told = InstallationFacts(form="api", reported_at=reported_at, **said)
    return Report(client=owner, kind=ReportKind.SYSINFO, reported_at=reported_at, facts=told), write_apart(told)[0]


def schema() -> dict[str, Any]:
    """Return the JSON schema of the form, for the documentation."""
    return _FORMS.json_schema()
