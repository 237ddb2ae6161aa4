"""Networks in onnxruntime, all run the same way."""

from __future__ import annotations

from pathlib import Path

import onnxruntime


def session(model: Path | bytes) -> onnxruntime.InferenceSession:
    """Return a network, loaded. Safe to use from several threads at once.

    Each run takes one thread: a second brings a tenth and costs a core, and with one the sums come out the same on any
    number of cores.

    Args:
        model: Its file, or what would be in it.

    Raises:
        Exception: It is missing or damaged; onnxruntime's own errors share no base class.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena keeps the largest input's memory for good
    options.log_severity_level = 4
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
