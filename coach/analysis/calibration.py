"""Calibrated judgement: a handful of weights over readable features gives a probability."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp
from types import MappingProxyType
from typing import Any

from coach.conversation import ConfigurationError
from coach.resources import resource

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic weights of one detector.

    Attributes:
        intercept: Log odds with every feature at 0.
        weights: Log odds added for each unit of a feature.
    """

    intercept: float
    weights: Mapping[str, float]

    def confidence(self, features: Features) -> float:
        """Return the probability, 0 to 1, that a clause is of the kind."""
        odds = self.intercept
        for name, value in features.items():
            if value:
                odds += self.weights.get(name, 0.0) * value
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, odds))))


@cache
def calibration(kind: str) -> Calibration:
    """Return the weights of a detector, from the files in ``models/calibrations``.

    Raises:
        ConfigurationError: A file is damaged, or none holds such a detector.
    """
    try:
        entry = _files()[kind]
        return Calibration(
            float(entry["intercept"]), MappingProxyType({k: float(v) for k, v in entry["weights"].items()})
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigurationError(
            f"models/calibrations has no sound weights for '{kind}'. Restore the folder from the release."
        ) from error


@cache
def _files() -> dict[str, Any]:
    """Return every detector's numbers, of all families of detectors together."""
    found: dict[str, Any] = {}
    for path in sorted(resource("models", "calibrations").glob("*.toml")):
        try:
            found.update(tomllib.loads(path.read_text("utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigurationError(
                f"The calibration {path.name} in models/calibrations cannot be read ({type(error).__name__}). "
                "Restore it from the release."
            ) from error
    return found
