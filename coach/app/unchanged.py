"""Whether a call was reviewed before, just as it would be now."""

from __future__ import annotations

from collections.abc import Callable

from coach.app.item import Request
from coach.app.naming import Facts, Output, Readings, conditions, hashes_of
from coach.app.pipeline import Pipeline


def unchanged(request: Request, output: Output, pipeline: Pipeline, readings: Readings | None = None) -> bool:
    """Return whether the same recording was reviewed by the same engines, recipe and settings, and all files are there.

    Who is the agent may have been put right meanwhile, by an option or a swap: that stays, unless this request
    says it anew.

    Args:
        request: The call.
        output: Where its files would go.
        pipeline: Stages and settings.
        readings: Reads what files hold.
    """
    readings = readings or Readings()
    facts = readings.facts(output.path("json"))
    if facts is None or not all(output.path(suffix).is_file() for suffix in pipeline.settings.formats):
        return False
    return same(request, pipeline, facts, lambda: tuple(hashes_of(request, readings))) and not told_since(
        request, output.path("json").stat().st_mtime
    )


def same(request: Request, pipeline: Pipeline, facts: Facts, hashes: Callable[[], tuple[str, ...]]) -> bool:
    """Return whether a review would come out as it did.

    Args:
        request: The call.
        pipeline: Stages and settings.
        facts: Of the review that is there.
        hashes: Gives the SHA-256 of each file that the call is known by; not asked for where that is settled without.
    """
    if request.agent_channel is not None or request.agent_speaker is not None:
        return False
    known = [facts.redacted]
    if not pipeline.settings.flag("redact_original"):  # where that is wanted, it has to have been done
        known.append(facts.hashes)
    return (
        facts.fingerprint == pipeline.expected_fingerprint(request)
        and facts.conditions == conditions(pipeline.effective_recipe(request))
        and hashes() in known
    )


def told_since(request: Request, written: float) -> bool:
    """Return whether a sidecar beside the recording is newer than its review.

    Args:
        request: The call.
        written: When the review was, in seconds since 1970.
    """
    recording = request.recording
    if recording is None:
        return False
    sidecars = (
        recording.with_name(stem + suffix) for stem in (recording.name, recording.stem) for suffix in (".json", ".toml")
    )
    return any(path.is_file() and path.stat().st_mtime > written for path in sidecars)
