"""Which diarizer a name means."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.conversation import ModelError, UsageError
from coach.speech.diarizers.bundled import BundledDiarizer
from coach.speech.diarizers.choose import open_diarizer
from coach.speech.diarizers.protocol import Diarizer
from coach.speech.diarizers.pyannote import PyannoteDiarizer

CONFIG = """\
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params:
    clustering: VBxClustering
    segmentation: $model/segmentation
    embedding: $model/embedding
    plda: $model/plda
"""


def placed(folder: Path, config: str = CONFIG, parts: tuple[str, ...] = ("segmentation", "embedding", "plda")) -> Path:
    for part in parts:
        (folder / part).mkdir(parents=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(config)
    return folder


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PyannoteDiarizer, "available", staticmethod(lambda: True))


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PyannoteDiarizer, "available", staticmethod(lambda: False))


@pytest.mark.parametrize("name", [None, "auto", "bundled"])
def test_the_bundled_one_is_taken_where_nothing_else_was_placed(name: str | None, tmp_path: Path) -> None:
    assert isinstance(open_diarizer(name, models=tmp_path), BundledDiarizer)


def test_none_is_none(tmp_path: Path) -> None:
    assert open_diarizer("none", models=tmp_path) is None


@pytest.mark.usefixtures("importable")
def test_a_placed_pipeline_is_taken_before_the_bundled_one(tmp_path: Path) -> None:
    placed(tmp_path / "speaker-diarization-3.1")
    placed(tmp_path / "pyannote" / "speaker-diarization-community-1")

    assert named(open_diarizer("auto", models=tmp_path)) == "pyannote.audio speaker-diarization-community-1"
    assert isinstance(open_diarizer("bundled", models=tmp_path), BundledDiarizer)


@pytest.mark.usefixtures("missing")
def test_a_placed_pipeline_is_left_where_the_library_is_missing(tmp_path: Path) -> None:
    placed(tmp_path / "speaker-diarization-community-1")

    assert isinstance(open_diarizer("auto", models=tmp_path), BundledDiarizer)


@pytest.mark.usefixtures("importable")
def test_a_placed_pipeline_that_lacks_a_part_is_left(tmp_path: Path) -> None:
    placed(tmp_path / "speaker-diarization-community-1", parts=("segmentation", "embedding"))
    placed(tmp_path / "notes", config="pipeline: of another kind")

    assert isinstance(open_diarizer("auto", models=tmp_path), BundledDiarizer)


@pytest.mark.parametrize("prefix", ["", "pyannote:"])
def test_a_folder_is_a_pipeline(prefix: str, tmp_path: Path) -> None:
    folder = placed(tmp_path / "ours")

    assert named(open_diarizer(f"{prefix}{folder}", models=tmp_path / "models")) == "pyannote.audio ours"


def test_the_library_alone_is_named_for_what_was_placed(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no pyannote pipeline.*coach models pull"):
        open_diarizer("pyannote", models=tmp_path)

    placed(tmp_path / "ours")

    assert named(open_diarizer("pyannote", models=tmp_path)) == "pyannote.audio ours"


def test_a_pipeline_that_was_never_downloaded_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))

    for name in ("pyannote:pyannote/speaker-diarization-3.1", "pyannote/speaker-diarization-3.1"):
        with pytest.raises(ModelError, match=r"3\.1 is not on this computer.*coach models pull pyannote/speaker"):
            open_diarizer(name, models=tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("pipelines.SpeakerDiarization", "pipelines.pyannoteai.sdk.SDK"), "hands recordings to a service"),
        (("pyannote.audio.pipelines.SpeakerDiarization", "os.system"), "none of pyannote.audio's own"),
        (("pipeline:", "pipe: ["), "cannot be read"),
        (("$model/plda", "$model/lost"), "lost is missing"),
    ],
)
def test_a_pipeline_that_cannot_be_is_refused_with_its_reason(
    change: tuple[str, str], said: str, tmp_path: Path
) -> None:
    folder = placed(tmp_path / "ours", CONFIG.replace(*change))

    with pytest.raises(ModelError, match=said):
        open_diarizer(str(folder), models=tmp_path)


@pytest.mark.parametrize(("name", "hint"), [("bundeld", "bundled"), ("pyanote:x", "pyannote:FOLDER"), ("xyz", "auto")])
def test_an_unknown_name_is_refused_with_the_nearest(name: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=hint):
        open_diarizer(name, models=tmp_path)


def test_an_unknown_device_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="auto, cpu, cuda, mps"):
        open_diarizer("auto", device="tpu", models=tmp_path)


@pytest.mark.usefixtures("missing")
def test_a_missing_library_says_what_to_install(tmp_path: Path) -> None:
    diarizer = open_diarizer(str(placed(tmp_path / "ours")), models=tmp_path)

    assert diarizer is not None
    with pytest.raises(ModelError, match=r"pip install -r requirements/torch\.txt.*requirements/pyannote\.txt"):
        diarizer.__enter__()


def test_the_fingerprint_moves_with_any_part(tmp_path: Path) -> None:
    folder = placed(tmp_path / "ours")
    before = PyannoteDiarizer(str(folder)).fingerprint
    (folder / "embedding" / "pytorch_model.bin").write_bytes(b"weights")
    with_weights = PyannoteDiarizer(str(folder)).fingerprint
    (folder / "embedding" / "pytorch_model.bin").write_bytes(b"others.")

    assert len({before, with_weights, PyannoteDiarizer(str(folder)).fingerprint}) == 3


def named(diarizer: Diarizer | None) -> str:
    assert diarizer is not None
    return diarizer.name
