"""Made calls, answers and an agreement: small enough to count by hand."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

from coach.app.shift.assembling import Material
from coach.app.shift.policy import Policy
from coach.store.values import Answer, Attempt, Run, StoredAdvice, StoredCall, StoredMeasure, StoredMoment, StoredSkill

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = datetime(2026, 5, 4, 18, tzinfo=UTC)
BACK = "Saying it back"
KINDS = {True: "paraphrase", False: "missed_paraphrase"}


def sha(name: object) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()


def policy(**changes: object) -> Policy:
    agreed: dict[str, object] = {
        "supervisors": ("Dana Fox, billing",),
        "sees": frozenset({"workload", "listen_first", "reports", "figures", "calibration"}),
        "keep_days": 90,
        "told_on": date(2026, 2, 20),
        "ask": "Dana Fox, extension 214",
    }
    return Policy(**{**agreed, **changes})  # type: ignore[arg-type]


def call(
    name: object,
    agent: str | None = "Ann",
    *,
    met: int = 1,
    of: int = 2,
    at: datetime | None = MONDAY,
    skill: str = BACK,
    keep: str = "",
    solving: tuple[int, int] | None = None,
    **changes: object,
) -> StoredCall:
    """Return a call with one skill, a moment for each opportunity: the met ones first, twenty seconds apart."""
    moments = tuple(
        StoredMoment(i, i, KINDS[i < met], "agent", 20.0 * i, 20.0 * i + 3, f"words {i}", 0.9) for i in range(of)
    )
    measures = {}
    if solving is not None:
        n, d = solving
        measures["heard_before_solving"] = StoredMeasure("heard_before_solving", n / d, "ratio", n, d)
    values: dict[str, object] = {
        "sha256": sha(name),
        "uri": f"{name}.wav",
        "agent": agent,
        "started_at": at,
        "direction": "inbound",
        "call_type": None,
        "duration": 180.0,
        "separation": "channels",
        "heard_agent": 0.9,
        "heard_customer": 0.9,
        "fingerprint": "f" * 64,
        "reviewed_at": (at or MONDAY) + timedelta(days=1),
        "report": f"reports/{name}.html",
        "skills": (StoredSkill(skill, met, of, None, 1.5, "", tuple(range(of))),) if of else (),
        "moments": moments,
        "measures": measures,
        "advice": (StoredAdvice("keep", skill, 0 if moments else None, keep),) if keep else (),
    }
    return StoredCall(**{**values, **changes})  # type: ignore[arg-type]


def week(
    number: int, calls: int, *, met: int = 1, of: int = 2, agent: str | None = "Ann", **changes: object
) -> list[StoredCall]:
    """Return calls of one week, counted from the first Monday."""
    return [
        call(
            f"{agent}-{number}-{i}-{changes.get('fingerprint', '')[:2]}-{changes.get('call_type', '')}",
            agent,
            met=met,
            of=of,
            at=MONDAY + timedelta(weeks=number, days=i % 5, minutes=10 * i),
            **changes,  # type: ignore[arg-type]
        )
        for i in range(calls)
    ]


def answer(about: StoredCall, question: str = "misheard", said: str = "yes", **changes: object) -> Answer:
    values: dict[str, object] = {
        "id": 1,
        "sha256": about.sha256,
        "moment_index": None,
        "kind": None,
        "start": None,
        "who": about.agent or "somebody",
        "question": question,
        "answer": said,
        "at": NOW,
    }
    return Answer(**{**values, **changes})  # type: ignore[arg-type]


def contest(about: StoredCall, index: int, **changes: object) -> Answer:
    moment = about.moments[index]
    return answer(about, **{"moment_index": index, "kind": moment.kind, "start": moment.start, **changes})  # type: ignore[arg-type]


def attempt(name: str, state: str = "failed", message: str = "The file ends before its sound begins.") -> Attempt:
    return Attempt(sha(name), None, f"/inbox/{name}", state, 1, "decode", message, 3, NOW, NOW)  # type: ignore[arg-type]


def run(fingerprint: str = "f" * 64, *, transcriber: str = "moonshine", **definitions: int) -> Run:
    return Run(fingerprint, "0.1.0", "shift", transcriber, None, definitions or {"paraphrases": 1})


def material(calls: list[StoredCall], answers: list[Answer] | None = None, **changes: object) -> Material:
    values: dict[str, object] = {"policy": policy(), "calls": calls, "answers": answers or [], "made_at": NOW}
    return Material(**{**values, **changes})  # type: ignore[arg-type]


def a_shift() -> Material:
    """Return a shift with something of everything: for pages to be looked at."""
    calls: list[StoredCall] = []
    for agent, share in (("Ann Teller", 1), ("Bo Ng", 2), ("Çelik, Ayşe", 3)):
        for number in range(8):
            calls += week(number, 14, met=min(3, share), of=3, agent=agent, skill=BACK, solving=(1, 2),
                          call_type="high bill" if number % 2 else "move out",
                          keep="So the reading went up by four hundred." if number == 7 else "")  # fmt: skip
    few = week(7, 9, agent="Dee Few", met=1, of=2, keep="Let me make sure I have it.")
    other = week(8, 12, agent="Ann Teller", met=2, of=3, fingerprint="e" * 64)
    hard = [call(f"hard-{i}", "Bo Ng", hard=True, at=MONDAY + timedelta(weeks=8, minutes=i)) for i in range(3)]
    odd = [
        call("nobody", None),
        call("mono", "Dee Few", roles_known=False),
        call("old", "Bo Ng", at=MONDAY - timedelta(30)),
    ]
    answers = [
        contest(calls[3], 0),
        contest(calls[5], 1, settled="misheard", id=2),
        contest(calls[9], 1, settled="stands"),
    ]
    answers += [answer(calls[-1], "picked", start=20.0), answer(few[0], "picked"), answer(few[1], "picked")]
    answers += [
        answer(each, f"judged:{BACK}", "partly" if i % 4 else "no", who="Dana", id=i) for i, each in enumerate(other)
    ]
    answers += [answer(each, "judged:Asking", "yes", who="Dana", id=i) for i, each in enumerate(calls[:30])]
    return material(
        [*calls, *few, *other, *hard, *odd],
        answers,
        runs=[run(), run("e" * 64, paraphrases=2)],
        attempts=[attempt("broken.wav"), attempt("bomb.flac", "quarantined", "Its sound would fill 40 GB.")],
        shift=frozenset(each.sha256 for each in [*calls[-42:], *few, *other, *hard, *odd]),
    )
