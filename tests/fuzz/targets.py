"""The parsers that read what nobody vouches for, each with inputs that it takes."""

from __future__ import annotations

import io
import json
import math
import os
import random
import wave
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame

from coach.app.item import Request
from coach.app.naming import plan, read_review
from coach.app.practice import log
from coach.app.practice.own import own_customers
from coach.app.recipe import load_recipe
from coach.app.review import last
from coach.app.settings import Settings, gather
from coach.coaching.rubric import load_rubric
from coach.coaching.sentences import read_sentences
from coach.coaching.toml import load
from coach.conversation import CoachError, UsageError
from coach.privacy.chains import hear
from coach.privacy.mask import mask, mask_text
from coach.reporting.text import clean
from coach.resources import resource
from coach.speech.decoding.decoder import decode
from coach.speech.decoding.limits import Limits
from coach.speech.importing.imported import Imported
from coach.speech.importing.read import read_transcript
from coach.speech.sidecar import claim_from_name, read_sidecar
from tests.fuzz import taken_in
from tests.fuzz.engine import Breach, Target
from tests.unit.privacy import forms, spoken

CALLS = Path(__file__).parents[1] / "calls"
RATE = 8000


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise Breach(what)


# Recordings

CONTAINERS: Sequence[tuple[str, str, str, int]] = (
    ("wav", "pcm_s16le", "s16", RATE), ("wav", "pcm_s24le", "s32", RATE), ("wav", "pcm_f32le", "flt", RATE),
    ("wav", "pcm_mulaw", "s16", RATE), ("wav", "pcm_alaw", "s16", RATE), ("wav", "adpcm_ima_wav", "s16p", RATE),
    ("wav", "adpcm_ms", "s16", RATE), ("w64", "pcm_s16le", "s16", RATE), ("aiff", "pcm_s16be", "s16", RATE),
    ("au", "pcm_s16be", "s16", RATE), ("caf", "pcm_s16le", "s16", RATE), ("flac", "flac", "s16", RATE),
    ("mp3", "libmp3lame", "s16p", RATE), ("ogg", "libopus", "flt", 16000), ("ogg", "libvorbis", "fltp", RATE),
    ("ipod", "aac", "fltp", RATE), ("ipod", "alac", "s16p", RATE), ("matroska", "pcm_s16le", "s16", RATE),
    ("webm", "libopus", "flt", 16000), ("adts", "aac", "fltp", RATE), ("asf", "wmav2", "fltp", RATE),
    ("amr", "libopencore_amrnb", "s16", RATE), ("avi", "pcm_s16le", "s16", RATE), ("mpegts", "aac", "fltp", RATE),
    ("ogg", "libspeex", "s16", RATE), ("tta", "tta", "s16", RATE), ("wv", "wavpack", "s16p", RATE),
)  # fmt: skip
"""Container, encoder, sample format and rate of what recorders write."""


def _noise(seconds: float, channels: int) -> np.ndarray:
    count = int(seconds * RATE)
    return (np.random.default_rng(1).standard_normal((count, channels)) * 3000).astype("<i2")


def _encoded(container: str, codec: str, form: str, rate: int) -> bytes | None:
    """Return a third of a second in a format; ``None`` where this build of FFmpeg cannot write it."""
    buffer = io.BytesIO()
    layout = "mono" if container == "amr" else "stereo"
    channels = 1 if layout == "mono" else 2
    try:
        with av.open(buffer, "w", format=container) as out:
            stream = out.add_stream(codec, rate=rate)
            stream.codec_context.layout = layout
            stream.codec_context.format = form
            resampler = av.AudioResampler(format=form, layout=layout, rate=rate)
            frame = AudioFrame.from_ndarray(_noise(0.35, channels).reshape(1, -1), format="s16", layout=layout)
            frame.sample_rate = RATE
            for ready in [*resampler.resample(frame), *resampler.resample(None), None]:
                for packet in stream.encode(ready):
                    out.mux(packet)
    except (av.FFmpegError, ValueError):
        return None
    return buffer.getvalue()


@cache
def _recordings() -> Sequence[bytes]:
    made = [data for spec in CONTAINERS if (data := _encoded(*spec))]
    tagged = io.BytesIO()
    with wave.open(tagged, "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        out.writeframes(_noise(0.1, 2).tobytes())
    listed = b"LIST" + (26).to_bytes(4, "little") + b"INFOIART" + (13).to_bytes(4, "little") + b"agent: Dana\0\0\0"
    return [*made, tagged.getvalue() + listed]


def _recording(data: bytes, folder: Path) -> None:
    path = folder / "call.wav"
    path.write_bytes(data)
    with decode(path, folder=folder / "work", limits=Limits(max_hours=0.1)) as sound:
        _expect(0 < len(sound.lanes) <= 2, "one or two lanes")
        _expect(len({len(lane) for lane in sound.lanes}) == 1, "lanes of one length")
        _expect(0 <= sound.duration <= 0.1 * 3600 + 60, "a length within the limits")
        for lane in sound.lanes:
            _expect(len(lane.read(0, len(lane))) == len(lane), "as many samples as it says")


# Words beside the sound


def _checked(imported: Imported) -> None:
    last_start = -math.inf
    for segment in imported.transcript.segments:
        _expect(math.isfinite(segment.interval.start) and segment.interval.start <= segment.interval.end, "segment")
        _expect(segment.interval.start >= last_start, "segments in order")
        last_start = segment.interval.start
        for word in segment.words:
            _expect(math.isfinite(word.start) and 0 <= word.start <= word.end < 1e7, "a word's times")
            _expect(clean(word.text) == word.text and bool(word.text), "a word that can be shown")
            _expect(word.confidence is None or 0 <= word.confidence <= 1, "a confidence")
    _expect(math.isfinite(imported.duration), "a duration")


def _transcript(data: bytes, folder: Path) -> None:
    path = folder / "t.json"
    path.write_bytes(data)
    imported = read_transcript(path)
    _checked(imported)
    mask(imported.transcript)


def _transcripts() -> Sequence[bytes]:
    paths = sorted(path for path in (CALLS / "transcripts").iterdir() if path.suffix in (".json", ".srt", ".vtt"))
    return [data for path in paths if len(data := path.read_bytes()) < 40_000]


TRANSCRIPT_TOKENS = (
    b"-->", b"WEBVTT", b"\n\n", b"NOTE", b"<v ", b"</v>", b"00:00:01.000", b"00:00:01,5", b"99:99:99.999", b"STYLE",
    b"&lt;", b"\xef\xbb\xbf", b"\xff\xfe", b"segments", b"words", b"start", b"end", b"speaker", b"results", b"items",
    b"channels", b"channel_labels", b"speaker_labels", b"Transcript", b"Participants", b"alternatives", b"Items",
    b"start_time", b"BeginOffsetMillis", b"confidence", b"score", b"punctuated_word", b"utterances", b"paragraphs",
)  # fmt: skip


def _sidecar(data: bytes, folder: Path) -> None:
    recording = folder / "call.wav"
    for name in ("call.json", "call.toml"):
        for other in folder.glob("call.*"):
            other.unlink()
        (folder / name).write_bytes(data)
        found = read_sidecar(recording)
        if found is not None:
            texts = (found.agent, found.started_at, found.direction, found.call_type, *found.warnings)
            _expect(all(t is None or clean(t) == t for t in texts), "text that can be shown")
            _expect(found.agent_channel in (None, 0, 1), "a channel")


SIDECARS = (
    b'{"agent": "Dana", "agent_channel": "right", "started_at": "2026-03-02T09:14:00Z", "direction": "inbound", '
    b'"call_type": "high-bill", "other": [1, {"x": null}]}',
    b'agent = "Dana"\nagent_channel = 1\nstarted_at = 2026-03-02T09:14:00Z\ndirection = "in"\ncall_type = "x-1"\n'
    b'[more]\nx = [1, 2, {y = "z"}]\n',
)
TOML_TOKENS = (
    b"[", b"]", b"[[", b"]]", b" = ", b'"""', b"'''", b"\\u0000", b"\\U0010FFFF", b"{", b"}", b"a.b.c", b"#", b"inf",
    b"nan", b"-", b"1e400", b"0x", b"9999-12-31T23:59:59+23:59", b"00:00:00", b"true", b"\r", b"\n", b"\x00",
)  # fmt: skip


# What a person may write: settings, recipes, rubrics, sentences


def _settings(data: bytes, folder: Path) -> None:
    (folder / "coach.toml").write_bytes(data)
    found = gather({}, environment={}, folder=folder)
    _ = (found.formats, found.masked, found.number("max_hours"), found.text("out"), found.flag("embed"))
    found.channel_for(Path("a-out.wav"))


def _environment(data: bytes, folder: Path) -> None:
    names = ("MASK", "FORMATS", "MAX_HOURS", "EMBED", "AGENT_CHANNEL", "OUT", "AGENT", "RUBRIC")
    text = data.decode("utf-8", "surrogateescape").replace("\0", "")
    for name in names:
        gather({}, environment={f"COACH_{name}": text}, folder=folder)


def _recipe(data: bytes, folder: Path) -> None:
    path = folder / "r.toml"
    path.write_bytes(data)
    load_recipe(str(path))


def _rubric(data: bytes, folder: Path) -> None:
    path = folder / "r.toml"
    path.write_bytes(data)
    load_rubric(str(path))


def _sentences(data: bytes, folder: Path) -> None:
    path = folder / "s.toml"
    path.write_bytes(data)
    read_sentences(load(path), path.name)


SETTINGS = (
    b'agent = "Dana"\nout = "x"\nformats = ["html", "csv"]\nmask = ["+name", "-phone"]\nmax_hours = 2\nembed = false\n'
    b'[agent_channel]\n"*-out.wav" = "left"\n"*" = "right"\n',
    b'recipe = "solo"\ntranscriber = "bundled"\nembed_minutes = 3.5\nyou_first = true\nagent_channel = "left"\n',
)


# What was written before, and is read back


@cache
def _review_bytes() -> bytes:
    """Return the example's review, shortened: what its reader looks at is there."""
    raw = json.loads((resource("demo").parents[2] / "reports" / "example" / "high-bill.json").read_text("utf-8"))
    raw["turns"] = [{**turn, "words": turn["words"][:12]} for turn in raw["turns"][:14]]
    raw["measures"] = {}
    raw["speech"] = {}
    raw["recipe"] = {"settings": {}}
    return json.dumps(raw).encode()


def _review(data: bytes, folder: Path) -> None:
    for old in folder.glob("*.json"):
        old.unlink()
    path = folder / "call.json"
    path.write_bytes(data)
    (folder / "call.wav").write_bytes(b"x")
    review = read_review(path)
    for customer in own_customers(folder, named=False):
        _expect(clean(customer.says) == customer.says and math.isfinite(customer.at), "a customer that can be shown")
    request = Request(recording=folder / "call.wav")
    (output,) = plan([request], folder)
    if review is not None:
        _swap(request, folder)
    _expect(output.folder == folder, "a report in its folder")


@cache
def _plain_settings() -> Settings:
    return gather({}, environment={}, folder=Path("/nonexistent"))


def _swap(request: Request, folder: Path) -> None:
    from coach.app.review import swapped, to_swap  # noqa: PLC0415

    values = {**_plain_settings().values}
    values["out"] = type(values["out"])(str(folder), "here")
    for earlier in to_swap([request], Settings(values)):
        swapped(earlier)


def _state(data: bytes, folder: Path) -> None:
    os.environ["XDG_STATE_HOME"] = os.environ["XDG_DATA_HOME"] = str(folder)
    (folder / "coach").mkdir(exist_ok=True)
    (folder / "coach" / "last.json").write_bytes(data)
    (folder / "coach" / "practice.jsonl").write_bytes(data)
    for entry in log.entries():
        _expect(all(isinstance(one.said, str) for one in entry.tries), "words")
    try:
        last()
    except UsageError:
        return


STATE = (
    b'{"request": {"recording": "/x/call.wav", "agent": null, "customer": null, "transcript": null, "agent_channel": '
    b'null, "agent_speaker": null, "only_me": false, "raw": null, "name": null, "agent_label": null, "swapped": '
    b'false}, "folder": "/x/out", "stem": "call", "agent": "right", "speakers": ["right", "left"], "formats": []}',
    b'{"at": "2026-03-02T09:00:00+00:00", "drill": "shut-off", "call": "", "tries": [{"said": "ok", "heard": '
    b'["empathy"]}]}\n{"at": "2026", "drill": "x", "tries": []}\n',
)


# Names, and words


def _name(data: bytes, folder: Path) -> None:
    text = os.fsdecode(data.replace(b"\0", b""))[:400]
    masked = mask_text(text)
    _expect(mask_text(masked) == masked or len(masked) <= len(text), "a text that was masked stays so")
    clean(masked)
    name = text.replace("/", "_") or "x"
    recording = folder / name
    claim_from_name(recording)
    (output,) = plan(
        [
            Request(recording=recording),
        ],
        folder / "out",
    )
    _expect(output.path("html").parent == folder / "out", "a report in its folder")
    _expect(len(os.fsencode(output.path("html").name)) <= 200, "a name that disks take")
    _expect(all(c.isprintable() for c in output.stem), "a name that can be shown")
    (given,) = plan([Request(recording=recording, name=text)], folder / "out")
    _expect(given.path("html").parent == folder / "out", "a report in its folder, also where it was named")


NAMES = (
    b"call.wav", b"4111-1111-1111-1111.wav", b"q-20261122143000.wav", b"RE0123456789abcdef0123456789abcdef.wav",
    b"my card is four one one one one one one one one one one one one one one one.wav", b"..", b".hidden",
    b"12345678-1234-1234-1234-123456789abc_20260102T09:00_UTC.wav", b"+13125550187 dana@example.org.wav",
)  # fmt: skip


def _words(data: bytes, _folder: Path) -> None:
    """Mask any words at any pauses: nothing but masked words goes, and nothing is raised."""
    text = data.decode("utf-8", "replace")
    lines = [(("a", "c")[k % 2], " ".join(line.split()[:60])) for k, line in enumerate(text.split("\n")[:12])]
    before = spoken.said(*((who, line.replace("{", "")) for who, line in lines if line.replace("{", "").split()))
    after = mask(before)
    _expect(len(after.transcript.segments) == len(before.segments), "as many segments")
    for old, new in zip(before.segments, after.transcript.segments, strict=True):
        words = set(old.words)
        _expect(all(word.masked for word in new.words if word not in words), "no word but the masked ones is new")


def _longest(segments: Sequence[object]) -> int:
    longest = 0
    for segment in segments:
        (lane,) = hear([(word.text, word.start, word.end) for word in segment.words])  # type: ignore[attr-defined]
        longest = max([longest, *(len(chain.digits) for chain in lane.chains)])
    return longest


def _numbers(data: bytes, _folder: Path) -> None:
    """Read the bytes as choices of how private numbers are said, and look for what is left of them."""
    rng = random.Random(data)
    errors = rng.choice([0.0, 0.0, 0.1, 0.2])
    call: Callable[..., list[str]]
    call, least, said = rng.choice(
        [(forms.card_call, 5, "card"), (forms.code_call, 3, "cvv"), (forms.social_call, 4, "ssn")]
    )
    left = _longest(mask(spoken.said(*call(rng, errors=errors))).transcript.segments)
    _expect(left < least, f"{said}: {left} digits in a row are left, {errors:.0%} misheard")


WORDS = (
    b"can i have your card number\nit's four one one one double one oh two 3333 4444\nand the code on the back\n123",
    b"my social is one two three forty five six seven eight nine\nyour date of birth\nmay fourth nineteen eighty two",
    b"dana dot smith at gmail dot com\nand the address\n12 old mill road apartment 4 springfield illinois 62704",
    b"my bill is $214.20\nyour meter reads 48213\ninvoice 4471 from june 3rd at 10:30",
    b"my password is blue giraffe capital a as in apple\nrouting 021000021 account 12345678\nmy pin is four four",
)
WORD_TOKENS = tuple(
    w.encode()
    for w in (
        "card number code pin password social security routing account date birth address zip email at dot com double "
        "triple oh hundred thousand forty eleven 4111 $4,111.20 10:30 09/26 123-45-6789 invoice meter expires okay uh "
        "no sorry street road apartment [card] [ssn] iban GB29NWBK60161331926819 "
        "\u0664\u0661 \uff14\uff11 \u200b one-two - . ,"
    ).split(" ")
)


def _read(*parts: str) -> Callable[[], Sequence[bytes]]:
    return lambda: [resource(*parts).read_bytes()]


ALL: Mapping[str, Target] = {
    target.name: target
    for target in (
        Target("recordings", _recording, _recordings, (b"RIFF", b"data", b"fmt ", b"OggS", b"moov", b"ID3", b"fLaC")),
        Target("transcripts", _transcript, _transcripts, TRANSCRIPT_TOKENS, "speech/importing"),
        Target("sidecars", _sidecar, lambda: SIDECARS, TOML_TOKENS, "speech/sidecar.py,tomllib"),
        Target("settings", _settings, lambda: SETTINGS, TOML_TOKENS, "app/settings.py,tomllib"),
        Target(
            "environment", _environment, lambda: [b"card,cvv", b"+name,-phone", b"1.5", b"yes", b"html,csv", b"~/x"]
        ),
        Target("recipes", _recipe, _read("pipelines", "solo.toml"), TOML_TOKENS, "app/recipe.py,tomllib"),
        Target("rubrics", _rubric, _read("models", "rubrics", "support.toml"), TOML_TOKENS, "coaching/rubric.py"),
        Target("sentences", _sentences, _read("models", "sentences", "coaching.toml"), TOML_TOKENS, "sentences.py"),
        Target("reviews", _review, lambda: [_review_bytes()], (), "app/naming.py,practice/own.py,app/review.py"),
        Target("state", _state, lambda: STATE, (b"\n", b"{", b"}"), "app/review.py,practice/log.py"),
        Target(
            "manifests", taken_in.manifest, lambda: taken_in.MANIFESTS, taken_in.MANIFEST_TOKENS, "app/intake,csv.py"
        ),
        Target(
            "notes",
            taken_in.notes,
            lambda: taken_in.NOTES,
            taken_in.NOTE_TOKENS,
            "app/adding.py,words_added.py,our_words.py",
        ),
        Target("policies", taken_in.policy, lambda: taken_in.POLICIES, TOML_TOKENS, "shift/policy.py"),
        Target("stored", taken_in.stored, lambda: [_review_bytes()], (), "store/reading.py,store/checking.py"),
        Target("names", _name, lambda: NAMES, (b"/", b"..", b"\\", b"%", b"~", b"4111", b"+1", b"\xff", b" ")),
        Target("words", _words, lambda: WORDS, tuple(b" " + t + b" " for t in WORD_TOKENS), "coach/privacy"),
        Target("numbers", _numbers, lambda: [bytes([k]) * 8 for k in range(8)]),
    )
}

TARGETS = ALL
"""By name."""

__all__ = ["TARGETS", "CoachError"]
