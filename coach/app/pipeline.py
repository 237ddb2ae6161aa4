"""A recipe becomes stages, and stages make reviews."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import platformdirs

from coach import __version__
from coach.analysis.analyse import definitions
from coach.app.asking import Ask
from coach.app.item import Call, Failure, Request
from coach.app.naming import Output, sha256_of
from coach.app.recipe import Need, Recipe, check_order
from coach.app.settings import KEYS, Settings
from coach.app.stages.base import Stage
from coach.app.stages.diarizing import Diarize
from coach.app.stages.hearing import Decode, Listen, Transcribe
from coach.app.stages.judging import Analyse, Coach, sentence_model
from coach.app.stages.masking import Mask
from coach.app.stages.remembering import Recalls, Remembering
from coach.app.stages.understanding import Converse
from coach.app.stages.writing import Report
from coach.app.working import sweep, work_folder
from coach.coaching.rubric import rubric_file
from coach.conversation import ConfigurationError, Provenance, StorageError
from coach.engines.machine import hand_back
from coach.resources import resource
from coach.speech.diarizers.protocol import Diarizer

_STAGES: Mapping[str, type[Stage]] = {
    stage.name: stage for stage in (Decode, Listen, Diarize, Transcribe, Mask, Converse, Analyse, Coach, Report)
}

NEEDS: Mapping[str, Need] = {name: stage.need for name, stage in _STAGES.items()}


def models_folder(settings: Settings) -> Path:
    """Return where pulled models lie."""
    chosen = settings["models"]
    return Path(str(chosen)).expanduser() if chosen is not None else platformdirs.user_data_path("coach") / "models"


class Pipeline:
    """The stages of one recipe, loaded once for a whole run.

    Use :meth:`running` around the work; what a call leaves in the working folder is nameless and goes with it.

    Args:
        recipe: Which stages.
        settings: What they go by.
        memory: The person's own library, in their own reviews: it changes what is shown, and never the fingerprint.
    """

    def __init__(self, recipe: Recipe, settings: Settings, memory: Recalls | None = None) -> None:
        check_order(recipe, NEEDS)
        self.recipe = recipe
        self.settings = settings
        self.remembers = memory is not None
        remembering = Remembering(memory, lambda call: self.provenance(call).fingerprint) if memory else None
        self._rubric = _rubric(settings.text("rubric")) if "coach" in recipe.stages else settings.text("rubric")
        self._work = _private_folder()
        self._transcribe = Transcribe(settings.text("transcriber"), settings.text("device"), models_folder(settings))
        self._diarize = Diarize(settings.text("diarizer"), settings.text("device"), models_folder(settings))
        self._analyse = Analyse(recipe.analyzers, sentence_model(settings.text("semantic"), models_folder(settings)))
        makers: Mapping[str, Callable[[], Stage]] = {
            "decode": lambda: Decode(self._work),
            "listen": Listen,
            "diarize": lambda: self._diarize,
            "transcribe": lambda: self._transcribe,
            "mask": lambda: Mask(self._transcribe),
            "converse": Converse,
            "analyse": lambda: self._analyse,
            "coach": lambda: Coach(settings.text("rubric"), remembering),
            "report": lambda: Report(self.provenance, self.effective_recipe),
        }
        self.stages = tuple(makers[name]() for name in recipe.stages)

    @property
    def work(self) -> Path:
        """The folder for nameless working files."""
        return self._work

    def choose_engine(self) -> None:
        """Settle on a recogniser before any call is touched, so that a mistyped name costs nobody a wait.

        Raises:
            UsageError: There is none of that name.
        """
        for stage in (self._transcribe, self._diarize):
            if stage in self.stages:
                _ = stage.engine

    @property
    def _diarizer(self) -> Diarizer | None:
        return self._diarize.engine if self._diarize in self.stages else None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Hold the models of all stages.

        Raises:
            ModelError: One is missing or damaged.
        """
        opened: list[Stage] = []
        try:
            for stage in self.stages:
                stage.open()
                opened.append(stage)
            yield
        finally:
            for stage in reversed(opened):
                stage.close()

    def review(
        self,
        request: Request,
        output: Output,
        progress: Callable[[str, float], None] | None = None,
        ask: Ask | None = None,
    ) -> Call | Failure:
        """Return the reviewed call, or why it could not be reviewed.

        Args:
            request: The call.
            output: Where its files go.
            progress: Told each stage's name and share done.
            ask: Reaches somebody who can say who is the agent, where nothing else does.
        """
        call = Call(request, self.settings, output, progress or (lambda _stage, _share: None), ask)
        opened = call
        try:
            for stage in self.stages:
                call.progress(stage.name, 0.0)
                (result,) = stage.run([call])
                if isinstance(result, Failure):
                    return result
                call = opened = result
                call.progress(stage.name, 1.0)
            return replace(call, sound=None, lanes=())
        finally:
            if opened.sound is not None:
                opened.sound.close()
            hand_back()

    def effective_recipe(self, request: Request) -> dict[str, object]:
        """Return what a report shows as its recipe: stages, every setting with its origin, and what was asked."""
        shown = self.recipe.as_written()
        shown["settings"] = {
            name: {"value": _plain(setting.value), "origin": setting.origin}
            for name, setting in self.settings.values.items()
            if setting.value is not None and name not in ("out", "models", "sources", "timezone")
        }
        asked = {"only_me": request.only_me, "raw": request.raw, "swapped": request.swapped}
        shown |= {name: value for name, value in asked.items() if value}
        if told := _told(request):  # where a list says otherwise since, the call is reviewed again
            shown["known"] = told
        if request.transcript is not None:
            shown["transcript"] = sha256_of(request.transcript)
        return shown

    def fingerprint(self, transcriber: str) -> str:
        """Return what the findings depend on, as 16 hex digits: reviews that differ in it are not compared.

        Args:
            transcriber: The recogniser's fingerprint.
        """
        diarizer = self._diarizer
        parts = {
            "coach": __version__,
            "stages": {stage.name: stage.version for stage in self.stages},
            "definitions": definitions(),
            "transcriber": transcriber,
            "diarizer": diarizer.fingerprint if diarizer is not None else None,
            "recipe": self.recipe.as_written(),
            "settings": {name: str(self.settings[name]) for name, key in KEYS.items() if key.result}
            | {"rubric": self._rubric},
            "judged by": _judged_by(),
            "semantic": self._analyse.semantic_fingerprint,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]

    def provenance(self, call: Call) -> Provenance:
        """Return what made a call's review."""
        if call.imported is not None:
            engine, mark = call.imported.transcript.engine, "import"
        elif "transcribe" in self.recipe.stages:
            engine, mark = self._transcribe.engine.name, self._transcribe.engine.fingerprint
        else:
            engine, mark = "none", "none"
        diarizer = self._diarizer
        return Provenance(
            coach=__version__,
            recipe=self.recipe.name,
            transcriber=engine,
            diarizer=diarizer.name if diarizer is not None and call.separation == "diarization" else None,
            fingerprint=self.fingerprint(mark),
            definitions=definitions(),
        )

    def expected_fingerprint(self, request: Request) -> str:
        """Return the fingerprint that a review of this request would carry."""
        if request.transcript is not None:
            return self.fingerprint("import")
        if "transcribe" not in self.recipe.stages:
            return self.fingerprint("none")
        return self.fingerprint(self._transcribe.engine.fingerprint)


def _told(request: Request) -> dict[str, str]:
    """Return what a list, a pattern or a name says of the call, masked, as far as a review goes by it."""
    names = ("agent", "agent_channel", "started_at", "direction", "call_type")
    values = {} if request.known is None else {name: getattr(request.known, name) for name in names}
    return {name: request.hide(str(value)) for name, value in values.items() if value is not None}


def _rubric(name: str) -> str:
    """Return what a review owes to a rubric: the content of one's own, however its file is called.

    Raises:
        ConfigurationError: There is none, or it cannot be read.
    """
    if not name.endswith(".toml"):
        return name  # those that come with the product are among what is judged by
    try:
        return hashlib.sha256(rubric_file(name).read_bytes()).hexdigest()
    except OSError as error:
        raise ConfigurationError(f"The rubric {Path(name).name} cannot be read: {error.strerror}.") from error


@cache
def _judged_by() -> str:
    """Return a digest of the files that judgements are made with: edit a word list, and reviews are not compared."""
    total = hashlib.sha256()
    wanted = (("lexicons", "*.toml"), ("calibrations", "*.toml"), ("rubrics", "*.toml"), ("sentences", "coaching.toml"))
    for folder, pattern in wanted:
        for path in sorted(resource("models", folder).glob(pattern)):
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value


def _private_folder() -> Path:
    """Return the folder for nameless working files: the user's own, on a disk rather than in memory."""
    folder = work_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        sweep(folder)
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"coach-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StorageError(f"No folder for working files: {error.strerror}. Set TMPDIR to one.") from error
    return folder
