"""A folder of one's own, looked at again and again: what is new and whole is reviewed as one's own calls are."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coach.app.intake.discover import discover, sources_of
from coach.app.intake.known import Found
from coach.app.intake.requests import request_for
from coach.app.naming import plan
from coach.app.nightly.settling import Mark, marks_of
from coach.app.report_folder import near_folder
from coach.app.review import Outcome, open_pipeline, review_all
from coach.app.seen import Seen

if TYPE_CHECKING:
    from coach.app.asking import Ask

STILL: Final = 10.0
"""Seconds for which a file must have been still; a younger one waits until two looks find it the same."""


class Watched:
    """A folder, and what was seen of it.

    Args:
        folder: Of recordings, looked through with all below it.
        flags: Settings from the command line.

    Raises:
        CoachError: The settings cannot be, or no recogniser is there.
    """

    def __init__(self, folder: Path, flags: Mapping[str, object]) -> None:
        self._folder = folder
        self.pipeline = open_pipeline(flags, own=True)
        self.pipeline.choose_engine()
        self._sources = sources_of(self.pipeline.settings)
        self._before: dict[str, Mapping[Path, Mark]] = {}
        self._done: dict[str, Mapping[Path, Mark]] = {}

    @property
    def out(self) -> Path:
        """Where the reports go."""
        return near_folder(self.pipeline.settings.text("out"))

    def look(self, ask: Ask | None = None) -> Iterator[Outcome]:
        """Yield the outcome of every call that is new since the last look, as each is done.

        One that was refused is tried again when its file has changed.

        Args:
            ask: Reaches somebody who can say who is the agent, where nothing else does.

        Raises:
            CoachError: The folder's reports cannot be written, a model is missing.
        """
        found = discover([self._folder], sources=self._sources).found
        marks = {one.uri: marks_of(one) for one in found}
        now = time.time()
        new = [one for one in found if marks[one.uri] != self._done.get(one.uri) and self._whole(one, marks, now)]
        self._before = marks
        requests = [request_for(one) for one in new if one.path is not None]
        if not requests:
            return
        with Seen() as seen:
            outputs = plan(requests, self.out, seen, kinds=self.pipeline.settings.masked)
        reviews = review_all(requests, self.pipeline, outputs=outputs, ask=ask)
        for one, outcome in zip((one for one in new if one.path is not None), reviews, strict=False):
            self._done[one.uri] = marks[one.uri]
            yield outcome

    def _whole(self, one: Found, marks: Mapping[str, Mapping[Path, Mark]], now: float) -> bool:
        mine = marks[one.uri]
        old = all(now - at / 1e9 >= STILL for _, at in mine.values())
        return bool(mine) and (old or self._before.get(one.uri) == mine) and all(size for size, _ in mine.values())
