"""A diarization pipeline of two megabytes that knows two made voices, in the layouts of community-1 and of 3.1.

The weights are random but for the last layer of the segmentation model, which is fitted here, in seconds, to tell the
two voices. What runs it is the real library: pipeline, sliding windows, powerset, embeddings, clustering.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from pyannote.audio.core.task import Problem, Resolution, Specifications
from pyannote.audio.models.embedding.wespeaker import BaseWeSpeakerResNet
from pyannote.audio.models.embedding.wespeaker.resnet import BasicBlock, ResNet
from pyannote.audio.models.segmentation import PyanNet

RATE = 16_000
CHUNK = 10.0  # seconds the segmentation model hears at once
DIMENSION = 32

Sound = NDArray[np.float32]
Turn = tuple[int, float, float]
"""Voice (0 low, 1 high), start and end in seconds."""

_PITCH = (110.0, 310.0)
_FORMANT = (500.0, 2400.0)


class TinyVoice(BaseWeSpeakerResNet):
    """The community-1 pipeline's kind of voice model, a hundredth of its width."""

    def __init__(self, sample_rate: int = RATE, num_channels: int = 1) -> None:
        super().__init__(sample_rate=sample_rate, num_channels=num_channels)
        self.resnet = ResNet(
            BasicBlock, [1, 1, 1, 1], m_channels=4, feat_dim=80, embed_dim=DIMENSION, two_emb_layer=False
        )


def call(turns: Sequence[Turn], seconds: float, seed: int = 0) -> Sound:
    """Return a call at 16 kHz, full scale 1: syllables of two buzzing voices over a faint hiss."""
    rng = np.random.default_rng(seed)
    sound = rng.normal(0.0, 1e-3, round(seconds * RATE))
    for voice, start, end in turns:
        first, last = round(start * RATE), min(round(end * RATE), len(sound))
        at = np.arange(last - first) / RATE
        pitch = _PITCH[voice] * (1 + 0.05 * np.sin(2 * np.pi * (0.7 + voice) * at + rng.uniform(0, 6)))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        buzz = np.zeros(len(at))
        for harmonic in range(1, int(4000 / _PITCH[voice])):
            height = np.exp(-(((harmonic * _PITCH[voice] - _FORMANT[voice]) / 600) ** 2)) + 0.05
            buzz += height * np.sin(harmonic * phase)
        syllables = 0.6 + 0.4 * np.sin(2 * np.pi * (4 + voice) * at)
        sound[first:last] += 0.1 * buzz / np.std(buzz) * syllables
    return np.clip(sound, -1, 1).astype(np.float32)


def turns(seconds: float, seed: int = 0) -> list[Turn]:
    """Return two voices talking in turn, with gaps and, now and then, at once."""
    rng = np.random.default_rng(seed)
    made, at, voice = [], 0.5, 0
    while at < seconds - 1.0:
        end = min(at + rng.uniform(1.0, 4.0), seconds - 0.2)
        made.append((voice, at, end))
        at, voice = end + rng.uniform(-0.6, 0.8), 1 - voice
    return made


def build(folder: Path, layout: str = "community-1") -> Path:
    """Write the pipeline and return its folder.

    Args:
        folder: Made where it is missing.
        layout: ``community-1`` (parts below the folder, VBx) or ``3.1`` (parts named by repository, no PLDA).
    """
    torch.manual_seed(0)
    parameters = {"embedding_batch_size": 32, "segmentation_batch_size": 32, "embedding_exclude_overlap": True}
    if layout == "3.1":
        parameters |= {
            "clustering": "AgglomerativeClustering",
            "segmentation": "segmentation",
            "embedding": "embedding",
        }
        chosen = {"clustering": {"method": "centroid", "min_cluster_size": 12, "threshold": 0.7045654963945799}}
        config = {"version": "3.1.0"}
    else:
        parameters |= {
            "clustering": "VBxClustering",
            "segmentation": "$model/segmentation",
            "embedding": "$model/embedding",
            "plda": "$model/plda",
        }
        chosen = {"clustering": {"threshold": 0.6, "Fa": 0.07, "Fb": 0.8}}
        config = {"dependencies": {"pyannote.audio": "4.0.0"}}
    chosen["segmentation"] = {"min_duration_off": 0.0}
    config |= {
        "pipeline": {"name": "pyannote.audio.pipelines.SpeakerDiarization", "params": parameters},
        "params": chosen,
    }
    _save(_segmentation(), folder / "segmentation")
    voice = TinyVoice().eval()
    voice.specifications = Specifications(Problem.REPRESENTATION, Resolution.CHUNK, duration=CHUNK)
    _save(voice, folder / "embedding")
    if layout != "3.1":
        _plda(folder / "plda", voice)
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder


def _segmentation() -> PyanNet:
    model = PyanNet(
        lstm={"hidden_size": 16, "num_layers": 1, "bidirectional": True, "monolithic": True},
        linear={"hidden_size": 16, "num_layers": 0},
    )
    model.specifications = Specifications(
        Problem.MONO_LABEL_CLASSIFICATION,
        Resolution.FRAME,
        duration=CHUNK,
        classes=["speaker#1", "speaker#2", "speaker#3"],
        powerset_max_classes=2,
        permutation_invariant=True,
    )
    model.build()
    model.eval()
    features, labels = _lesson(model)
    classifier = model.classifier
    fit = torch.optim.LBFGS(classifier.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        fit.zero_grad()
        value = torch.nn.functional.cross_entropy(classifier(features), labels)
        value.backward()
        return value

    fit.step(loss)
    return model


def _lesson(model: PyanNet) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what the random layers hear of a made call, frame by frame, and who truly speaks, as a powerset class.

    The classes are nobody, 1, 2, 3, 1 and 2, 1 and 3, 2 and 3.
    """
    seconds, chunks = 60 * CHUNK, []
    made = turns(seconds, seed=1)
    sound = call(made, seconds, seed=1)
    frames = model.num_frames(round(CHUNK * RATE))
    labels = []
    for start in np.arange(0, seconds - CHUNK + 0.1, CHUNK):
        chunks.append(sound[round(start * RATE) : round((start + CHUNK) * RATE)])
        at = start + (np.arange(frames) + 0.5) * CHUNK / frames
        speaks = [
            np.any([(voice == one) & (begin <= at) & (at < end) for voice, begin, end in made], axis=0)
            for one in (0, 1)
        ]
        labels.append(np.select([speaks[0] & speaks[1], speaks[0], speaks[1]], [4, 1, 2], 0))
    with torch.no_grad():
        heard = model.sincnet(torch.from_numpy(np.stack(chunks))[:, None])
        features, _ = model.lstm(heard.transpose(1, 2))
    return features.reshape(-1, features.shape[-1]), torch.from_numpy(np.concatenate(labels)).long()


def _plda(folder: Path, voice: TinyVoice) -> None:
    """Write a PLDA for which the two voices' mean is the middle, and all directions are alike."""
    folder.mkdir(parents=True, exist_ok=True)
    sounds = [call([(one, 0.0, CHUNK)], CHUNK, seed) for one in (0, 1) for seed in (2, 3)]
    with torch.no_grad():
        middle = voice(torch.from_numpy(np.stack(sounds))[:, None]).mean(dim=0).numpy()
    eye, zero = np.eye(DIMENSION), np.zeros(DIMENSION)
    np.savez(folder / "xvec_transform.npz", mean1=middle, mean2=zero, lda=eye)
    np.savez(folder / "plda.npz", mu=zero, tr=eye, psi=np.linspace(20.0, 10.0, DIMENSION))


def _save(model: PyanNet | TinyVoice, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = {
        "state_dict": model.state_dict(),
        "hyper_parameters": dict(model.hparams),
        "pytorch-lightning_version": "2.6.0",
    }
    model.on_save_checkpoint(checkpoint)
    torch.save(checkpoint, folder / "pytorch_model.bin")
