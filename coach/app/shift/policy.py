"""What a team has agreed on before anybody looks at anybody's calls. Without it, no shift runs."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

import platformdirs

from coach.coaching import toml
from coach.conversation import ConfigurationError, StorageError
from coach.nearest import did_you_mean
from coach.reporting.files import placing
from coach.reporting.phrases import SHIFT, phrases
from coach.reporting.shift_values import Agreement
from coach.reporting.text import clean

Sees = Literal["workload", "listen_first", "reports", "figures", "calibration"]

SEES: tuple[Sees, ...] = ("workload", "listen_first", "reports", "figures", "calibration")
"""What supervisors may be let see. The agents see all of it that is about them, first."""

PURPOSE = "coaching"
"""The one purpose that there is."""

MOST_DAYS = 366
"""Calls are not kept for longer than a year."""

_TEXT = 120
INSTEAD = "name another file with --policy"
"""What else to do where the agreement cannot be written, as a part of a sentence."""

KEYS = ("purpose", "supervisors", "sees", "keep_days", "told_on", "ask")
"""What the agreement says, in the order in which it is asked for."""

_HARM = re.compile(
    r"disciplin|warning|dismiss|fir(?:e|ing)\b|terminat|redundan|lay-?off|sanction|punish|pay\b|salar|wage|bonus|"
    r"commission|promot|rank|apprais|performance|evaluat|score|grad(?:e|ing)|rating|compar|monitor|surveil|quota",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What was agreed on.

    Attributes:
        supervisors: Who sees the shift's page, by name or office.
        sees: What they see.
        keep_days: Days that a call's results are kept.
        told_on: When the staff were told. What was recorded before that day is about nobody.
        ask: Whom to ask, and how to reach them.
    """

    supervisors: tuple[str, ...]
    sees: frozenset[Sees]
    keep_days: int
    told_on: date
    ask: str

    @property
    def purpose(self) -> str:
        """What it is for: coaching, and nothing else."""
        return PURPOSE

    @property
    def shown(self) -> tuple[Sees, ...]:
        """What supervisors see, in the order of ``SEES``."""
        return tuple(what for what in SEES if what in self.sees)

    def lets_see(self, what: Sees) -> bool:
        """Whether supervisors may see something."""
        return what in self.sees

    @property
    def agreement(self) -> Agreement:
        """What is printed on every page."""
        return Agreement(self.purpose, self.supervisors, self.shown, self.keep_days, self.told_on, self.ask)

    def kept_since(self, now: datetime) -> datetime:
        """Return the time before which nothing is kept."""
        return now - timedelta(days=self.keep_days)


def from_answers(answers: Mapping[str, object], today: date | None = None) -> Policy:
    """Return the policy that the answers make, typed or as a file has them.

    Args:
        answers: By the keys of ``questions``.
        today: Nobody can have been told later than this.

    Raises:
        ConfigurationError: One is missing or cannot be; the message says which and what to do next.
    """
    toml.known(answers, KEYS, "The agreement")
    for key in KEYS:
        if key not in answers:
            raise _refused("incomplete", key=key)
    check_purpose(answers["purpose"])
    return Policy(
        check_supervisors(answers["supervisors"]),
        check_sees(answers["sees"]),
        check_keep_days(answers["keep_days"]),
        check_told_on(answers["told_on"], today),
        check_ask(answers["ask"]),
    )


def check_purpose(value: object) -> str:
    """Return the purpose; every other than coaching is refused, kindly.

    Raises:
        ConfigurationError: It is another.
    """
    said = clean(str(value)).strip(" .!")
    if said.casefold() == PURPOSE:
        return PURPOSE
    raise _refused("purpose_harm" if _HARM.search(said) else "purpose_other", purpose=said[:_TEXT])


def check_supervisors(value: object) -> tuple[str, ...]:
    """Return who sees the page; at least one, each once.

    Raises:
        ConfigurationError: Nobody is named.
    """
    named = [value] if isinstance(value, str) else value
    if isinstance(named, list | tuple):
        texts = tuple(dict.fromkeys(clean(str(name))[:_TEXT] for name in named if clean(str(name))))
        if texts:
            return texts
    raise _refused("supervisors")


def check_sees(value: object) -> frozenset[Sees]:
    """Return what supervisors see.

    Raises:
        ConfigurationError: It names nothing, or something that there is not.
    """
    named = [value] if isinstance(value, str) else value
    if not isinstance(named, list | tuple | set | frozenset):
        raise _refused("sees_nothing", choices=", ".join(SEES))
    by_name = {what.casefold(): what for what in SEES}
    found: set[Sees] = set()
    for name in named:
        what = by_name.get(clean(str(name)).casefold().replace(" ", "_").replace("-", "_"))
        if what is None:
            shown = clean(str(name))[:_TEXT]
            raise _refused("sees_unknown", what=shown, nearest=did_you_mean(shown, SEES))
        found.add(what)
    if not found:
        raise _refused("sees_nothing", choices=", ".join(SEES))
    return frozenset(found)


def check_keep_days(value: object) -> int:
    """Return how many days results are kept.

    Raises:
        ConfigurationError: It is no whole number from 1 to 366.
    """
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not 1 <= int(text) <= MOST_DAYS:
        raise _refused("keep_days", most=MOST_DAYS)
    return int(text)


def check_told_on(value: object, today: date | None = None) -> date:
    """Return when the staff were told.

    Raises:
        ConfigurationError: It is no date, or has not come yet.
    """
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        try:
            value = date.fromisoformat(str(value).strip())
        except ValueError as error:
            raise _refused("told_on") from error
    if value > (today or datetime.now().astimezone().date()):  # the office's own day
        raise _refused("told_later", day=value.isoformat())
    return value


def check_ask(value: object) -> str:
    """Return whom to ask.

    Raises:
        ConfigurationError: Nobody is named.
    """
    text = clean(str(value))[:_TEXT] if isinstance(value, str) else ""
    if not text:
        raise _refused("ask")
    return text


def default_path() -> Path:
    """Return where the agreement lies unless another place is named: in the user's own settings folder."""
    return platformdirs.user_config_path("coach") / "shift-policy.toml"


def setup_command(path: Path | None = None) -> str:
    """Return the command that writes the agreement down, as it is typed.

    Args:
        path: Its file, where it is not the user's own.
    """
    return "coach shift --setup" + (f" --policy {shlex.quote(str(path))}" if path is not None else "")


def require(path: Path | None = None, *, today: date | None = None) -> Policy:
    """Return the agreement that a shift runs under.

    Args:
        path: The file; ``default_path()`` unless given.
        today: Nobody can have been told later than this.

    Raises:
        ConfigurationError: There is none, or it says something that cannot be. No shift runs then (exit 5).
    """
    place, how = path or default_path(), setup_command(path)
    try:
        there, readable = place.exists(), place.is_file()
    except OSError as error:
        raise _refused("not_read", path=place, reason=error.strerror or type(error).__name__) from error
    if not there:
        raise _refused("not_set_up", path=place, how=how)
    if not readable:
        raise _refused("not_a_file", path=place)
    try:
        return from_answers(toml.load(place), today)
    except ConfigurationError as refused:
        said = str(refused)
        ended = said if said.endswith((".", "?")) else f"{said}."
        raise _refused("elsewhere", refused=ended, path=place, how=how) from refused


def write(policy: Policy, path: Path | None = None) -> Path:
    """Write the agreement down, whole or not at all, readable by its owner alone.

    Args:
        policy: What was agreed on.
        path: The file; ``default_path()`` unless given.

    Returns:
        Where it lies.

    Raises:
        StorageError: The disk is full, or the folder cannot be written.
    """
    place = path or default_path()
    make_folder(place.parent)
    with placing(place, instead=INSTEAD) as unfinished:
        unfinished.write_text(as_toml(policy), encoding="utf-8")
    return place


def make_folder(folder: Path) -> None:
    """Make the folder of an agreement, for its owner alone, where there is none.

    Raises:
        StorageError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(f"The folder {folder} cannot be made: {reason}. Mend that, or {INSTEAD}.") from error


def as_toml(policy: Policy) -> str:
    """Return the agreement as its file has it."""
    lines = [
        "# What was agreed on before anybody looks at anybody's calls. coach shift reads it each time it runs, and",
        "# prints it on every page. Whoever changes it tells the staff first, and changes told_on to that day.",
        f"purpose = {_quoted(policy.purpose)}  # nothing else: not pay, not discipline, not a comparison of people",
        f"supervisors = {quoted_list(policy.supervisors)}",
        f"sees = {quoted_list(policy.shown)}",
        f"keep_days = {policy.keep_days}",
        f"told_on = {policy.told_on.isoformat()}",
        f"ask = {_quoted(policy.ask)}",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # what cleaning lets through is the same string in TOML


def quoted_list(texts: Iterable[str]) -> str:
    """Return texts as TOML has a list of them."""
    return f"[{', '.join(map(_quoted, texts))}]"


def _refused(key: str, /, **blanks: object) -> ConfigurationError:
    return ConfigurationError(phrases(SHIFT)(f"refused.{key}", **blanks))
