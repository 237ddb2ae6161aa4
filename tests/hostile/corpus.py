"""Files that nobody should have to trust: each case writes some and says how the command must end."""

from __future__ import annotations

import gzip
import json
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

Write = Callable[[Path], None]

DONE, ODD, REFUSED, MISSING, SET_WRONG = 0, 3, 3, 4, 5


@dataclass(frozen=True)
class Case:
    """One hostile input.

    Attributes:
        name: For the list of tests.
        write: Writes what is given into the working folder.
        arguments: What is typed after the command.
        codes: Exit codes that the documents allow here.
        unharmed: Files outside the output folder, with their content afterwards.
        command: What is typed before the arguments.
    """

    name: str
    write: Write
    arguments: tuple[str | bytes, ...]
    codes: tuple[int, ...]
    unharmed: dict[str, str] = field(default_factory=dict)
    command: str = "review"


WORDS = {
    "html": [
        "<script>alert(1)</script>",
        "<img/src=x/onerror=alert(1)>",
        "</script><svg/onload=alert(1)>",
        "<!--",
        "&lt;b&gt;",
        "'\"><b>",
        "{{7*7}}{%print(1)%}",
    ],
    "formula": ["=cmd|'/C", "+1+1", "@SUM(1)", "-2+3", '=HYPERLINK("http://host/x")', "\uff1d1+1"],
    "markdown": ["[x](javascript:alert(1))", "![x](http://host/x.png)", "```", "|a|b|", "#", "<http://host>", "---"],
    "cues": ["-->", "00:00:00.000-->00:00:01.000", "WEBVTT", "NOTE", "<v Agent>", "{\\an8}"],
    "terminal": ["\x1b]0;owned\x07", "\x1b[2J", "\x9b31m", "\x1b[31mred", "\x08\x08", "\x7f", "\u2028"],
    "turned": ["\u202egnp.exe", "\u2066x\u2069", "\u200f", "\ufeffx", "a\u0301" * 40, "\u200b"],
    "broken": [
        "\x00",
        "\ufffe",
        "\U0010ffff",
        "%s%n%d",
        "../../../etc/passwd",
        "$(touch owned)",
        "`touch owned`",
        "\\",
    ],
}
"""Words by what they would do where somebody forgot to escape them."""


def _spoken(words: list[str]) -> list[str]:
    return ["hello", *words, "my", "bill", "is", "wrong", "please", "help"]


def _whisperx(words: list[str]) -> bytes:
    said = [
        {"word": w, "start": k * 0.5, "end": k * 0.5 + 0.4, "score": 0.9, "speaker": words[0]}
        for k, w in enumerate(_spoken(words))
    ]
    other = [
        {"word": w, "start": 30 + k, "end": 30.4 + k, "score": 0.9, "speaker": "B"}
        for k, w in enumerate("yes of course".split())
    ]
    return json.dumps(
        {
            "segments": [
                {"start": 0, "end": 20, "text": "", "speaker": words[0], "words": said},
                {"start": 30, "end": 33, "text": "", "speaker": "B", "words": other},
            ]
        }
    ).encode()


def _vtt(words: list[str]) -> bytes:
    text = " ".join(_spoken(words))
    cues = f"00:00:00.000 --> 00:00:09.000\n<v {words[0]}>{text}\n\n00:00:10.000 --> 00:00:12.000\n<v B>yes\n"
    return f"WEBVTT\n\n{cues}".encode("utf-8", "replace")


def _srt(words: list[str]) -> bytes:
    text = " ".join(_spoken(words))
    return f"1\n00:00:00,000 --> 00:00:09,000\n{words[0]}: {text}\n\n2\n00:00:10,000 --> 00:00:12,000\nB: yes\n".encode(
        "utf-8", "replace"
    )


def _deepgram(words: list[str]) -> bytes:
    said = [
        {"word": w, "punctuated_word": w, "start": k * 0.5, "end": k * 0.5 + 0.4, "confidence": 0.9, "speaker": 0}
        for k, w in enumerate(_spoken(words))
    ]
    return json.dumps(
        {"metadata": {"duration": 30}, "results": {"channels": [{"alternatives": [{"transcript": "", "words": said}]}]}}
    ).encode()


def _transcribe(words: list[str]) -> bytes:
    items = [
        {
            "type": "pronunciation",
            "alternatives": [{"content": w, "confidence": "0.9"}],
            "start_time": str(k * 0.5),
            "end_time": str(k * 0.5 + 0.4),
            "speaker_label": words[0],
        }
        for k, w in enumerate(_spoken(words))
    ]
    return json.dumps(
        {"jobName": words[0], "status": "COMPLETED", "results": {"transcripts": [{"transcript": ""}], "items": items}}
    ).encode()


FORMATS = {
    "whisperx.json": _whisperx,
    "cues.vtt": _vtt,
    "cues.srt": _srt,
    "deepgram.json": _deepgram,
    "transcribe.json": _transcribe,
}
ALL = ("--format", "html,json,md,csv,vtt", "--agent-speaker", "1")


def _file(name: str, data: bytes) -> Write:
    return lambda folder: (folder / name).write_bytes(data) and None


def _words() -> Iterator[Case]:
    # Some words leave nothing of a format ("WEBVTT" in a cue); a refusal is as good as a review.
    for kind, words in WORDS.items():
        yield Case(f"words: {kind}", _file("t.json", _whisperx(words)), ("--transcript", "t.json", *ALL), (DONE,))
    for name, write in FORMATS.items():
        every = [word for kind, words in WORDS.items() if kind != "cues" for word in words]
        yield Case(f"words in {name}", _file(name, write(every)), ("--transcript", name, *ALL), (DONE, REFUSED))


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _segment(**changed: object) -> bytes:
    word: dict[str, object] = {"word": "hello", "start": 1.0, "end": 2.0, "score": 0.5, "speaker": "A", **changed}
    return _json(
        {
            "segments": [
                {
                    "start": 0,
                    "end": 9,
                    "text": "hello",
                    "speaker": "A",
                    "words": [word, {**word, "start": 3.0, "end": 4.0}],
                }
            ]
        }
    )


def _many_segments(count: int) -> bytes:
    times = [(k / 10, k / 10 + 0.1, f"s{k}") for k in range(count)]
    return _json({"segments": [{"start": a, "end": b, "text": "hi", "speaker": who} for a, b, who in times]})


def _transcripts() -> Iterator[Case]:
    shapes: dict[str, bytes] = {
        "deep lists": b"[" * 200_000,
        "deep objects": b'{"segments":' * 100_000,
        "deep in a transcript": b'{"segments": [' + b"[" * 50_000 + b"]" * 50_000 + b"]}",
        "times that are no number": _segment(start=float("nan"), end=float("nan")),
        "endless times": _segment(start=float("inf"), end=float("-inf")),
        "far times": _segment(start=1e308, end=1e309),
        "times before the start": _segment(start=-5, end=-1),
        "times turned round": _segment(start=9, end=1),
        "a number of many digits": b'{"segments": [{"start": ' + b"9" * 5000 + b', "end": 1}]}',
        "a number with a large exponent": b'{"segments": [{"start": 1e999999999, "end": 1}]}',
        "lists for words": _segment(word=["x"]),
        "words that are objects": _segment(word={"__proto__": {"x": 1}, "__class__": "os.system"}),
        "one endless word": _segment(word="x" * 2_000_000),
        "one endless speaker": _segment(speaker="x" * 1_000_000),
        "no words": _json({"segments": []}),
        "half a file": _segment()[:-20],
        "lone halves": b'{"segments":[{"start":0,"end":2,"text":"\\ud800 \\udfff hi","speaker":"\\udc00"}]}',
        "the same key often": b'{"segments": 1, "segments": [{"start":0,"end":1,"text":"hi"}], "segments": null}',
        "empty": b"",
        "zeros": bytes(100_000),
        "noise": np.random.default_rng(1).bytes(100_000),
        "packed": gzip.compress(bytes(10_000_000)),
        "another alphabet": "WEBVTT\n\n00:00.000 --> 00:01.000\nhello".encode("utf-16"),
        "entities in entities": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>',
        "twenty thousand segments and as many speakers": _many_segments(20_000),
        "cue times past belief": b"WEBVTT\n\n999999999999:00:00.000 --> 999999999999:00:01.000\nhello\n",
        "a cue without end": b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + b"a " * 500_000,
        "many angle brackets": b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + b"<" * 300_000,
        "many spaces before an arrow": b"WEBVTT\n\n" + b" " * 300_000 + b"-->\n00:00.000 --> 00:01.000\nhi\n",
        "many colons": b"WEBVTT\n\n" + b"00:" * 200_000 + b"00.000 --> 00:01.000\nhi\n",
        "a card of a million digits": _segment(word="4" * 1_000_000),
    }  # fmt: skip
    for name, data in shapes.items():
        yield Case(f"transcript: {name}", _file("t.json", data), ("--transcript", "t.json", *ALL), (DONE, REFUSED))


def _riff(
    *, channels: int = 1, rate: int = 8000, bits: int = 16, size: int | None = None, data: bytes = bytes(1600)
) -> bytes:
    block = max(channels * bits // 8, 1) & 0xFFFF
    head = struct.pack("<HHIIHH", 1, channels, rate, rate * block & 0xFFFFFFFF, block, bits)
    return (
        b"RIFF"
        + struct.pack("<I", 0xFFFFFFFF)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + head
        + b"data"
        + struct.pack("<I", len(data) if size is None else size)
        + data
    )


def _sounds() -> Iterator[Case]:
    flac = (
        b"fLaC\x80\x00\x00\x22"
        + struct.pack(">HH", 4096, 4096)
        + bytes(6)
        + bytes([0x0B, 0xB8, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        + bytes(16)
    )
    shapes: dict[str, bytes] = {
        "call.wav: sizes that lie": _riff(size=0xFFFFFFFF),
        "call.wav: all channels": _riff(channels=65535),
        "call.wav: no channels": _riff(channels=0),
        "call.wav: no rate": _riff(rate=0),
        "call.wav: a rate past belief": _riff(rate=0xFFFFFFFF),
        "call.wav: no bits": _riff(bits=0),
        "call.wav: nothing in it": _riff(data=b""),
        "call.wav: a picture": b"\x89PNG\r\n\x1a\n" + bytes(1000),
        "call.wav: noise": np.random.default_rng(2).bytes(200_000),
        "call.wav: zeros": bytes(200_000),
        "call.wav: packed": gzip.compress(bytes(20_000_000)),
        "call.flac: a length past belief": flac + bytes(2000),
        "call.mp3: tags past belief": b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + b"\xff\xfb\x90\x00" * 200,
        "call.ogg: half a page": b"OggS\x00\x02" + bytes(200),
        "call.mp4: boxes in boxes": b"".join(struct.pack(">I4s", 0x7FFFFFFF - k, b"moov") for k in range(2000)),
        "call.mkv: no end": b"\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff" + bytes(2000),
        "call.m3u8: a list of files": b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n",
        "call.ffconcat: a list of files": b"ffconcat version 1.0\nfile '/etc/passwd'\nfile 'http://127.0.0.1:9/x'\n",
        "call.sdp: a stream": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
        "call.mpd: a manifest": b'<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>http://127.0.0.1:9/</BaseURL></Representation></AdaptationSet></Period></MPD>',
        "call.avs: a script": b'FFmpegSource2("/etc/passwd")',
        "call.wav: a list of files": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
    }  # fmt: skip
    for name, data in shapes.items():
        file = name.split(":")[0]
        yield Case(f"sound: {name}", _file(file, data), (file,), (DONE, REFUSED))


SPOKEN = _whisperx(["A", "my", "bill"])


def _beside(name: str, data: bytes) -> Write:
    """Write a recording with its transcript and something beside it."""

    def write(folder: Path) -> None:
        noise = (np.random.default_rng(3).standard_normal((16000, 2)) * 3000).astype("<i2")
        (folder / "call.wav").write_bytes(_riff(channels=2, data=noise.tobytes()))
        (folder / "t.json").write_bytes(SPOKEN)
        (folder / name).write_bytes(data)

    return write


def _texts(kind: str) -> bytes:
    return _json(
        {
            "agent": " ".join(WORDS[kind]),
            "call_type": "../../x",
            "started_at": WORDS[kind][0],
            "direction": WORDS[kind][0],
        }
    )


def _sidecars() -> Iterator[Case]:
    typed = ("call.wav", "--transcript", "t.json", *ALL[:2])
    shapes: dict[str, tuple[str, bytes]] = {
        **{kind: ("call.json", _texts(kind)) for kind in ("html", "terminal", "turned", "formula")},
        "deep": ("call.json", b"[" * 100_000),
        "deep tables": ("call.toml", b"a = " + b"[" * 50_000),
        "large": ("call.json", b" " * (2**20 + 10)),
        "many digits": ("call.json", b'{"agent_channel": ' + b"1" * 5000 + b"}"),
        "no number": ("call.json", b'{"agent_channel": NaN, "agent": Infinity, "started_at": -1e999}'),
        "many dots": ("call.toml", b"a." * 20_000 + b"b = 1"),
        "bytes": ("call.toml", b'agent = "\xff\xfe"'),
        "a far date": ("call.toml", b"started_at = 9999-12-31T23:59:59+23:59"),
    }
    for name, (file, data) in shapes.items():
        yield Case(f"sidecar: {name}", _beside(file, data), typed, (DONE,))


def _settings() -> Iterator[Case]:
    typed = ("--transcript", "t.json", *ALL)
    shapes: dict[str, tuple[bytes, int]] = {
        "an unknown key": (b"\"\\u001b[2J\" = 1", SET_WRONG),
        "markup for a name": (b"agent = \"<script>alert(1)</script>\"", DONE),
        "a formula for a name": (b"agent = \"=cmd|'/C calc'!A0\"", DONE),
        "deep": (b"out = " + b"[" * 50_000, SET_WRONG),
        "many dots": (b"a." * 20_000 + b"b = 1", SET_WRONG),
        "large": (b"#" * 1_100_000, SET_WRONG),
        "bytes": (b"agent = \"\xff\"", SET_WRONG),
        "endless hours": (b"max_hours = inf", SET_WRONG),
        "no number of hours": (b"max_hours = nan", SET_WRONG),
        "a recipe elsewhere": (b"recipe = \"../../../../etc/passwd\"", SET_WRONG),
        "a rubric elsewhere": (b"rubric = \"../../../../etc/passwd\"", SET_WRONG),
        "a zero in a path": (b"out = \"a\\u0000b\"", SET_WRONG),
        "a type without end": (b"mask = [\"" + b"x" * 9000 + b"\"]", SET_WRONG),
        "a key without end": (b"x" * 9000 + b" = 1", SET_WRONG),
    }  # fmt: skip

    def write(data: bytes) -> Write:
        def both(folder: Path) -> None:
            (folder / "coach.toml").write_bytes(data)
            (folder / "t.json").write_bytes(SPOKEN)

        return both

    for name, (data, code) in shapes.items():
        yield Case(f"settings: {name}", write(data), typed, (code, 2, 74) if "path" in name else (code,))


NAMES: dict[str, bytes] = {
    "escapes": b"\x1b[31mred\x07.json",
    "a line break": b"a\nb.json",
    "a formula": b"=cmd.json",
    "markup": b"<script>alert(1)<.json",
    "turned": "a\u202egpj.json".encode(),
    "long": b"x" * 245 + b".json",
    "no letters": b"\xff\xfe.json",
    "a command": b"$(touch owned);`touch owned`.json",
    "an option": b"./--out=owned.json",
    "dots": b"...json",
    "percent": b"%2e%2e%2fowned%00.json",
    "a quote": b"a'\"b\\c.json",
    "a device": b"CON.json",
    "a card": b"4111 1111 1111 1111.json",
}


def _names() -> Iterator[Case]:
    for name, raw in NAMES.items():

        def write(folder: Path, raw: bytes = raw) -> None:
            Path(os.fsdecode(os.path.join(os.fsencode(folder), raw))).write_bytes(SPOKEN)  # noqa: PTH118

        yield Case(f"name: {name}", write, ("--transcript", raw, *ALL), (DONE, REFUSED))
    typed = ("--transcript", "t.json", *ALL, "--name", "../../owned")
    yield Case("name: given to step out", _file("t.json", SPOKEN), typed, (DONE, 2))


def _links() -> Iterator[Case]:
    def pipe(folder: Path) -> None:
        os.mkfifo(folder / "call.wav")

    def link(name: str, to: str) -> Write:
        def write(folder: Path) -> None:
            (folder / "t.json").write_bytes(SPOKEN)
            (folder / "victim").write_text("unharmed")
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).symlink_to(to)

        return write

    unharmed = {"victim": "unharmed"}
    typed = ("--transcript", "t.json", *ALL)
    yield Case("link: a pipe as recording", pipe, ("call.wav",), (REFUSED,))
    yield Case("link: a device as recording", link("call.wav", "/dev/zero"), ("call.wav",), (REFUSED,))
    yield Case("link: a device as transcript", link("d.json", "/dev/zero"), ("--transcript", "d.json"), (REFUSED,))
    yield Case("link: to itself", link("call.wav", "call.wav"), ("call.wav",), (REFUSED, MISSING))
    for suffix in ("html", "json", "csv"):
        place = link(f"coaching/t.{suffix}", "../victim")
        yield Case(f"link: a report's place ({suffix})", place, typed, (DONE,), unharmed)
    yield Case("link: a sidecar", link("t.toml", "/etc/passwd"), typed, (DONE,), unharmed)


def _kept() -> Iterator[Case]:
    """Yield what this program wrote itself, and somebody changed since."""
    states: dict[str, bytes] = {
        "a list": b"[]",
        "a request that is a list": b'{"request": [], "folder": "x", "stem": "y", "agent": "left", "speakers": []}',
        "a request that is no object": b'{"request": "x", "folder": {}, "stem": [], "agent": 1, "speakers": 7}',
        "deep": b"[" * 100_000,
        "broken": b'{"request": {"recording": "\xff',
    }
    for name, data in states.items():

        def state(folder: Path, data: bytes = data) -> None:
            place = folder.parent / "user" / "XDG_STATE_HOME" / "coach"
            place.mkdir(parents=True)
            (place / "last.json").write_bytes(data)

        yield Case(f"the last review: {name}", state, ("--swap",), (2,))
    moment = {"kind": "missed_empathy", "start": 1e400, "end": -1e400, "text": "hi", "evidence": {"agent_turn": 0}}
    words = [{"text": "why", "start": 0.0, "end": 1e308, "confidence": 0.9}] * 6
    turn = {"role": "customer", "start": 0, "end": 9, "words": words}
    review = {
        "schema": "coach.review/1", "source": "0" * 64, "moments": [moment], "turns": [turn],
        "coaching": {"practice": [{"drill": "x-name-it", "moment": 1e400}, {"drill": "x-name-it", "moment": 0}]},
    }  # fmt: skip
    shapes = {
        "numbers without end": _json(review),
        "a list for all": _json({**review, "moments": {}, "turns": 1, "coaching": []}),
        "deep": b'{"schema": "coach.review/1", "turns": ' + b"[" * 100_000,
    }
    for name, data in shapes.items():
        answered = ("--from", "call.json", "--answer", "that is a shock")
        yield Case(
            f"a review to practise from: {name}", _file("call.json", data), answered, (DONE, 2, 3, 4), {}, "practice"
        )


CASES: list[Case] = [
    *_kept(), *_words(), *_transcripts(), *_sounds(), *_sidecars(), *_settings(), *_names(), *_links(),
]  # fmt: skip
"""All of them."""
