"""What people say of a shift's calls: contests and their settling, judgements by ear, calls that somebody picked."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

from coach.app.adding import NOTES, answers_in
from coach.app.purge import call_of
from coach.app.shift.calibration import PREFIX
from coach.app.shift.contests import CONTESTED, TAKEN_BACK, VERDICTS, WITHDRAWN, Contest, contests
from coach.app.shift.sums import agent_of
from coach.coaching.rubric import SKILLS
from coach.coaching.sentences import load_sentences
from coach.conversation import CoachError, ConfigurationError, NoSuchRecording, UsageError
from coach.nearest import did_you_mean
from coach.privacy.text import mask_text
from coach.reporting.table import cell
from coach.reporting.text import clean
from coach.store.store import Store
from coach.store.values import Answer, Spot, StoredCall

COLUMNS: Final = ("call", "question", "answer")
SAID: Final = ("yes", "partly", "no", "unsure")
"""What a judgement by ear may be; ``unsure`` judges nothing."""

PICKED: Final = "picked"

SETTLED: Final = "settled:"
"""Before a contest's number: the question to which a verdict is whoever settled it's answer."""

_LARGEST = 20_000_000
_HASH = re.compile(r"[0-9a-f]{8,64}")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Added:
    """What came in: how many answers, and which files or lines could not be taken in and why."""

    answers: int
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """A contested moment, as somebody who settles it sees it.

    Attributes:
        id: To settle it by.
        call: The call's name, masked.
        agent: Whose call it is.
        contest: What was contested.
        report: Where the report lies, to listen.
        settled_by: Who settled it; ``None`` where nobody has, or it was not kept.
    """

    id: int
    call: str
    agent: str | None
    contest: Contest
    report: str | None
    settled_by: str | None = None


def add(store: Store, files: Sequence[Path], who: str) -> Added:
    """Take in files of notes as a report saves them, and sheets of judgements.

    Args:
        store: The shift's.
        files: ``.json`` of ``coach.notes/1``, or CSV with the columns call, question, answer.
        who: Whose they are, by name.

    Raises:
        NoSuchRecording: A file is not there.
        CoachError: The store cannot be written.
    """
    calls = store.calls()
    count, refused = 0, []
    for path in files:
        try:
            content = _read(path)
            notes = _notes(content)
            taken = _of_notes(store, notes, who) if notes is not None else _of_sheet(store, content, calls, who)
            count += taken
        except (UsageError, ConfigurationError) as error:
            refused.append((clean(mask_text(path.name)), str(error)))
    return Added(count, tuple(refused))


def _read(path: Path) -> str:
    if not path.is_file():
        raise NoSuchRecording(f"There is no file {clean(mask_text(str(path)))}.")
    if path.stat().st_size > _LARGEST:
        raise UsageError("It is larger than a file of answers can be (20 MB).")
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UsageError("It is not text that can be read.") from None


def _notes(content: str) -> Mapping[str, Any] | None:
    try:
        notes = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(notes, dict) or notes.get("schema") != NOTES:
        raise UsageError("It is not a file of notes as a report saves it.")
    return notes


def _of_notes(store: Store, notes: Mapping[str, Any], who: str) -> int:
    sha256 = notes.get("recording")
    if not isinstance(sha256, str):
        raise UsageError("It does not say which recording it is about.")
    try:
        told = list(answers_in(notes, {}))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UsageError("It is not a file of notes as a report saves it.") from None
    for question, answer, spot, at in told:
        store.answer(sha256, question=question, answer=answer, who=who, moment=spot, at=at)
    return len(told)


def _of_sheet(store: Store, content: str, calls: Sequence[StoredCall], who: str) -> int:
    """Take in a sheet, all of it or nothing, so that a slip in a line does not leave half of it behind."""
    rows = csv.DictReader(StringIO(content))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise UsageError(f"It has no column {missing[0]}. A sheet has the columns {', '.join(COLUMNS)}.")
    found = []
    try:
        for row in rows:
            said = (row["answer"] or "").strip().casefold()
            if said:
                found.append(_judged(row, said, calls, rows.line_num))
    except csv.Error:
        raise UsageError(f"Line {rows.line_num + 1} is not CSV.") from None
    for sha256, question, said in found:
        store.answer(sha256, question=question, answer=said, who=who)
    return len(found)


def _judged(row: Mapping[str, str | None], said: str, calls: Sequence[StoredCall], line: int) -> tuple[str, str, str]:
    name = (row["question"] or "").strip()
    known = {skill.name.casefold(): skill.name for call in calls for skill in call.skills}
    kinds = {moment.kind for call in calls for moment in call.moments}
    if name.casefold() not in known and name not in kinds:
        nearest = did_you_mean(name, [*known.values(), *kinds])
        raise UsageError(f"Line {line}: there is no question “{clean(name)[:60]}”; {nearest}")
    if said not in SAID:
        raise UsageError(f"Line {line}: an answer is {', '.join(SAID)}, not “{clean(said)[:40]}”.")
    try:
        call = call_named(row["call"] or "", calls)
    except CoachError as error:
        raise UsageError(f"Line {line}: {error}") from None
    return call.sha256, PREFIX + known.get(name.casefold(), name), said


def drawn(store: Store, how_many: int, seed: int) -> list[StoredCall]:
    """Return calls to judge by ear, drawn by chance.

    Args:
        store: The shift's.
        how_many: Calls.
        seed: Of the draw.
    """
    calls = [call for call in store.calls() if call.roles_known and call.report is not None]
    return random.Random(seed).sample(calls, min(how_many, len(calls)))  # noqa: S311  (a draw, not a secret)


def sheet(chosen: Iterable[StoredCall]) -> str:
    """Return a sheet to judge calls by ear before their reports are opened: nothing filled in."""
    say = load_sentences()
    out = StringIO()
    write = csv.writer(out)
    write.writerow([*COLUMNS, "agent", "report"])
    for call in chosen:
        for skill in SKILLS:
            cells = (call.sha256[:12], say(f"skill.{skill}"), "", agent_of(call) or "", call.report or "")
            write.writerow([cell(one) for one in cells])
    return out.getvalue()


def open_contests(store: Store, *, settled: bool = False) -> Iterator[Open]:
    """Yield what was contested and waits for a person to settle it, in order of the calls.

    Args:
        store: The shift's.
        settled: Yield what was settled too.
    """
    answers = store.answers()
    for call in store.calls():
        for contest in contests(call, _about(call, answers)):
            if settled or contest.answer.settled is None:
                name = clean(call.uri or "") or call.sha256[:12]
                yield Open(
                    contest.answer.id, name, agent_of(call), contest, call.report, _settled_by(contest.answer, answers)
                )


def _about(call: StoredCall, answers: Iterable[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.sha256 == call.sha256]


def _settled_by(contest: Answer, answers: Iterable[Answer]) -> str | None:
    """Return who settled a contest as it is settled now."""
    told = [one for one in answers if one.question == f"{SETTLED}{contest.id}" and one.answer == contest.settled]
    return max(told, key=lambda one: (one.at, one.id)).who if told else None


def settle(store: Store, number: int, verdict: str, who: str) -> Answer:
    """Note what a person decided about a contested moment after listening to it, and who it was.

    Args:
        store: The shift's.
        number: Of the contest.
        verdict: ``misheard`` or ``stands``.
        who: Who listened.

    Raises:
        UsageError: There is no such verdict, or the number is no contest's, or it was taken back.
        ConfigurationError: There is no such answer.
    """
    if verdict not in VERDICTS:
        raise UsageError(f"A contest is settled as {' or '.join(VERDICTS)}: it was misheard, or it stands.")
    answer = _answer(store, number)
    if answer.question not in CONTESTED:
        raise UsageError(f"{number} is {_kind(answer)}, and no contest. `coach answers list` prints those.")
    if answer.answer.casefold() in WITHDRAWN:
        raise UsageError(f"{number} was taken back, and there is nothing to settle any more.")
    store.answer(answer.sha256, question=f"{SETTLED}{number}", answer=verdict, who=who)
    return store.settle(number, verdict)


def withdraw(store: Store, number: int, who: str) -> Answer:
    """Take a contest or a pick back, for the one who gave it: the moment counts again, the call leaves the list.

    Args:
        store: The shift's.
        number: Of the contest or the pick.
        who: Whose it is.

    Raises:
        UsageError: It is neither of them, or another's.
        ConfigurationError: There is no such answer.
    """
    answer = _answer(store, number)
    if answer.question not in (*CONTESTED, PICKED):
        raise UsageError(f"{number} is {_kind(answer)}. Only a contest or a pick can be taken back.")
    if not _same(who, answer.who, {other.who for other in store.answers()}):
        raise UsageError(f"{number} is not {_shown(who)}'s. Whoever contested or picked it takes it back, by name.")
    spot = None
    if answer.kind is not None and answer.start is not None:
        spot = Spot(answer.kind, answer.start, answer.moment_index)
    return store.answer(answer.sha256, question=answer.question, answer=TAKEN_BACK, who=answer.who, moment=spot)


def _answer(store: Store, number: int) -> Answer:
    for answer in store.answers():
        if answer.id == number:
            return answer
    raise ConfigurationError(f"There is no answer {number} in this store. `coach answers list --all` prints contests.")


def _kind(answer: Answer) -> str:
    """Return what an answer is, with its article."""
    if answer.question in CONTESTED:
        return "a contest"
    if answer.question.startswith(PREFIX):
        return "a judgement by ear"
    return "a pick" if answer.question == PICKED else "an answer to another question"


def pick(store: Store, call: str, who: str, at: str | None) -> tuple[StoredCall, Answer]:
    """Note that an agent would like to talk about a call of theirs.

    Args:
        store: The shift's.
        call: Its name, its hash or the beginning of it, or a file.
        who: Who picks it, in capitals or not.
        at: From where on, as ``1:23``.

    Raises:
        UsageError: The time is none, the name is several calls', or the call is another's.
        NoSuchRecording: There is no such call.
    """
    calls = store.calls()
    found = call_named(call, calls)
    spot = None if at is None else Spot(PICKED, seconds(at))
    agent, name = agent_of(found), clean(found.uri or "") or found.sha256[:12]
    if agent is None:
        raise UsageError(
            f"Nobody knows whose call {name} is, so nobody can pick it. Name its agent, in a manifest for example, and "
            "run the shift again with --force."
        )
    if not _same(who, agent, {one for one in map(agent_of, calls) if one is not None}):
        raise UsageError(
            f"{name} is not {_shown(who)}'s but {_shown(agent)}'s, and everybody picks calls of their own. Write the "
            "name as the shift's page has it, or pick another call."
        )
    return found, store.answer(found.sha256, question=PICKED, answer="yes", who=agent, moment=spot)


def _same(said: str, name: str, names: Iterable[str]) -> bool:
    """Whether a name was meant: to the letter, or but for capitals where no other of the names could be."""
    plain = clean(said).strip()
    return plain == name or {one for one in names if one.casefold() == plain.casefold()} == {name}


def _shown(name: str) -> str:
    return clean(mask_text(name)).strip()[:60]


def call_named(text: str, calls: Sequence[StoredCall]) -> StoredCall:
    """Return the call that is meant.

    Args:
        text: Its name, its hash or the beginning of it, or a recording's or review's path.
        calls: Those that there are.

    Raises:
        UsageError: Several are called so.
        NoSuchRecording: None is.
    """
    asked = text.strip()
    plain = mask_text(clean(asked))
    by_name = [call for call in calls if call.uri is not None and plain in (call.uri, Path(call.uri).stem)]
    by_hash = [call for call in calls if _HASH.fullmatch(asked.casefold()) and call.sha256.startswith(asked.casefold())]
    for found in (by_hash, by_name):
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"{len(found)} calls are called “{plain[:60]}”. Name the one by its hash.")
    digest = call_of(asked) if asked and Path(asked).is_file() else ""
    for call in calls:
        if call.sha256 == digest:
            return call
    raise NoSuchRecording(f"No call of the shift's store is called “{plain[:60]}”.")


def seconds(text: str) -> float:
    """Return a place in a call in seconds.

    Raises:
        UsageError: It is none.

    >>> seconds("1:23"), seconds("1:02:03")
    (83.0, 3723.0)
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"“{clean(text)[:40]}” is no place in a call. Write it as 1:23.")
    hours, minutes, rest = (int(part or 0) for part in found.groups())
    return float(hours * 3600 + minutes * 60 + rest)
