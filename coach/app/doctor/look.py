"""The whole look: settings, models, folders, databases."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from coach import __version__
from coach.app.doctor import places, shifts, stores
from coach.app.doctor.values import Finding, ill, mind, well
from coach.app.models import verdicts
from coach.app.nightly.orders import Night, load_night
from coach.app.pipeline import models_folder
from coach.app.recipe import load_recipe
from coach.app.report_folder import Near, folder_at
from coach.app.review import settings_of
from coach.app.settings import Settings
from coach.app.shift.pages import PAGE
from coach.app.shift.running import shift_flags
from coach.app.working import work_folder
from coach.coaching.rubric import load_rubric
from coach.coaching.sentences import load_sentences
from coach.conversation import CoachError, ModelError
from coach.store.opening import library, place
from coach.store.values import Purpose

AS_IT_SHOULD_BE = "sound"


def look(store: str | None = None, recipe: str | None = None) -> Iterator[Finding]:
    """Yield what was found, one thing at a time; nothing is changed by looking.

    Args:
        store: A shift's store, as its recipe names it; the user's own when not given.
        recipe: A night's, as ``coach nightly`` takes it: its store, agreement, folders and settings are looked at.
    """
    yield well("coach", f"Version {__version__}, Python {sys.version.split()[0]}.")
    night: Night | None = None
    try:
        night = None if recipe is None else load_night(recipe)
        settings = settings_of({} if night is None else shift_flags({"recipe": night.recipe, "out": str(night.out)}))
        reports = folder_at(settings.text("out"))
        load_recipe(settings.text("recipe"))
        load_rubric(settings.text("rubric"))
        load_sentences()
    except CoachError as error:
        yield ill("settings", str(error), "Mend that place; coach config show prints what holds.", error.exit_code)
        return
    yield well("settings", "Settings, recipe, rubric and sentences can be read.")
    yield from _models(settings)
    yield shifts.recognising(settings)
    if night is not None:
        yield from shifts.inboxes(night)
        store = store or night.store
    if isinstance(reports, Near):
        yield places.disk("reports", reports.path)
        yield places.writable("reports", reports.path)
        yield places.unfinished("reports", reports.path)
    else:
        yield well("reports", f"They go to {reports.shown}, which a shift tries before it begins.")
    work = work_folder()
    yield places.disk("working files", work)
    yield places.private("working files", work)
    yield places.abandoned("working files", work)
    yield places.private("library", library())
    yield from stores.store("own", None, place(None, "own").file)
    if isinstance(reports, Near):
        yield _records(reports.path, store)
    try:
        where = place(store, "shift").file
    except CoachError as error:
        yield ill("shift's store", str(error), "Mend what the sentence names, and look again.", error.exit_code)
        return
    yield from stores.store("shift", store, where)
    policy = None if night is None else night.policy
    yield shifts.agreement(policy, awaited=night is not None or store is not None or where is None or where.is_file())


def exit_code(findings: list[Finding]) -> int:
    """Return what the command exits with: the code of the first thing that is ill."""
    return next((finding.exit_code for finding in findings if finding.state == "ill"), 0)


def _models(settings: Settings) -> Iterator[Finding]:
    """Yield each model that is here, and whether anything can be recognised at all."""
    found = verdicts()
    for verdict in found:
        if verdict.broken:
            yield ill(f"model {verdict.id}", verdict.sentence, f"coach models pull {verdict.id}", ModelError.exit_code)
    here = [verdict.id for verdict in found if verdict.state == AS_IT_SHOULD_BE]
    if here:
        yield well("models", f"Here and as they should be: {', '.join(here)}.")
    else:
        yield mind(
            "models",
            f"No speech model is here (looked in {models_folder(settings)}); transcripts can be reviewed.",
            "coach models pull small.en, or install coach with its bundled model.",
        )


def _records(out: Path, store: str | None) -> Finding:
    team = (out / PAGE).is_file()
    known: set[str] = set()
    there = False
    purposes: tuple[Purpose, ...] = ("shift",) if team else ("own", "shift")
    for purpose in purposes:
        url = store if purpose == "shift" else None
        try:
            found = _known(purpose, url)
        except CoachError as error:
            if purpose == "shift" and not team:
                continue  # told of by itself
            return ill("reports without a record", str(error), "Mend the store first.", error.exit_code)
        there = there or (found is not None and (team or purpose == "own"))
        known |= found or frozenset()
    if not there:
        return well("reports without a record", "There is no library yet to compare with.")
    return stores.unknown_reports(out, frozenset(known), team=team)


def _known(purpose: Purpose, url: str | None) -> frozenset[str] | None:
    """Return the hashes of a store's calls, ``None`` where there is none yet.

    Raises:
        CoachError: It cannot be read.
    """
    file = place(url, purpose).file
    if file is not None and (not file.is_file() or not os.access(file, os.R_OK)):
        return None
    from coach.store.store import open_store  # noqa: PLC0415

    with open_store(url, purpose=purpose) as opened:
        return frozenset(call.sha256 for call in opened.calls())
