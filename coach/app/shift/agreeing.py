"""Setting a shift up: what is asked before anybody looks at anybody's calls, and the page that tells the staff."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from coach.app.shift.policy import (
    INSTEAD,
    KEYS,
    MOST_DAYS,
    PURPOSE,
    SEES,
    Policy,
    check_ask,
    check_keep_days,
    check_purpose,
    check_sees,
    check_supervisors,
    check_told_on,
    default_path,
    make_folder,
    quoted_list,
    require,
    setup_command,
)
from coach.conversation import ConfigurationError, StorageError
from coach.reporting.files import placing
from coach.reporting.phrases import SHIFT, phrases
from coach.reporting.shift_notice import notice
from coach.reporting.text import clean

NOT_YET = frozenset({"not yet", "not", "no", "nobody", "never"})
"""Answers to when the staff were told that say: they were not."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the setup.

    Attributes:
        key: Of the policy file.
        ask: As it is asked.
        about: A word more.
        suggested: What stands there if nothing is typed; empty where there is nothing to suggest.
        check: Turns what was typed into the value, or raises ``ConfigurationError`` with what to do next.
        stands: The value of an agreement that is there already; ``None`` where there is none.
        choices: What may be answered, each with what it means; empty where that is not to be chosen from.
    """

    key: str
    ask: str
    about: str
    suggested: str
    check: Callable[[str], object]
    stands: object = None
    choices: tuple[str, ...] = ()

    def answered(self, typed: str) -> object:
        """Return the value that an answer stands for; nothing typed keeps what is suggested.

        Args:
            typed: As it came from the terminal.

        Raises:
            ConfigurationError: It cannot be; the message says what to do next.
        """
        text = clean(typed)
        if not text and self.stands is not None:
            return self.stands  # not what its words would be read as: a name may have a comma in it
        return self.check(text or self.suggested)


def questions(today: date | None = None, agreed: Policy | None = None) -> tuple[Question, ...]:
    """Return the setup's questions, in order; their checked answers by key make a policy with ``from_answers``.

    Args:
        today: Nobody can have been told later than this; today's date unless given.
        agreed: An agreement that is there already: its answers are suggested.
    """
    checks: Mapping[str, Callable[[str], object]] = {
        "purpose": check_purpose,
        "supervisors": lambda text: check_supervisors(_split(text)),
        "sees": lambda text: check_sees(_split(text)),
        "keep_days": check_keep_days,
        "told_on": lambda text: check_told_on(text, today),
        "ask": check_ask,
    }
    stands: Mapping[str, object] = {} if agreed is None else {key: getattr(agreed, key) for key in KEYS}
    suggested = {"purpose": PURPOSE, "sees": ", ".join(SEES), "keep_days": "90"}
    if agreed is not None:
        suggested = {
            "purpose": agreed.purpose,
            "supervisors": ", ".join(agreed.supervisors),
            "sees": ", ".join(agreed.shown),
            "keep_days": str(agreed.keep_days),
            "told_on": agreed.told_on.isoformat(),
            "ask": agreed.ask,
        }
    say = phrases(SHIFT)
    choices = {"sees": tuple(f"{name}: {say(f'sees.{name}')}" for name in SEES)}
    return tuple(
        Question(
            key,
            say(f"ask.{key}"),
            say(f"ask_about.{key}", most=MOST_DAYS),
            suggested.get(key, ""),
            checks[key],
            stands.get(key),
            choices.get(key, ()),
        )
        for key in KEYS
    )


def told_nobody(typed: str) -> bool:
    """Return whether an answer to when the staff were told says that they were not.

    >>> told_nobody("Not yet."), told_nobody("2026-03-02")
    (True, False)
    """
    return clean(typed).strip(" .!").casefold() in NOT_YET


def differs(agreed: Policy | None, answers: Mapping[str, object]) -> bool:
    """Return whether answers so far are others than those that the staff were told of.

    Args:
        agreed: The agreement that is there; ``None`` where there is none to differ from.
        answers: By key, checked.
    """
    told = ("supervisors", "sees", "keep_days")
    return agreed is not None and any(key in answers and answers[key] != getattr(agreed, key) for key in told)


def drafted(answers: Mapping[str, object]) -> Policy:
    """Return the agreement that answers make before the staff were told, for its notice alone: dated today."""
    return Policy(
        check_supervisors(answers["supervisors"]),
        check_sees(answers["sees"]),
        check_keep_days(answers["keep_days"]),
        datetime.now().astimezone().date(),
        check_ask(answers["ask"]),
    )


def standing(path: Path | None = None) -> tuple[Policy | None, str]:
    """Return the agreement that is there, and a sentence about it for whoever sets one up; empty where there is none.

    Args:
        path: The file; ``default_path()`` unless given.

    Raises:
        ConfigurationError: The path is a folder.
        StorageError: No agreement could be written there: better said before six questions than after.
    """
    place = path or default_path()
    _writable(place)
    say = phrases(SHIFT)
    if not place.exists():
        return None, ""
    try:
        return require(path), say("setup.there", path=place)
    except ConfigurationError as refused:
        return None, say("setup.damaged", refused=refused)


def ended(path: Path | None, *, told: bool, kept: bool) -> str:
    """Return what is said when all questions are answered.

    Args:
        path: The agreement's file, as it was named.
        told: Whether the staff were told, so that the agreement is written.
        kept: Whether one that was there before is still in force.
    """
    say = phrases(SHIFT)
    how = setup_command(path)
    if told:
        return say("setup.written", how=how)
    return say("setup.kept" if kept else "setup.not_told", how=how)


def changed() -> str:
    """Return what is said where answers differ from what the staff were told."""
    return phrases(SHIFT)("setup.changed")


def unasked(path: Path | None = None) -> tuple[str, str]:
    """Return the lines of an agreement to be filled in, and what is said with them where nobody is there to ask.

    Args:
        path: The file; ``default_path()`` unless given.
    """
    lines = [
        f'purpose = "{PURPOSE}"',
        'supervisors = ["NAME"]',
        f"sees = {quoted_list(SEES)}",
        "keep_days = 90",
        "told_on = YEAR-MONTH-DAY",
        'ask = "NAME, AND HOW TO REACH THEM"',
    ]
    return "\n".join(lines), phrases(SHIFT)("setup.unasked", path=path or default_path())


def notice_path(path: Path | None = None) -> Path:
    """Return where the page for the noticeboard goes: beside the agreement.

    Args:
        path: The agreement's file; ``default_path()`` unless given.
    """
    place = path or default_path()
    return place.with_name(f"{place.stem}-notice.md")


def write_notice(policy: Policy, path: Path | None = None, *, told: bool = True) -> Path:
    """Write the page for the noticeboard, with names, days and whom to ask filled in.

    Args:
        policy: What was agreed on.
        path: The agreement's file; ``default_path()`` unless given.
        told: Whether the staff know of it; where not, the day is left blank.

    Returns:
        Where it lies.

    Raises:
        StorageError: The disk is full, or the folder cannot be written.
    """
    place = notice_path(path)
    make_folder(place.parent)
    with placing(place, instead=INSTEAD) as unfinished:
        unfinished.write_text(notice(policy.agreement, told=told), encoding="utf-8")
    return place


def _writable(place: Path) -> None:
    """Refuse a place that no agreement can be written to; nothing is made yet."""
    if place.is_dir():
        raise ConfigurationError(phrases(SHIFT)("refused.not_a_file", path=place))
    there = next(folder for folder in place.absolute().parents if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        what = "may not be written to" if there.is_dir() else "is no folder"
        raise StorageError(f"{there} {what}, so no agreement can be kept there. Mend that, or {INSTEAD}.")


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
