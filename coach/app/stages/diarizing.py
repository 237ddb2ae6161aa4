"""One channel becomes two parties, by voice."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from coach.app.item import Call, Lane
from coach.app.recipe import Need
from coach.app.stages.base import Stage
from coach.speech.diarizers.choose import open_diarizer
from coach.speech.diarizers.protocol import Diarizer
from coach.speech.gating import party_activity, party_lanes

BY_VOICE = (
    "Both parties are on one channel and were told apart by voice. Where both speak at once, and for very short "
    "answers, that is less certain than one channel a party."
)


class Diarize(Stage):
    """Tells apart the parties of a call on one channel; a call with a lane a party goes through as it is."""

    name = "diarize"
    need = Need(frozenset({"activity"}), frozenset({"parties"}))

    def __init__(self, diarizer: str, device: str, models: Path) -> None:
        self._choice = diarizer
        self._device = device
        self._models = models
        self._engine: Diarizer | None = None
        self._chosen = self._loaded = False
        self._held = ExitStack()

    @property
    def engine(self) -> Diarizer | None:
        """The chosen diarizer, not necessarily loaded; ``None`` when none is wanted.

        Raises:
            UsageError: There is none of that name.
        """
        if not self._chosen:
            self._engine = open_diarizer(self._choice, device=self._device, models=self._models)
            self._chosen = True
        return self._engine

    def close(self) -> None:
        """Let the model go."""
        self._held.close()
        self._engine, self._chosen, self._loaded = None, False, False

    def one(self, call: Call) -> Call:
        """Return the call with one lane a speaker."""
        engine = self.engine
        if call.separation != "none" or engine is None or not any(lane.activity.speech for lane in call.lanes):
            return call
        if not self._loaded:  # at the first call that needs it: most recordings may have two channels
            self._held.enter_context(engine)
            self._loaded = True
        (lane,) = call.lanes
        found = engine.diarize(lane.samples, lane.activity, progress=lambda share: call.progress(self.name, share))
        sounds = party_lanes(lane.samples, found, lane.activity)
        heard = party_activity(lane.activity, found)
        return replace(
            call,
            lanes=tuple(Lane(label, sounds[label], heard[label]) for label in found.speech),
            mono=lane.samples,
            separation="diarization",
            told_apart=min(found.confidence.values(), default=None),
            warnings=(*call.warnings, *([BY_VOICE] if len(found.speech) > 1 else []), *found.warnings),
        )
