"""Calls of a library, made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from coach.store.values import Answer, Run, StoredCall, StoredMeasure, StoredMoment, StoredSkill

TODAY = date(2026, 11, 20)  # a Friday
RUN = Run("f1", "0.1.0", "solo", "moonshine", None, {"paraphrase": 1})
BACK, ASK = "Saying it back", "Asking"


def skill(name: str, met: int, of: int, *moments: int) -> StoredSkill:
    return StoredSkill(name, met, of, None, 1.0, "", moments)


def moment(index: int, kind: str, start: float = 0.0) -> StoredMoment:
    return StoredMoment(index, index, kind, "agent", start, start + 1, "", 0.9, {})


def call(
    number: int,
    *skills: StoredSkill,
    days: float = 0,
    fingerprint: str = "f1",
    hard: bool = False,
    agent: str | None = None,
    roles: bool = True,
    heard: tuple[int, int] | None = None,
    moments: tuple[StoredMoment, ...] = (),
) -> StoredCall:
    """Return a call of some days ago, at noon."""
    at = datetime(2026, 11, 20, 12, tzinfo=UTC) - timedelta(days=days)
    measures = {}
    if heard is not None:
        met, of = heard
        measures["heard_before_solving"] = StoredMeasure("heard_before_solving", met / of, "ratio", met, of)
    return StoredCall(
        sha256=f"{number:064x}", uri=f"call {number}.wav", agent=agent, started_at=at, direction=None, call_type=None,
        duration=300.0, separation="channels", heard_agent=0.9, heard_customer=0.9, fingerprint=fingerprint,
        reviewed_at=at, hard=hard, roles_known=roles, measures=measures, skills=skills, moments=moments,
        definitions={"paraphrase": 1},
    )  # fmt: skip


def answer(
    number: int, about: StoredCall, question: str, said: str, *, kind: str | None, start: float | None
) -> Answer:
    at = datetime(2026, 11, 20, 13, tzinfo=UTC) + timedelta(minutes=number)
    return Answer(number, about.sha256, None, kind, start, "me", question, said, at)
