"""Every sentence the coach says, from one file that a supervisor may edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from string import Formatter
from types import MappingProxyType

from coach.coaching import toml
from coach.coaching.rubric import KEEP, SKILLS, TRY
from coach.conversation import ConfigurationError
from coach.resources import resource

HEARD = ("said_back", "echo", "acknowledged", "reassured", "asked", "owned", "room", "to_the_point")
"""What may be heard in an answer to a drill, in the order in which it is told."""

_COUNT = frozenset({"met", "of"})
_NONE: frozenset[str] = frozenset()


def _wanted() -> dict[str, frozenset[str]]:
    """Return every sentence's name, and the blanks it may have."""
    wanted: dict[str, frozenset[str]] = {}
    for skill in SKILLS:
        wanted[f"skill.{skill}"] = _NONE
        wanted[f"counted.{skill}"] = _COUNT
    wanted |= {f"heard.{name}": blanks for name, blanks in _HEARD.items()}
    wanted |= {f"absent.{name}": _NONE for name in _ABSENT}
    wanted |= {"time.one": _NONE, "time.many": frozenset({"n"})}
    wanted |= {f"keep.{kind}": frozenset({"seconds"}) for kind in KEEP}
    wanted["keep.letting_them_finish"] = _COUNT
    for kind in TRY:
        wanted[f"try.{kind}.why"] = frozenset({"seconds"}) if kind == "dead_air" else _NONE
        wanted |= {f"try.{kind}.{form}": blanks for form, blanks in _FORMS.items()}
    wanted |= {f"practice.{name}": blanks for name, blanks in _PRACTICE.items()}
    wanted |= {f"noticed.{skill}": frozenset({"times"}) for skill in SKILLS}
    wanted |= {f"times.{name}": _NONE for name in ("two", "three", "five", "ten")}
    wanted |= {"rest.two": _NONE, "rest.many": frozenset({"n"})}
    return wanted | {f"no_try.{name}": _NONE for name in _NO_TRY}


_HEARD = {"both": frozenset({"agent", "customer"}), "unknown": _NONE, "besides": frozenset({"n"})}
_ABSENT = ("roles", "not_heard", "timing", "delay", "nothing", "call_type", "words", "hard", "one_party")
_FORMS = {"clause": frozenset({"clause"}), "thing": frozenset({"thing"}), "plain": _NONE}
_NO_TRY = (
    *("nothing", "quiet", "unsure", "hard", "roles", "one_party", "one_lane", "not_heard", "words", "delay", "resting"),
)

_SAID = frozenset({"said"})
_PRACTICE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        [
            *(
                f"ask.{name}"
                for name in ("think", "seat", "seat_own", "seat_none", "land", "answer", "again", "another")
            ),
            *(f"ask.{name}" for name in ("skip", "skip_seat", "reply", "yes")),
            *("scene.customer", "heard.to_the_point", "heard.other"),
            *(f"missed.{name}" for name in ("said_back", "acknowledged", "room", "unclear", "ear")),
            *("noted.solved_first", "noted.forced_apology", "noted.not_needed"),
            *(f"seat.{name}" for name in ("said_back", "acknowledged", "room", "not_needed", "heard")),
            *("compare.first", "compare.second", "compare.same"),
            *(f"name.{name}" for name in HEARD),
            *("log.empty", "log.drill_one", "log.day_one", "log.heard"),
        ],
        _NONE,
    ),
    **dict.fromkeys((f"heard.{name}" for name in HEARD if name != "to_the_point"), _SAID),
    **dict.fromkeys((f"noted.{name}" for name in ("formula", "blame", "policy", "wrong_feeling")), _SAID),
    "ask.listening": frozenset({"name"}),
    "noted.long": frozenset({"seconds"}),
    "missed.one_way": frozenset({"suggestion"}),
    **dict.fromkeys(("missed.words_me", "missed.words_team"), frozenset({"day", "said"})),
    "scene.screen": frozenset({"screen"}),
    "scene.own": frozenset({"call", "at"}),
    "scene.earlier": _SAID,
    "scene.listen": frozenset({"page", "at"}),
    "scene.might": frozenset({"might"}),
    "compare.more": frozenset({"what"}),
    "log.total": frozenset({"drills", "days"}),
    "log.drill_many": frozenset({"n"}),
    "log.day_many": frozenset({"n"}),
    "log.new": frozenset({"what"}),
}
"""What `coach practice` says, by name, with the blanks that are filled."""

WANTED: Mapping[str, frozenset[str]] = MappingProxyType(_wanted())
"""Every sentence by its dotted name, with the blanks that are filled for it."""


class Sentences:
    """The sentences by name.

    Args:
        texts: Sentences by dotted name, as checked by ``read_sentences``.
    """

    skills = SKILLS

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __call__(self, name: str, /, **blanks: object) -> str:
        """Return a sentence with its blanks filled."""
        return self._texts[name].format(**blanks)

    def __iter__(self) -> Iterator[str]:
        """Every sentence, as written."""
        return iter(self._texts.values())

    def seconds(self, duration: float) -> str:
        """Return a length of time in words, from a duration in seconds."""
        whole = round(duration)
        return self("time.one") if whole <= 1 else self("time.many", n=whole)


@cache
def load_sentences() -> Sentences:
    """Return the sentences of ``models/sentences/coaching.toml``.

    Raises:
        ConfigurationError: The file is damaged, or a sentence is missing or unknown.
    """
    path = resource("models", "sentences", "coaching.toml")
    return read_sentences(toml.load(path), path.name)


def read_sentences(table: toml.Table, where: str) -> Sentences:
    """Return sentences from what their file says.

    Args:
        table: The file's content.
        where: The file's name, for messages.

    Raises:
        ConfigurationError: A sentence is missing, unknown, or has a blank that nothing fills.
    """
    texts = dict(_flat(table, ""))
    toml.known(texts, WANTED, where)
    for name, blanks in WANTED.items():
        if name not in texts:
            raise ConfigurationError(f"{where} lacks the sentence {name}. Put it back, or restore the file.")
        _check(texts[name], name, blanks, where)
    return Sentences({name: str(text) for name, text in texts.items()})


def _flat(table: toml.Table, prefix: str) -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _check(text: object, name: str, blanks: frozenset[str], where: str) -> None:
    if not isinstance(text, str) or not text.strip():
        raise ConfigurationError(f"{where}: {name} should be a sentence in quotation marks.")
    known = ", ".join(f"{{{blank}}}" for blank in sorted(blanks)) or "none"
    try:
        parts = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise ConfigurationError(
            f"{where}: {name} has a brace without its pair. Blanks it can have: {known}."
        ) from error
    if any(blank not in blanks or how or change for blank, how, change in parts):
        raise ConfigurationError(f"{where}: {name} has a blank that nothing fills. Blanks it can have: {known}.")
