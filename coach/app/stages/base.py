"""What a stage is: a model loaded once, calls in, calls or failures out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from coach.app.item import Call, Failure
from coach.app.recipe import Need


class Stage(ABC):
    """One step of a recipe.

    Attributes:
        name: As the recipe writes it.
        version: Grows when the stage's results change; part of the fingerprint.
        need: What it takes and gives.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    need: ClassVar[Need]

    def open(self) -> None:  # noqa: B027  (most stages hold nothing)
        """Load what is held for the whole run.

        Raises:
            ModelError: A model is missing or damaged.
        """

    def close(self) -> None:  # noqa: B027
        """Let go of it."""

    @abstractmethod
    def one(self, call: Call) -> Call:
        """Return one call with this stage's results.

        Raises:
            CoachError: It cannot go on, with the reason.
        """

    def run(self, calls: Sequence[Call]) -> list[Call | Failure]:
        """Return each call with this stage's results, or its failure; a bad call never stops the others."""
        results: list[Call | Failure] = []
        for call in calls:
            try:
                results.append(self.one(call))
            except Exception as error:  # noqa: BLE001  (a fault of ours in one call must not lose the others)
                results.append(Failure.of(call.request, self.name, error))
        return results
