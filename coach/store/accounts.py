"""What people answered, what became of recordings, and who looked."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from coach.conversation import ConfigurationError
from coach.store import tables
from coach.store.reading import LONG, SHORT, text
from coach.store.values import Answer, Attempt, Look, State
from coach.store.writing import now

_LONGEST_KEY = 500  # letters: PostgreSQL's indexes take no more than some 2,700 bytes


def answer(connection: Connection, given: Answer) -> Answer:
    """Take in an answer; the same person's earlier one to the same question about the same thing goes.

    Raises:
        ConfigurationError: The call is not here.
    """
    table = tables.answers
    if connection.scalar(select(tables.calls.c.sha256).where(tables.calls.c.sha256 == given.sha256)) is None:
        raise ConfigurationError(
            f"The answer is about the call {given.sha256[:12]}, which is not in this store. Review that call first."
        )
    row = {
        "sha256": given.sha256,
        "moment_index": given.moment_index,
        "kind": given.kind,
        "start_s": given.start,
        "who": text(given.who, "who", SHORT),
        "question": text(given.question, "question", SHORT),
        "answer": text(given.answer, "answer", LONG),
        "at": given.at,
        "settled": given.settled,
    }
    same = [table.c[name].is_not_distinct_from(row[name]) for name in ("sha256", "kind", "start_s", "who", "question")]
    there = connection.execute(select(table).where(*same)).mappings().first()
    if there is not None and there["answer"] == row["answer"]:
        return _answer(there)
    connection.execute(delete(table).where(*same))
    made = connection.scalar(insert(table).values(**row).returning(table.c.id))
    return _answer(connection.execute(select(table).where(table.c.id == made)).mappings().one())


def answers(
    connection: Connection, *, sha256: str | None, question: str | None, who: str | None, agent: str | None
) -> list[Answer]:
    """Return answers in the order in which they came."""
    table = tables.answers
    wanted = select(table).order_by(table.c.id)
    if sha256 is not None:
        wanted = wanted.where(table.c.sha256 == sha256)
    if question is not None:
        wanted = wanted.where(
            table.c.question.startswith(question, autoescape=True)
            if question.endswith(":")
            else table.c.question == question
        )
    if who is not None:
        wanted = wanted.where(table.c.who == who)
    if agent is not None:
        wanted = wanted.join(tables.calls, tables.calls.c.sha256 == table.c.sha256).where(tables.calls.c.agent == agent)
    return [_answer(row) for row in connection.execute(wanted).mappings()]


def settle(connection: Connection, answer_id: int, verdict: str) -> Answer:
    """Note what was decided about an answer.

    Raises:
        ConfigurationError: There is no such answer.
    """
    table = tables.answers
    connection.execute(
        update(table).where(table.c.id == answer_id).values(settled=text(verdict, "verdict", SHORT), settled_at=now())
    )
    found = connection.execute(select(table).where(table.c.id == answer_id)).mappings().first()
    if found is None:
        raise ConfigurationError(f"There is no answer {answer_id} in this store.")
    return _answer(found)


def _answer(row: RowMapping) -> Answer:
    return Answer(
        id=row["id"],
        sha256=row["sha256"],
        moment_index=row["moment_index"],
        kind=row["kind"],
        start=row["start_s"],
        who=row["who"],
        question=row["question"],
        answer=row["answer"],
        at=row["at"],
        settled=row["settled"],
    )


def begin(connection: Connection, key: str, uri: str, sha256: str | None) -> Attempt:
    """Count an attempt."""
    return _change(connection, key, {"uri": uri, "state": "working", "sha256": sha256}, counted=1)


def wait(connection: Connection, key: str, uri: str) -> Attempt:
    """Note a recording that is not ready."""
    return _change(connection, key, {"uri": uri, "state": "waiting"}, counted=0)


def finish(
    connection: Connection,
    key: str,
    state: State,
    *,
    sha256: str | None,
    stage: str | None,
    message: str | None,
    exit_code: int | None,
) -> Attempt:
    """Note what came of an attempt.

    Raises:
        KeyError: The key was never begun.
    """
    if attempt(connection, key) is None:
        raise KeyError(key)
    said = None if message is None else text(message, "message", LONG)
    values: dict[str, object] = {"state": state, "stage": stage, "message": said, "exit_code": exit_code}
    return _change(connection, key, values | {"sha256": sha256}, counted=0)


def _change(connection: Connection, key: str, values: dict[str, object], *, counted: int) -> Attempt:
    table, short, at = tables.attempts, _key(key), now()
    step = (connection.scalar(select(func.max(table.c.step))) or 0) + 1
    there = connection.execute(select(table).where(table.c.key == short)).mappings().first()
    if values.get("sha256") is None:  # what was known stays known
        values = {name: value for name, value in values.items() if name != "sha256"}
    if "uri" in values:
        values = values | {"uri": text(values["uri"], "uri", LONG), "stage": None, "message": None, "exit_code": None}
    if there is None:
        connection.execute(
            insert(table).values(key=short, step=step, attempts=counted, first_at=at, last_at=at, **values)
        )
    else:
        connection.execute(
            update(table)
            .where(table.c.key == short)
            .values(step=step, attempts=there["attempts"] + counted, last_at=at, **values)
        )
    found = attempt(connection, key)
    assert found is not None  # noqa: S101  (it was just written)
    return found


def attempt(connection: Connection, key: str) -> Attempt | None:
    """Return where a recording stands."""
    table = tables.attempts
    found = connection.execute(select(table).where(table.c.key == _key(key))).mappings().first()
    return None if found is None else _attempt(found)


def attempts(connection: Connection, states: Collection[State] | None) -> list[Attempt]:
    """Return where recordings stand, in order of their last change."""
    table = tables.attempts
    wanted = select(table).order_by(table.c.step)
    if states is not None:
        wanted = wanted.where(table.c.state.in_(list(states)))
    return [_attempt(row) for row in connection.execute(wanted).mappings()]


def _attempt(row: RowMapping) -> Attempt:
    return Attempt(**{name: value for name, value in row.items() if name != "step"})


def _key(key: str) -> str:
    """Return a key as an index can hold it."""
    clean = text(key, "key", len(key))
    return clean if len(clean) <= _LONGEST_KEY else "sha256:" + hashlib.sha256(clean.encode()).hexdigest()


def look(connection: Connection, given: Look) -> Look:
    """Note that somebody looked."""
    connection.execute(
        insert(tables.looks).values(
            at=given.at,
            who=text(given.who, "who", SHORT),
            what=text(given.what, "what", SHORT),
            sha256=given.sha256,
            agent=given.agent,
        )
    )
    return given


def looks(connection: Connection, *, since: datetime | None, agent: str | None, sha256: str | None) -> list[Look]:
    """Return who looked at what, in the order in which it was noted."""
    table = tables.looks
    wanted = select(*(table.c[name] for name in ("at", "who", "what", "sha256", "agent"))).order_by(table.c.id)
    if since is not None:
        wanted = wanted.where(table.c.at >= since)
    if agent is not None:
        wanted = wanted.where(table.c.agent == agent)
    if sha256 is not None:
        wanted = wanted.where(table.c.sha256 == sha256)
    return [Look(**row) for row in connection.execute(wanted).mappings()]
