"""Our mel bands beside those that the network of voices was trained on."""

from __future__ import annotations

import numpy as np
import pytest

from coach.speech.diarizers.filterbank import BANDS, filterbank
from coach.speech.diarizers.pyannote import PyannoteDiarizer, _libraries
from coach.speech.samples import RATE

pytestmark = pytest.mark.pyannote

if not PyannoteDiarizer.available():
    pytest.skip("torch and pyannote.audio are not installed: make test-pyannote", allow_module_level=True)

torch, _ = _libraries()
from torchaudio.compliance import kaldi  # noqa: E402  (only once its native part is kept out)


def test_the_bands_are_those_of_kaldi() -> None:
    sound = (np.random.default_rng(4).normal(0, 3000, 2 * RATE)).astype(np.int16)
    sound[: RATE // 2] //= 50
    asked = {"num_mel_bins": BANDS, "window_type": "hamming", "dither": 0.0, "use_energy": False}
    theirs = kaldi.fbank(torch.from_numpy(sound.astype(np.float32))[None], sample_frequency=RATE, **asked).numpy()
    assert filterbank(sound) == pytest.approx(theirs, abs=2e-3)
