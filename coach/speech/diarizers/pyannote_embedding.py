"""Make pyannote's voice model do its work once, and in pieces that fit in memory; its answers stay the same."""

from __future__ import annotations

from importlib import import_module
from typing import Any, TypeAlias

Library: TypeAlias = Any  # torch and pyannote.audio are not there for the type checker


def bound(pipeline: Library, chunks: int | None) -> None:
    """Limit how much a pipeline computes at once.

    Args:
        pipeline: Loaded.
        chunks: Most chunks of sound at once; ``None`` for what the pipeline itself says.
    """
    if chunks is None:
        return
    if hasattr(pipeline, "segmentation_batch_size"):
        pipeline.segmentation_batch_size = chunks
    if hasattr(pipeline, "embedding_batch_size"):
        classes = getattr(pipeline._segmentation.model.specifications, "classes", None)
        # Counted in pairs of chunk and speaker there; whole chunks, so that their speakers share their layers.
        pipeline.embedding_batch_size = chunks * len(classes or (None,))


def share_layers(pipeline: Library) -> None:
    """Compute the layers below the pooling once a chunk; the library does so once for every speaker in it.

    Args:
        pipeline: Loaded; one whose voice model is no WeSpeaker ResNet is left as it is.
    """
    model = getattr(getattr(pipeline, "_embedding", None), "model_", None)
    kind = import_module("pyannote.audio.models.embedding.wespeaker").BaseWeSpeakerResNet
    if not isinstance(model, kind) or model.fbank_only:
        return
    torch, plain = import_module("torch"), model.forward

    def forward(waveforms: Library, weights: Library = None) -> Library:
        if weights is None or len(waveforms) < 2:
            return plain(waveforms, weights=weights)
        new = torch.ones(len(waveforms), dtype=torch.bool, device=waveforms.device)
        new[1:] = (waveforms[1:] != waveforms[:-1]).flatten(1).any(dim=1)
        frames = model.forward_frames(waveforms[new])
        return model.forward_embedding(frames[torch.cumsum(new, 0) - 1], weights=weights)

    model.forward = forward
