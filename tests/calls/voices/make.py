"""Make the pool's clips from voices.toml: ``python tests/calls/voices/make.py``."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import soundfile as sf

from tests.calls.stems import RATE
from tests.calls.synthesis import utter

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Write one FLAC a clip, and ``clips.json`` with kinds, words and times."""
    pool = tomllib.loads((HERE / "voices.toml").read_text())
    lines: list[str] = []
    for name, voice in pool.items():
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        for entry in voice["clips"]:
            clip = utter(
                voice["engine"], voice["voice"], entry["text"], say=entry.get("say"), stretch=entry.get("stretch", 1.0)
            )
            sf.write(folder / f"{entry['id']}.flac", clip.samples, RATE, subtype="PCM_16")
            row = {"voice": name, "sex": voice["sex"], "id": entry["id"], "kind": entry["kind"]}
            row |= {"key": entry["key"]} if "key" in entry else {}
            lines.append(json.dumps(row | {"seconds": round(len(clip.samples) / RATE, 3), "words": clip.words}))
    (HERE / "clips.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
