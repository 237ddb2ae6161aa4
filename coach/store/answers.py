"""What people answered about calls, and who looked at them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update

from coach.conversation import ConfigurationError
from coach.store import tables
from coach.store.database import Database
from coach.store.fields import LONG, SHORT, optional, text
from coach.store.values import Answer, Look, Spot
from coach.store.writing import inserted, now

_ANSWER = {name: name for name in ("sha256", "moment_index", "kind", "who", "question", "answer", "at")} | {
    "start_s": "start"
}
"""Column to attribute, of what is given."""

_LOOK = ("at", "who", "what", "sha256", "agent")


class Answers(Database):
    """The part of a store that people write to."""

    def answer(
        self,
        sha256: str,
        *,
        question: str,
        answer: str,
        who: str,
        moment: Spot | None = None,
        at: datetime | None = None,
    ) -> Answer:
        """Take in what a person said about a call; the same person's earlier word on the same thing is replaced.

        Args:
            sha256: The call.
            question: ``heard``, ``misheard``, ``judged:NAME`` or ``picked``.
            answer: A word; free text only masked.
            who: Who answers.
            moment: What it is about; ``None`` for the whole call.
            at: When; now, where not given.

        Raises:
            ConfigurationError: The call is not here.
        """
        given = Answer(
            id=0,
            sha256=sha256,
            moment_index=None if moment is None else moment.index,
            kind=None if moment is None else text(moment.kind, "kind", SHORT),
            start=None if moment is None else moment.start,
            who=text(who, "who", SHORT),
            question=text(question, "question", SHORT),
            answer=text(answer, "answer", LONG),
            at=at if at is not None else now(),
        )
        row = {column: getattr(given, name) for column, name in _ANSWER.items()}
        table, calls = tables.answers, tables.calls
        same = [table.c[key].is_not_distinct_from(row[key]) for key in ("sha256", "kind", "start_s", "who", "question")]
        with self._write() as connection:
            if connection.scalar(select(calls.c.sha256).where(calls.c.sha256 == sha256)) is None:
                raise ConfigurationError(
                    f"The answer is about the call {sha256[:12]}, which is not in this store. Review that call first."
                )
            there = connection.execute(select(table).where(*same)).mappings().first()
            if there is not None and there["answer"] == row["answer"]:
                return _answer(there)
            connection.execute(delete(table).where(*same))
            return replace(given, id=inserted(connection, insert(table).values(**row)))

    def answers(
        self,
        *,
        sha256: str | None = None,
        question: str | None = None,
        who: str | None = None,
        agent: str | None = None,
    ) -> list[Answer]:
        """Return answers in the order in which they came; a question ending in ``:`` stands for all that begin so."""
        table, calls = tables.answers, tables.calls
        wanted = select(table).order_by(table.c.id)
        if question is not None and question.endswith(":"):
            wanted = wanted.where(table.c.question.startswith(question, autoescape=True))
        elif question is not None:
            wanted = wanted.where(table.c.question == question)
        if sha256 is not None:
            wanted = wanted.where(table.c.sha256 == sha256)
        if who is not None:
            wanted = wanted.where(table.c.who == who)
        if agent is not None:
            wanted = wanted.join(calls, calls.c.sha256 == table.c.sha256).where(calls.c.agent == agent)
        with self._read() as connection:
            return [_answer(row) for row in connection.execute(wanted).mappings()]

    def settle(self, answer_id: int, verdict: str) -> Answer:
        """Note what was decided about a contested moment.

        Raises:
            ConfigurationError: There is no such answer.
        """
        table = tables.answers
        decided = {"settled": text(verdict, "verdict", SHORT), "settled_at": now()}
        with self._write() as connection:
            connection.execute(update(table).where(table.c.id == answer_id).values(**decided))
            row = connection.execute(select(table).where(table.c.id == answer_id)).mappings().first()
        if row is None:
            raise ConfigurationError(f"There is no answer {answer_id} in this store.")
        return _answer(row)

    def look(self, who: str, what: str, *, sha256: str | None = None, agent: str | None = None) -> Look:
        """Note that somebody looked at something: a call's report, an agent's page."""
        seen = Look(now(), text(who, "who", SHORT), text(what, "what", SHORT), sha256, optional(agent, "agent", SHORT))
        with self._write() as connection:
            connection.execute(insert(tables.looks).values({name: getattr(seen, name) for name in _LOOK}))
        return seen

    def looks(
        self, *, since: datetime | None = None, agent: str | None = None, sha256: str | None = None
    ) -> list[Look]:
        """Return who looked at what, in the order in which it was noted."""
        table = tables.looks
        wanted = select(*(table.c[name] for name in _LOOK)).order_by(table.c.id)
        if since is not None:
            wanted = wanted.where(table.c.at >= since)
        if agent is not None:
            wanted = wanted.where(table.c.agent == agent)
        if sha256 is not None:
            wanted = wanted.where(table.c.sha256 == sha256)
        with self._read() as connection:
            return [Look(**row) for row in connection.execute(wanted).mappings()]


def _answer(row: RowMapping) -> Answer:
    values: dict[str, Any] = {name: row[column] for column, name in _ANSWER.items()}
    return Answer(id=row["id"], settled=row["settled"], **values)
