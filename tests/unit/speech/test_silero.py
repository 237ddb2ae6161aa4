from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from coach.conversation import ModelError
from coach.speech import silero
from coach.speech.samples import RATE, InMemory
from coach.speech.silero import WINDOW, Silero
from tests.lanes import lane, pink_noise, voice


@pytest.fixture(scope="module")
def speech() -> InMemory:
    sound, _ = voice("slt", seconds=20)
    return lane(sound[:-100] + 0.003 * pink_noise(20)[:-100])


def test_a_probability_for_every_window_the_last_filled_with_silence(speech: InMemory) -> None:
    with Silero() as model:
        found = model.probabilities(speech)
    assert found.shape == (-(-len(speech) // WINDOW),)
    assert 0 <= found.min() < 0.1
    assert 0.8 < found.max() <= 1


@pytest.mark.parametrize("windows", [1, 2, 7, 100, 10_000])
def test_slices_of_any_size_are_as_good_as_the_whole(speech: InMemory, windows: int) -> None:
    with Silero() as model:
        usual = model.probabilities(speech, hiss=1e-3)
    with Silero(slice_windows=windows) as model:
        sliced = model.probabilities(speech, hiss=1e-3)
    np.testing.assert_allclose(sliced, usual, atol=1e-4)


def test_as_the_package_that_ships_it_drives_it(speech: InMemory) -> None:
    from faster_whisper.vad import get_vad_model  # noqa: PLC0415  (heavy)

    samples = speech.read(0, len(speech) // WINDOW * WINDOW)
    theirs = get_vad_model()(samples.astype(np.float32) / 32768)
    with Silero() as model:
        ours = model.probabilities(InMemory(samples))
    # Their driver silences the end of the very last window on its way.
    np.testing.assert_allclose(ours[:-1], theirs.ravel()[:-1], atol=1e-4)


def test_a_gain_is_as_good_as_a_louder_lane_and_never_wraps_around(speech: InMemory) -> None:
    faint = speech.read(0, len(speech)) // 10
    with Silero() as model:
        raised = model.probabilities(InMemory(faint), gain=10)
        np.testing.assert_allclose(raised, model.probabilities(InMemory(faint * 10)), atol=1e-4)
        assert np.isfinite(model.probabilities(speech, gain=1e6)).all()


def test_nothing_is_heard_in_nothing() -> None:
    with Silero() as model:
        assert model.probabilities(InMemory(np.empty(0, np.int16))).shape == (0,)
        assert model.probabilities(InMemory(np.zeros(RATE, np.int16))).max() < 0.1


def test_progress_grows_to_one(speech: InMemory) -> None:
    shares: list[float] = []
    with Silero(slice_windows=100) as model:
        model.probabilities(speech, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 3


def test_a_missing_model_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silero, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match=r"silero_vad_v6\.onnx.*pip install"), Silero():
        pass


def test_a_damaged_model_says_so(tmp_path: Path) -> None:
    damaged = tmp_path / "silero.onnx"
    damaged.write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"silero\.onnx cannot be loaded.*reinstall"), Silero(damaged):
        pass


def test_a_model_that_was_not_opened_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="open the model"):
        Silero().probabilities(InMemory(np.zeros(WINDOW, np.int16)))
    with pytest.raises(ValueError, match="at least one"):
        Silero(slice_windows=0)


def test_the_weights_are_found_without_their_package() -> None:
    code = (
        "import sys; from coach.speech.silero import Silero\n"
        "with Silero(): pass\n"
        "sys.exit(bool({'faster_whisper', 'ctranslate2', 'av'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
