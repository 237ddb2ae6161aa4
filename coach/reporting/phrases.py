"""Every sentence a report says by itself, from the one file that a supervisor may edit."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from coach.conversation import ConfigurationError, Measure, Moment, Role
from coach.reporting.text import clean, duration, number, percent
from coach.resources import resource

FILE = "reports/templates/phrases.toml"
SHIFT = "shift.toml"
"""The sentences of a shift's pages, beside those of a report."""

Tone = Literal["credit", "chance", "plain", "quiet"]
TONES: tuple[Tone, ...] = ("credit", "chance", "plain", "quiet")

_BLANK = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The sentences by their dotted names.

    Attributes:
        sentences: ``{"advice.keep": "Keep", …}``; tables of TOML become dots.
        file: Where they come from, for messages.
    """

    sentences: dict[str, str]
    file: str = FILE

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a sentence with its blanks filled in.

        Raises:
            ConfigurationError: The file lacks the sentence, or it has a blank that nothing fills.
        """
        sentence = self.sentences.get(key)
        if sentence is None:
            raise ConfigurationError(f"{self.file} has no sentence “{key}”. Put it back, or restore the file.")

        def fill(blank: re.Match[str]) -> str:
            name = blank[1]
            if name not in values:
                known = ", ".join(f"{{{value}}}" for value in values) or "none"
                raise ConfigurationError(
                    f"{self.file}: “{key}” has the blank {{{name}}}, which nothing fills. Those it can have: {known}."
                )
            return str(values[name])

        return _BLANK.sub(fill, sentence)

    def count(self, key: str, n: int, /, **values: object) -> str:
        """Return the sentence for a count: ``none`` or ``two`` where there is one, ``one``, or ``many``."""
        form = {0: "none", 1: "one", 2: "two"}.get(n, "many")
        if form in ("none", "two") and f"{key}.{form}" not in self.sentences:
            form = "many"
        return self(f"{key}.{form}", n=n, **values)

    def has(self, key: str) -> bool:
        """Whether the file has a sentence."""
        return key in self.sentences

    def or_name(self, key: str, name: str) -> str:
        """Return the sentence, or the name made readable where there is none."""
        return self(key) if key in self.sentences else clean(name.replace("_", " "))

    def kind(self, kind: str, role: Role = "agent") -> str:
        """Return what a kind of moment is called, for the party who did it."""
        theirs = f"kind.{kind}.customer"
        if role == "customer" and theirs in self.sentences:
            return self(theirs)
        return self.or_name(f"kind.{kind}.label", kind)

    def tone(self, kind: str, role: Role = "agent") -> Tone:
        """Return how a moment is marked; what the customer did is never more than noticed."""
        said = self.sentences.get(f"kind.{kind}.tone", "plain")
        tone: Tone = next((known for known in TONES if known == said), "plain")
        return "plain" if role == "customer" and tone != "quiet" else tone

    def moment(self, moment: Moment) -> str:
        """Return what a moment is called."""
        return self.kind(moment.kind, moment.role)

    def drill(self, drill: str) -> str:
        """Return what a drill is called: what it practises, and what the call was about."""
        for key in self.sentences:
            practised = key.removeprefix("drill.")
            if practised != key and drill.endswith(f"-{practised}"):
                topic = clean(drill.removesuffix(f"-{practised}").replace("-", " "))
                return self("drill.about", what=self(key), topic=topic)
        return clean(drill.replace("-", " "))

    def measure(self, name: str) -> str:
        """Return what a measure is called."""
        return self.or_name(f"measure.{name}.label", name)

    def value(self, measure: Measure) -> str:
        """Return a measure's value as people read it; counts of opportunities stay counts."""
        if measure.value is None:
            return self("measures.unknown")
        if measure.name == "heard_before_solving" and measure.numerator is not None and measure.denominator:
            return self(
                "measure.heard_before_solving.parts", n=number(measure.numerator), d=number(measure.denominator)
            )
        if measure.unit == "ratio":
            return percent(measure.value)
        if measure.unit == "s":
            return duration(measure.value)
        if measure.unit == "words/min":
            return f"{measure.value:.0f} {self('measures.per_minute')}"
        return number(measure.value)

    def parts(self, measure: Measure) -> str:
        """Return what a value is made of, empty where the value says it all."""
        key = f"measure.{measure.name}.parts"
        blanks = {"n": measure.numerator, "d": measure.denominator}
        if measure.value is None or key not in self.sentences or measure.name == "heard_before_solving":
            return ""
        if any(blanks[name] is None for name in _BLANK.findall(self.sentences[key]) if name in blanks):
            return ""
        shape = duration if self.sentences.get(f"measure.{measure.name}.of") == "s" else number
        return self(key, **{name: shape(value) for name, value in blanks.items() if value is not None})


def phrases(name: str = "phrases.toml") -> Phrases:
    """Return the product's sentences, read again when the file has changed.

    Args:
        name: The file in ``reports/templates``: a report's own, or ``SHIFT``.

    Raises:
        ConfigurationError: The file is missing or is no TOML.
    """
    path = resource("reports", "templates", name)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read. Restore it; a report has no words without it.") from error


@cache
def _read(path: Path, _changed: int) -> Phrases:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}. Mend the line, or restore the file.") from error
    file = f"reports/templates/{path.name}"
    return Phrases(dict(_flat(tables, file)), file)


def _flat(table: dict[str, object], file: str, prefix: str = "") -> list[tuple[str, str]]:
    """Return the sentences of nested tables under dotted names."""
    sentences: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            sentences += _flat(value, file, f"{key}.")
        elif isinstance(value, str):
            sentences.append((key, value))
        else:
            raise ConfigurationError(f"{file}: “{key}” is not a sentence in quotes.")
    return sentences
