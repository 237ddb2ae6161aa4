"""pyannote.audio for real, on a small pipeline that is made here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from coach.conversation import Interval, ModelError, Timeline, intersection, total, union
from coach.speech.activity import LaneActivity
from coach.speech.diarizers.choose import open_diarizer
from coach.speech.diarizers.protocol import Diarization
from coach.speech.diarizers.pyannote import PyannoteDiarizer, _libraries
from coach.speech.samples import RATE, InMemory, Int16

pytestmark = pytest.mark.pyannote

if not PyannoteDiarizer.available():
    pytest.skip("torch and pyannote.audio are not installed: make test-pyannote", allow_module_level=True)

torch, audio = _libraries()
import tiny_pyannote as tiny  # noqa: E402  (imports the library, which warns at import)

SECONDS = 45.0
TURNS = tiny.turns(SECONDS, seed=5)
LAYOUTS = ("community-1", "3.1")


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def pipelines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {layout: tiny.build(folder / f"tiny-{layout}", layout) for layout in LAYOUTS}


@pytest.fixture
def folder(pipelines: dict[str, Path]) -> Path:
    return pipelines["community-1"]


def lane(turns: list[tiny.Turn], seconds: float) -> InMemory:
    return InMemory((tiny.call(turns, seconds, seed=5) * 32767).astype(np.int16))


def active(*speech: Interval) -> LaneActivity:
    return LaneActivity(speech, speech, -20.0, -60.0, clipped=False)


CALL = lane(TURNS, SECONDS)
SPEECH = active(Interval(0.5, SECONDS - 0.2))


def truth(turns: list[tiny.Turn]) -> list[Timeline]:
    return [union(Interval(start, end) for voice, start, end in turns if voice == one) for one in (0, 1)]


def heard(source: Path | str, *, speakers: int | None = 2, samples: InMemory = CALL) -> Diarization:
    with PyannoteDiarizer(str(source), device="cpu") as diarizer:
        return diarizer.diarize(samples, SPEECH, speakers=speakers)


def confused(found: Diarization, turns: list[tiny.Turn]) -> float:
    """Return the share of one-voice time that is given to the other speaker, under the better of both namings."""
    low, high = truth(turns)
    alone = [subtracted(low, high), subtracted(high, low)]
    one, two = (found.exclusive.get(label, ()) for label in ("1", "2"))

    def wrong(first: Timeline, second: Timeline) -> float:
        return total(intersection(first, alone[1])) + total(intersection(second, alone[0]))

    return min(wrong(one, two), wrong(two, one)) / (total(alone[0]) + total(alone[1]))


def subtracted(times: Timeline, others: Timeline) -> Timeline:
    points = sorted({edge for one in (*times, *others) for edge in (one.start, one.end)})
    pieces = [Interval(start, end) for start, end in pairwise(points)]
    return union(p for p in pieces if intersection([p], times) and not intersection([p], others))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_two_voices_are_told_apart(layout: str, pipelines: dict[str, Path]) -> None:
    found = heard(pipelines[layout])

    assert list(found.speech) == ["1", "2"]
    assert found.speech["1"][0] < found.speech["2"][0]
    assert confused(found, TURNS) < 0.05
    for times, true in zip(found.speech.values(), truth(TURNS), strict=True):
        assert total(times) == pytest.approx(total(true), rel=0.15)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_call_of_one_window_is_heard_as_the_library_hears_it(layout: str, pipelines: dict[str, Path]) -> None:
    with PyannoteDiarizer(str(pipelines[layout]), device="cpu") as ours:
        found = ours.diarize(CALL, SPEECH)
        plain = ours._pipeline
        del plain._embedding.model_.forward  # as the library has it
        plain.embedding_batch_size = plain.segmentation_batch_size = 32
        sound = torch.from_numpy(CALL.read(0, len(CALL)).astype(np.float32) / 2**15)[None]
        output = plain({"waveform": sound, "sample_rate": RATE}, num_speakers=2)

    for ours_said, library_said in (
        (found.speech, output.speaker_diarization),
        (found.exclusive, output.exclusive_speaker_diarization),
    ):
        theirs = sorted(
            union(*[[Interval(s.start, min(s.end, SECONDS))] for s in library_said.label_timeline(label)])
            for label in library_said.labels()
        )
        assert sorted(ours_said.values()) == theirs


def test_speech_may_overlap_and_exclusive_speech_may_not(folder: Path) -> None:
    found = heard(folder)

    assert total(intersection(found.speech["1"], found.speech["2"])) > 0.5
    assert intersection(found.exclusive["1"], found.exclusive["2"]) == ()
    for times in (*found.speech.values(), *found.exclusive.values()):
        assert times == union(times)
        assert times[0].start >= 0
        assert times[-1].end <= SECONDS


def test_a_long_call_is_heard_in_windows_with_the_same_two_speakers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = heard(folder)
    monkeypatch.setattr(PyannoteDiarizer, "window", 20.0)
    monkeypatch.setattr(PyannoteDiarizer, "overlap", 5.0)

    found = heard(folder)

    assert list(found.speech) == ["1", "2"]
    assert confused(found, TURNS) < 0.05
    for label in found.speech:
        shared = total(intersection(found.speech[label], whole.speech[label]))
        assert shared == pytest.approx(total(whole.speech[label]), rel=0.05)


def test_four_hours_are_never_in_memory_at_once(folder: Path) -> None:
    class Long:
        most = 0

        def __len__(self) -> int:
            return 4 * 3600 * RATE

        def read(self, start: int, stop: int) -> Int16:
            self.most = max(self.most, stop - start)
            return np.zeros(stop - start, np.int16)

    samples, asked = Long(), []

    def pipeline(file: dict[str, object], **settings: object) -> object:
        asked.append((file["waveform"].shape, settings["num_speakers"]))  # type: ignore[attr-defined]
        annotation = core_annotation()
        annotation[segment(1.0, 2.0), "a"] = "SPEAKER_00"
        return annotation

    with PyannoteDiarizer(str(folder), device="cpu") as diarizer:
        diarizer._pipeline = pipeline
        found = diarizer.diarize(samples, SPEECH)

    assert samples.most <= PyannoteDiarizer.window * RATE
    assert len(asked) == 9
    assert {speakers for _, speakers in asked} == {2}
    assert total(union(*found.speech.values())) == pytest.approx(1.0)  # the others lie in the half of the window before


def core_annotation() -> object:
    return __import__("pyannote.core", fromlist=["Annotation"]).Annotation()


def segment(start: float, end: float) -> object:
    return __import__("pyannote.core", fromlist=["Segment"]).Segment(start, end)


def test_a_pipeline_of_the_hub_is_taken_from_the_cache(
    pipelines: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = pipelines["3.1"]
    config = (source / "config.yaml").read_text()
    for part in ("segmentation", "embedding"):
        cached(tmp_path, f"pyannote/{part}-tiny", source / part / "pytorch_model.bin")
        config = config.replace(f"{part}: {part}\n", f"{part}: pyannote/{part}-tiny\n")
    file = tmp_path / "config.yaml"
    file.write_text(config)
    cached(tmp_path, "pyannote/diarization-tiny", file)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))

    found = heard("pyannote/diarization-tiny")

    assert found == heard(source)
    named = open_diarizer("pyannote:pyannote/diarization-tiny", models=tmp_path)
    assert named is not None
    assert named.name == "pyannote.audio pyannote/diarization-tiny"


def cached(cache: Path, name: str, file: Path) -> None:
    """Lay a file where the hub's own library would have put it."""
    repository = cache / f"models--{name.replace('/', '--')}"
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    (snapshot / file.name).write_bytes(file.read_bytes())


WATCHED = """
import os, sys, time
tried = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        tried.append(event)
        raise ConnectionRefusedError("no connection in this test")
sys.addaudithook(watch)
for name in ("PYANNOTE_METRICS_ENABLED", "HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
    os.environ.pop(name, None)  # as a user's computer is
os.environ["PYANNOTE_METRICS_ENABLED"] = "true"
import numpy as np
from coach.conversation import Interval
from coach.speech.activity import LaneActivity
from coach.speech.diarizers.pyannote import PyannoteDiarizer
from coach.speech.samples import InMemory
import warnings
warnings.simplefilter("ignore")
samples = InMemory((np.random.default_rng(0).standard_normal(16000 * 12) * 3000).astype(np.int16))
speech = (Interval(0, 12),)
with PyannoteDiarizer(sys.argv[1], device="cpu") as diarizer:
    diarizer.diarize(samples, LaneActivity(speech, speech, -20.0, -60.0, clipped=False))
    time.sleep(1.0)  # the library would report from a thread, twice a second
    print(len(tried))
    os.environ["PYANNOTE_METRICS_ENABLED"] = "true"
    diarizer.diarize(samples, LaneActivity(speech, speech, -20.0, -60.0, clipped=False))
    time.sleep(2.0)
    print(len(tried))
sys.stdout.flush()
os._exit(0)  # do not wait for the library's thread
"""


def test_no_connection_is_tried_though_the_library_would(folder: Path) -> None:
    # Without the tests' own guard, which would be asked first.
    paths = os.pathsep.join(str(path) for path in (Path(tiny.__file__).parent, Path(tiny.__file__).parents[1]))
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(folder)],
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    ours, with_telemetry = map(int, done.stdout.split())
    assert ours == 0
    assert with_telemetry > 0  # so the watch would have seen it


def test_what_the_library_says_stays_off_standard_output(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told: list[float] = []

    def progress(share: float) -> None:
        told.append(share)
        print("told")  # noqa: T201  (the listener's own output goes through)

    with PyannoteDiarizer(str(folder), device="cpu") as diarizer:
        diarizer.diarize(CALL, SPEECH, progress=progress)

    out, error = capfd.readouterr()
    assert set(out.split()) == {"told"}
    assert error == ""
    assert told == sorted(told)
    assert len(told) > 5
    assert told[-1] == 1.0


def test_one_voice_is_told_of(folder: Path) -> None:
    alone = lane([turn for turn in TURNS if turn[0] == 0], SECONDS)

    found = heard(folder, speakers=1, samples=alone)

    assert list(found.speech) == ["1"]
    assert found.warnings == ("Only one voice was found in this recording.",)


def test_silence_has_no_speakers(folder: Path) -> None:
    silence = InMemory(np.zeros(20 * RATE, np.int16))
    with PyannoteDiarizer(str(folder), device="cpu") as diarizer:
        assert diarizer.diarize(silence, active()).speech == {}
        assert diarizer.diarize(InMemory(np.zeros(0, np.int16)), active()).speech == {}


def test_the_same_call_gives_the_same_answer(folder: Path) -> None:
    assert heard(folder) == heard(folder)


def test_a_closed_one_refuses(folder: Path) -> None:
    with PyannoteDiarizer(str(folder), device="cpu") as diarizer:
        pass

    with pytest.raises(ModelError, match="not open"):
        diarizer.diarize(CALL, SPEECH)


def test_damaged_weights_are_told_of(folder: Path, tmp_path: Path) -> None:
    for file in folder.rglob("*.*"):
        copy = tmp_path / "spoiled" / file.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    (tmp_path / "spoiled" / "embedding" / "pytorch_model.bin").write_bytes(b"not a model")

    with (
        pytest.raises(ModelError, match=r"spoiled cannot be loaded.*damaged"),
        PyannoteDiarizer(str(tmp_path / "spoiled"), device="cpu"),
    ):
        pass


def test_what_the_library_raises_is_said_in_our_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a sentence that might hold a name")

    with PyannoteDiarizer(str(folder), device="cpu") as diarizer:
        monkeypatch.setattr(diarizer, "_pipeline", fails)
        with pytest.raises(ModelError, match=r"failed on this recording.*\(RuntimeError\)") as refused:
            diarizer.diarize(CALL, SPEECH)

    assert "a name" not in str(refused.value)


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_told_of(device: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)

    with (
        pytest.raises(ModelError, match=f"no {device} device.*--device cpu"),
        PyannoteDiarizer(str(folder), device=device),  # type: ignore[arg-type]
    ):
        pass


def test_auto_prefers_cuda_then_apples_then_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    from coach.speech.diarizers.pyannote import _device  # noqa: PLC0415

    for cuda, mps, expected in ((True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")):
        library = ModuleType("torch")
        vars(library).update(
            cuda=type("cuda", (), {"is_available": staticmethod(lambda there=cuda: there)}),
            backends=type(
                "backends", (), {"mps": type("mps", (), {"is_available": staticmethod(lambda there=mps: there)})}
            ),
        )
        assert _device(library, "auto") == expected
