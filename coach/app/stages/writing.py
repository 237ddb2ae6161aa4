"""From values to files. Nothing before this stage leaves anything on the disk."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from coach.app.item import Call, Request
from coach.app.naming import Output, sha256_of
from coach.app.our_words import offered
from coach.app.recipe import Need
from coach.app.stages.base import Stage
from coach.app.stages.judging import complete
from coach.app.stages.understanding import SURE_OF_ROLES
from coach.conversation import (
    Findings,
    Part,
    Provenance,
    Recording,
    Review,
    Role,
    Roles,
    StorageError,
)
from coach.privacy.kinds import Cover
from coach.privacy.mask import mask_text
from coach.privacy.sound import Silenced
from coach.reporting.files import placing, write_atomically
from coach.reporting.html import ReportSound, render_html
from coach.reporting.markdown import render_markdown
from coach.reporting.table import render_csv
from coach.reporting.view import json_text
from coach.reporting.vtt import render_vtt
from coach.speech.encoding import encode_mp3, peaks
from coach.speech.samples import Samples

PEAKS = 1200
"""Bars of the picture of each lane."""

HEARD_ENOUGH = 0.6
"""Below this share of clear words a party's recording is warned of."""

TEXT_FORMATS: Mapping[str, Callable[[Review], str]] = {
    "md": render_markdown,
    "csv": render_csv,
    "vtt": render_vtt,
    "json": json_text,
}


class Report(Stage):
    """The review file, the page, and what else was asked for; the review file last, for it says that all is there."""

    name = "report"
    need = Need(frozenset({"conversation", "masked words"}), frozenset({"files"}))

    def __init__(
        self, provenance: Callable[[Call], Provenance], recipe: Callable[[Request], Mapping[str, object]]
    ) -> None:
        self._provenance = provenance
        self._recipe = recipe

    def one(self, call: Call) -> Call:
        """Return the call with its review and the files that were written."""
        review = build_review(call, self._provenance(call), self._recipe(call.request))
        formats = call.settings.formats
        folder = call.output.folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageError(
                f"The folder {folder} cannot be made: {error.strerror}. Choose another with --out."
            ) from error
        files = []
        if "html" in formats:
            sound = self._sound(call)
            path = call.output.path("html")
            # A shift keeps no library, and whoever runs it is not who took the call: their own words stay out of it.
            own_words = offered(review) if call.settings.flag("library") else {}
            write_atomically(path, render_html(review, sound, own_words))
            files.append(path)
            if sound is not None and sound.src is not None:
                files.append(folder / sound.src)
        for name in sorted(set(formats) - {"html", "json"}) + ["json"] * ("json" in formats):
            path = call.output.path(name)
            write_atomically(path, TEXT_FORMATS[name](review))
            files.append(path)
        return replace(call, review=review, files=tuple(files))

    def _sound(self, call: Call) -> ReportSound | None:
        """Return the masked sound for the page; beside it where it is too long to stand inside."""
        if call.sound is None or not call.lanes:
            return None
        lanes = _silenced(call, "silence")
        loud = peaks(lanes, PEAKS)
        lanes = _silenced(call, call.settings.cover)
        if call.mono is not None:  # told apart by voice: the lanes are pictures, the sound is the one recording
            lanes = [Silenced(call.mono, call.silenced, call.settings.cover)]
        if not call.settings.flag("embed"):
            return ReportSound(peaks=loud, duration=call.duration)
        progress = lambda share: call.progress(self.name, share)  # noqa: E731
        if call.duration <= call.settings.number("embed_minutes") * 60:
            buffer = io.BytesIO()
            encode_mp3(lanes, buffer, progress=progress)
            return ReportSound(mp3=buffer.getvalue(), peaks=loud, duration=call.duration)
        return ReportSound(src=_sidecar(lanes, call.output, progress), peaks=loud, duration=call.duration)


def _sidecar(lanes: Sequence[Samples], output: Output, progress: Callable[[float], None]) -> str:
    """Write the sound beside the page, whole or not at all, and return its name."""
    path = output.path("mp3")
    with placing(path) as unfinished:
        encode_mp3(lanes, unfinished, progress=progress)
    return path.name


def _silenced(call: Call, cover: Cover) -> list[Samples]:
    """Return the lanes without what was masked, agent first."""
    agent = call.roles.agent if call.roles is not None else None
    lanes = sorted(call.lanes, key=lambda lane: lane.speaker != agent)
    return [Silenced(lane.samples, call.silenced, cover) for lane in lanes]


def build_review(call: Call, provenance: Provenance, recipe: Mapping[str, object]) -> Review:
    """Return the review of a call that has been through every stage.

    Args:
        call: With its conversation.
        provenance: What made it.
        recipe: The effective recipe, as the report shows it.
    """
    if call.conversation is None:
        raise ValueError("the recipe's order was not checked")
    conversation, kinds = call.conversation, call.settings.masked
    heard: dict[Role, float | None] = {
        "agent": conversation.heard("agent"),
        "customer": conversation.heard("customer"),
    }
    roles = call.roles or Roles(None, "none", 0.0, "nobody asked who is the agent")
    sidecar = call.sidecar
    return Review(
        recording=_recording(call, roles),
        separation=call.separation,
        told_apart=call.told_apart,
        heard=heard,
        warnings=tuple(
            dict.fromkeys((*(call.request.hide(warning, kinds) for warning in call.warnings), *_cautions(roles, heard)))
        ),
        masked=call.masked or {},
        provenance=provenance,
        roles=roles,
        conversation=conversation,
        findings=complete(call.findings or Findings()),
        skills=call.skills,
        coaching=call.coaching,
        source=call.sound.sha256 if call.sound is not None else sha256_of(call.request.source),
        call_type=mask_text(sidecar.call_type, kinds)
        if sidecar is not None and sidecar.call_type is not None
        else None,
        recipe=recipe,
    )


def _recording(call: Call, roles: Roles) -> Recording:
    sound, sidecar, kinds = call.sound, call.sidecar, call.settings.masked
    agent = call.settings["agent"]
    name = str(agent) if agent is not None else (sidecar.agent if sidecar is not None else None)
    name = mask_text(name, set(kinds) - {"name"}) if name is not None else None  # the agent's own stays
    started = sidecar.started_at if sidecar is not None else None
    if sound is None:
        return Recording(agent=name, started_at=started)
    known: tuple[Role, ...] = ("agent", "customer") if len(sound.parts) > 1 else ("unknown",)
    parts = tuple(
        Part(role, call.request.hide(path.name, kinds), digest)
        for role, (path, digest) in zip(known, sound.parts, strict=False)
        if len(sound.parts) > 1
    )
    return Recording(
        uri=call.request.hide(call.request.source.name, kinds),
        sha256=sound.sha256,
        duration=sound.duration,
        sample_rate=sound.sample_rate,
        channels=sound.channels,
        agent_channel={"left": 0, "right": 1}.get(call.own_channel or roles.agent or ""),
        agent=name,
        started_at=started,
        parts=parts,
    )


def _cautions(roles: Roles, heard: Mapping[Role, float | None]) -> list[str]:
    cautions = []
    if roles.agent is not None and roles.confidence < SURE_OF_ROLES:
        cautions.append("It is not quite certain which party is the agent.")
    for role, share in heard.items():
        if share is not None and share < HEARD_ENOUGH:
            cautions.append(
                f"Only {share:.0%} of the {role}'s speech was heard clearly, so what seems missing there may have "
                "been said."
            )
    return cautions
