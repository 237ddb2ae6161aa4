"""From a conversation to advice: analyse, coach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from coach.analysis.analyse import ANALYZERS, analyse, prepare
from coach.analysis.semantic import Semantic
from coach.analysis.sentence_model import SentenceModel
from coach.analysis.turn_taking import delayed_line
from coach.app.item import Call
from coach.app.recipe import Need
from coach.app.stages.base import Stage
from coach.app.stages.remembering import Remembering
from coach.coaching.advice import advise
from coach.coaching.rubric import load_rubric
from coach.coaching.skills import skills
from coach.conversation import ConfigurationError, Findings, Measure, converse
from coach.nearest import did_you_mean
from coach.speech import registry

DELAYED = (
    "Both parties often started at the same moment, as happens on a delayed line. Overlaps may be the line's doing, "
    "so nothing is advised about interrupting."
)

LEFT_OUT = "the recipe leaves it out"


class Analyse(Stage):
    """Measures and moments, by the analysers that the recipe names."""

    name = "analyse"
    need = Need(frozenset({"conversation"}), frozenset({"findings"}))

    def __init__(self, analyzers: Sequence[str] | None = None, sentences: Path | None = None) -> None:
        for name in analyzers or ():
            if name not in ANALYZERS:
                raise ConfigurationError(f'There is no analyser "{name}"; {did_you_mean(name, ANALYZERS)}')
        self._names = analyzers
        self._folder = sentences
        self._semantic: Semantic | None = None

    @property
    def semantic_fingerprint(self) -> str | None:
        """What judgements owe to a sentence model, ``None`` where they are made without."""
        return f"{SENTENCE_MODEL} {registry.find(SENTENCE_MODEL).digest}" if self._folder is not None else None

    def open(self) -> None:
        """Read the word lists, and the sentence model where there is one.

        Raises:
            ModelError: Its files are not what they should be.
        """
        prepare()
        if self._folder is not None:
            folder = registry.require(registry.find(SENTENCE_MODEL), self._folder)
            self._semantic = SentenceModel(folder, self.semantic_fingerprint or "")

    def close(self) -> None:
        """Let go of the sentence model."""
        self._semantic = None

    def one(self, call: Call) -> Call:
        """Return the call with its findings."""
        if call.conversation is None:
            raise ValueError("the recipe's order was not checked")
        warnings = (DELAYED,) if delayed_line(call.conversation) else ()
        findings = analyse(call.conversation, self._names, semantic=self._semantic)
        return replace(call, findings=findings, warnings=(*call.warnings, *warnings))


SENTENCE_MODEL = "all-minilm-l6-v2"
"""The one that the weights of ``models/calibrations/paraphrase_semantic.toml`` were fitted with."""


def sentence_model(choice: str, models: Path) -> Path | None:
    """Return the folder of pulled models where the sentence model is there and wanted, ``None`` otherwise.

    Args:
        choice: ``auto`` or ``off``.
        models: Folder of pulled models.
    """
    wanted = choice == "auto" and registry.present(registry.find(SENTENCE_MODEL), models)
    return models if wanted else None


def complete(findings: Findings) -> Findings:
    """Return the findings with every measure that the recipe left out: not computed, and why."""
    there = {measure.name for measure in findings.measures}
    missing = tuple(measure for measure in _unmeasured() if measure.name not in there)
    return replace(findings, measures=(*findings.measures, *missing))


@cache
def _unmeasured() -> tuple[Measure, ...]:
    """Return every measure there is, as a recipe without analysis leaves it."""
    nothing = analyse(converse((), 0.0, "none"))
    return tuple(Measure(measure.name, measure.unit, None, why=LEFT_OUT) for measure in nothing.measures)


class Coach(Stage):
    """Skills, one thing to keep, one to try; in the person's own reviews, in the light of their earlier calls."""

    name = "coach"
    need = Need(frozenset({"findings"}), frozenset({"advice"}))

    def __init__(self, rubric: str, remembering: Remembering | None = None) -> None:
        self._rubric = load_rubric(rubric)
        self._remembering = remembering

    def one(self, call: Call) -> Call:
        """Return the call with skills and advice."""
        if call.conversation is None or call.findings is None:
            raise ValueError("the recipe's order was not checked")
        delayed = delayed_line(call.conversation)
        call_type = call.sidecar.call_type if call.sidecar is not None else None
        earlier = self._remembering
        findings = earlier.findings(call) if earlier is not None else call.findings
        recent = earlier.recent(call) if earlier is not None else ()
        found = skills(call.conversation, findings, self._rubric, call_type=call_type, delayed_line=delayed)
        coaching = advise(call.conversation, findings, found, self._rubric, delayed_line=delayed, recent=recent)
        return replace(call, findings=findings, skills=found, coaching=coaching)
