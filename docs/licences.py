"""Makes ``licences.md`` anew: ``python docs/licences.py``, in an environment with requirements/test.txt.

Names come from the pinned requirements, licences from what each package says of itself (pip-licenses). A package of
another platform, or of an extra that is not installed here, keeps the line that it has.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"

ALLOWED = frozenset(
    (
        "0BSD,Apache-2.0,Apache-2.0 WITH LLVM-exception,BSD,BSD-2-Clause,BSD-3-Clause,CC-BY-4.0,CC0-1.0,ISC,MIT,MIT-0,"
        "MIT-CMU,PSF-2.0,Zlib,BSL-1.0"
    ).split(",")
)
"""Licences that ask for no more than naming: what comes to the base under another needs a reason below."""

EXCEPTIONS: Mapping[str, str] = {
    "certifi": "MPL-2.0 is by file, and its one file is not changed: the list of certificate authorities",
    "pathspec": "MPL-2.0 is by file, and its files are not changed; it serves the build alone",
    "soxr": "LGPL-2.1: a library of its own, loaded as it is and replaceable; librosa brings it",
    "tqdm": "MPL-2.0 is by file, and its files are not changed; the model libraries bring it",
    "psycopg": "LGPL-3.0, and an extra: only who keeps a store in PostgreSQL installs it; loaded as it is",
    "psycopg-binary": "as psycopg",
    "pyphen": "one of GPL-2.0+, LGPL-2.1+ or MPL-1.1, and an extra: only who wants pages as PDF installs it; as MPL",
    "hypothesis": "MPL-2.0, and the tests' alone",
}
"""Packages under another licence, and why they are here all the same."""

SAID_ELSEWHERE: Mapping[str, str] = {
    "axe-playwright-python": "MIT",
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
    "httpx2-jsfetch": "BSD-3-Clause",
    "pyannote-core": "MIT",
    "pyannote-database": "MIT",
    "pyannote-metrics": "MIT",
    "torch": "Apache-2.0 AND Apache-2.0 WITH LLVM-exception AND BSD-2-Clause AND BSD-3-Clause AND BSL-1.0 AND MIT",
    "pyannote-audio": "MIT",
    "ray": "Apache-2.0",
}
"""Of packages whose metadata names none, or that this platform does not install: from their source's licence file."""

_SPDX: Mapping[str, str] = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}

EXTRAS: Mapping[str, Sequence[str]] = {
    "postgres": ("psycopg", "psycopg-binary"),
    "pdf": (
        "weasyprint", "brotli", "cssselect2", "fonttools", "pillow", "pydyf", "pyphen", "tinycss2", "tinyhtml5",
        "webencodings", "zopfli",
    ),
    "ray": ("ray",),
    "pyannote": ("pyannote-audio", "pyannote-core", "pyannote-database", "pyannote-metrics", "torch"),
}  # fmt: skip
"""What an extra of pyproject.toml brings beside the base, as far as it is named here; their own lists tell the rest."""


def plain(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).casefold()


def pinned(name: str) -> list[str]:
    """Return the packages that a requirements file pins, whatever platform they are for."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return sorted({plain(found[1]) for found in re.finditer(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)})


def installed() -> dict[str, str]:
    """Return the licence of each package that is installed here, in SPDX's words where they are known."""
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  (our own list)
    return {plain(one["Name"]): spdx(one["License"]) for one in json.loads(ran.stdout)}


def spdx(text: str) -> str:
    """Return a licence as SPDX writes it: several are all asked for, or one of them may be chosen."""
    return " OR ".join(_SPDX.get(part.strip(), part.strip()) for part in text.split(";"))


def before() -> dict[str, str]:
    """Return what the page says now, by package."""
    try:
        text = PAGE.read_text(encoding="utf-8")
    except OSError:
        return {}
    rows = re.finditer(r"^\| ([a-z0-9-]+) \| ([^|]+) \|", text, re.MULTILINE)
    return {row[1]: row[2].strip() for row in rows}


def licences(names: Sequence[str]) -> dict[str, str]:
    """Return a licence for each package: its own word, what its source says, or what the page has.

    Raises:
        ValueError: Nothing tells one.
    """
    here, page = installed(), before()
    found = {}
    for name in names:
        told = here.get(name, "UNKNOWN")
        found[name] = SAID_ELSEWHERE.get(name, page.get(name, "UNKNOWN")) if told == "UNKNOWN" else told
        if found[name] == "UNKNOWN":
            raise ValueError(f"nothing tells the licence of {name}: look into its source, and add it to SAID_ELSEWHERE")
    return found


def unusual(licence: str) -> list[str]:
    """Return the parts of a licence that are not allowed; empty where one may be chosen that is."""
    choices = [[part.strip() for part in choice.split(" AND ")] for choice in licence.split(" OR ")]
    return min(([part for part in parts if part not in ALLOWED] for parts in choices), key=len)


def refused(found: Mapping[str, str]) -> list[str]:
    """Return the packages under a licence that is neither allowed nor excepted."""
    return [name for name, licence in found.items() if unusual(licence) and name not in EXCEPTIONS]


def page() -> str:
    """Return the page."""
    base = pinned("run.txt")
    extras = [name for names in EXTRAS.values() for name in names]
    tests = [name for name in pinned("test.txt") if name not in base and name not in extras]
    known = licences(sorted({*base, *extras, *tests}))
    parts = [
        _HEAD,
        "## What `coach` runs on\n",
        _table(base, known),
        "## Extras\n\nInstalled only by who asks for them.\n",
        _table(extras, known),
        "## Inside the packages\n",
        _INSIDE,
        "## Speech models\n",
        "\n".join(_models()),
        "\n## Data in this repository\n",
        _DATA,
        "## Tests and checks\n\nNot installed by who uses `coach`.\n",
        _table(tests, known),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _table(names: Sequence[str], known: Mapping[str, str]) -> str:
    rows = [f"| {name} | {known[name]} | {EXCEPTIONS.get(name, '')} |" for name in names]
    return "\n".join(["| Package | Licence | Why, where it asks for more than naming |", "|---|---|---|", *rows, ""])


def _models() -> Iterator[str]:
    manifest = tomllib.loads((ROOT / "models" / "manifest.toml").read_text(encoding="utf-8"))
    yield "None of them is in this repository. `coach models list` shows which are on your computer.\n"
    yield "| Model | Licence | Comes with |"
    yield "|---|---|---|"
    for model in manifest["models"]:
        comes = "the package moonshine-voice" if "package" in model else "`coach models pull`"
        yield f"| {model['id']} | {model['licence']} | {comes} |"
    yield "| community-1 (segmentation, voices) | CC-BY-4.0, pyannoteAI | the package moonshine-voice |"
    yield "| Silero VAD | MIT, Silero Team | the package faster-whisper |"


_HEAD = """# Licences

`coach` itself is under [Apache-2.0](../LICENSE). This page is made by [licences.py](licences.py) from the pinned
requirements and from what each package says of itself (pip-licenses). `tests/docs` holds it to them, and refuses in
the base whatever asks for more than naming and has no reason here. `BSD` is a package that does not say which one.
"""

_INSIDE = """- The wheels of `av` carry FFmpeg (LGPL-3.0 as they build it) and libraries that it may call, among them
  LAME and opencore-amr (LGPL, Apache-2.0) and, for pictures, x264 and x265 (GPL-2.0+). `coach` decodes and encodes
  sound alone and calls neither of those two; who passes the wheels on passes them on as well.
- `soundfile` carries libsndfile (LGPL-2.1), `soxr` the SoX Resampler (LGPL-2.1), `numpy` and `scipy` OpenBLAS (BSD)
  and libgfortran (GPL-3.0 with the exception that lets it be linked).
- All of these are installed by pip from their makers' wheels; this project passes none of them on.
"""

_DATA = """| What | Licence | From |
|---|---|---|
| word lists, rubrics, sentences, drills, calibrations, recipes, templates | Apache-2.0 | written for this project |
| the demo call and the made calls of the tests | Apache-2.0 | dialogues of this project, spoken by synthesisers |
| the voices in them | free for any use, with naming | Carnegie Mellon's for Festival and Flite: slt, rms, awb, kal |

No recording of a person on the telephone is here. Weights in `models/calibrations` were fitted on public sets of
conversations, which [models/cards/detectors.md](../models/cards/detectors.md) names; of those, numbers alone are here
and no sentence.
"""

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
