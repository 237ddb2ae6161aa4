"""The command line as a person or a script meets it: files, exit codes, stdout and stderr."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import soundfile
from command import DEMO, coach, load

from coach.resources import resource


def test_a_transcript_alone_is_reviewed(tmp_path: Path, transcript: Path) -> None:
    ran = coach("review", "--transcript", transcript, "--format", "html,json,md,csv,vtt", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    out = tmp_path / "coaching"
    assert sorted(path.name for path in out.iterdir()) == [f"talk.{s}" for s in ("csv", "html", "json", "md", "vtt")]
    review = load(out / "talk.json")
    assert review["schema"] == "coach.review/1"
    assert review["separation"] == "transcript"
    recorded = review["recording"]
    assert isinstance(recorded, dict)
    assert recorded["uri"] is None
    assert recorded["sha256"] is None
    assert str(out / "talk.html") in ran.stdout or "coaching/talk.html" in ran.stdout
    assert all(len(line) <= 80 or "/" in line for line in ran.stdout.splitlines())


def test_nothing_unmasked_is_in_any_file_or_line(tmp_path: Path, transcript: Path) -> None:
    ran = coach("review", "--transcript", transcript, "--format", "html,json,md,csv,vtt", cwd=tmp_path)

    for path in (tmp_path / "coaching").iterdir():
        text = path.read_text(encoding="utf-8")
        assert "one one one" not in text, path.name
    assert "one one one" not in ran.stdout + ran.stderr
    review = load(tmp_path / "coaching" / "talk.json")
    assert review["masked"] == {"card": 1}
    assert "[card]" in json.dumps(review["turns"])


def test_files_are_the_users_own(tmp_path: Path, transcript: Path) -> None:
    coach("review", "--transcript", transcript, cwd=tmp_path)

    assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "coaching").iterdir()} == {"0o600"}


def test_a_recording_takes_its_times_from_the_sound_and_its_words_from_a_transcript(tmp_path: Path) -> None:
    truth = json.loads(DEMO.with_name("truth.json").read_text(encoding="utf-8"))
    segments = [
        {
            "start": said["start"],
            "end": said["end"],
            "speaker": {"agent": "SPEAKER_01", "customer": "SPEAKER_00"}[said["role"]],
            "words": [{"word": w, "start": start, "end": end, "score": 0.9} for w, start, end in said["words"]],
        }
        for said in truth["utterances"]
    ]
    (tmp_path / "given.json").write_text(json.dumps({"segments": segments}), encoding="utf-8")

    ran = coach("review", DEMO, "--transcript", "given.json", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    review = load(tmp_path / "coaching" / "high-bill.json")
    assert review["separation"] == "channels"
    assert review["roles"]["agent"] == "left"
    said = " ".join(t["text"] for t in review["turns"] if t["role"] == "agent")
    assert "How can I help you today?" in said
    speech = review["measures"]["talk_ratio"]["numerator"]
    assert speech == pytest.approx(sum(end - start for start, end in truth["speech"]["agent"]), rel=0.03)


def test_config_show_tells_where_each_value_comes_from(tmp_path: Path) -> None:
    (tmp_path / "coach.toml").write_text('out = "reports"', encoding="utf-8")

    ran = coach("config", "show", cwd=tmp_path, COACH_DEVICE="cpu")

    lines = [line.split() for line in ran.stdout.splitlines()]
    assert ["out", "reports", "coach.toml"] in lines
    assert ["device", "cpu", "COACH_DEVICE"] in lines


@pytest.mark.engine
def test_a_call_that_was_reviewed_is_not_reviewed_again_unless_told(tmp_path: Path) -> None:
    samples, rate = soundfile.read(DEMO)
    soundfile.write(tmp_path / "short.wav", samples[: 10 * rate], rate)
    coach("review", "short.wav", cwd=tmp_path)
    first = (tmp_path / "coaching" / "short.json").read_bytes()

    again = coach("review", "short.wav", "--json", cwd=tmp_path)
    forced = coach("review", "short.wav", "--json", "--force", cwd=tmp_path)

    assert json.loads(again.stdout)["status"] == "unchanged"
    assert again.returncode == 0
    assert json.loads(forced.stdout)["status"] == "reviewed"
    assert (tmp_path / "coaching" / "short.json").read_bytes() == first  # and the same words come out again


@pytest.mark.engine
def test_mono_that_is_not_told_apart_gets_a_clear_sentence_its_transcript_and_nulls(tmp_path: Path) -> None:
    samples, rate = soundfile.read(DEMO)
    soundfile.write(tmp_path / "mono.wav", samples[: 8 * rate].mean(axis=1), rate)

    ran = coach("review", "mono.wav", "--diarizer", "none", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    review = load(tmp_path / "coaching" / "mono.json")
    assert review["separation"] == "none"
    assert any("one channel" in warning for warning in review["warnings"])
    assert {turn["role"] for turn in review["turns"]} == {"unknown"}
    measures = review["measures"]
    assert isinstance(measures, dict)
    assert measures["talk_ratio"]["value"] is None
    assert measures["talk_ratio"]["why"]
    assert measures["interruptions_by_agent"]["value"] is None
    assert review["coaching"]["try"] is None


@pytest.mark.engine
def test_mono_is_told_apart_by_voice_where_that_is_asked_for(tmp_path: Path) -> None:
    samples, rate = soundfile.read(DEMO)
    soundfile.write(tmp_path / "mono.wav", samples[: 34 * rate].sum(axis=1), rate)

    ran = coach("review", "mono.wav", "--diarizer", "bundled", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    review = load(tmp_path / "coaching" / "mono.json")
    assert review["separation"] == "diarization"
    assert review["provenance"]["diarizer"]
    assert any("told apart by voice" in warning for warning in review["warnings"])
    said = {role: " ".join(t["text"] for t in review["turns"] if t["role"] == role) for role in ("agent", "customer")}
    assert "help you" in said["agent"]
    assert "four hundred dollars this month" in said["customer"]
    html = (tmp_path / "coaching" / "mono.html").read_text(encoding="utf-8")
    assert html.count("data:audio/mpeg;base64,") == 1


@pytest.mark.engine
def test_identical_channels_are_treated_as_mono(tmp_path: Path) -> None:
    samples, rate = soundfile.read(DEMO)
    mixed = samples[: 8 * rate].mean(axis=1)
    soundfile.write(tmp_path / "fake.wav", np.stack([mixed, mixed], axis=1), rate)

    ran = coach("review", "fake.wav", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    review = load(tmp_path / "coaching" / "fake.json")
    assert review["separation"] == "diarization"
    assert any("same sound" in warning for warning in review["warnings"])


def test_a_copy_of_a_call_in_another_folder_keeps_both_reports(
    tmp_path: Path, recording: Path, transcript: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(recording, other / "talk.wav")
    samples, rate = soundfile.read(recording)
    soundfile.write(recording, samples[: 18 * rate], rate)

    ran = coach("review", recording, other / "talk.wav", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert len(list((tmp_path / "coaching").glob("talk-*.html"))) == 2


def test_the_same_call_with_the_same_options_is_nothing_new(tmp_path: Path, transcript: Path, recording: Path) -> None:
    call = [recording, "--transcript", transcript, "--json"]

    def status(*options: object) -> str:
        told: str = json.loads(coach("review", *call, *options, cwd=tmp_path).stdout)["status"]
        return told

    assert status() == "reviewed"
    assert status() == "unchanged"
    assert status("--format", "html,json") == "unchanged"
    assert status("--format", "html,json,vtt") == "reviewed"
    assert status("--no-audio") == "reviewed"
    assert status() == "reviewed"
    assert status("--agent-channel", "right") == "reviewed"
    words = transcript.read_text(encoding="utf-8")
    transcript.write_text(words.replace("Ann", "Eve"), encoding="utf-8")
    assert status() == "reviewed"


def test_the_same_file_twice_is_one_call(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound", encoding="utf-8")

    ran = coach("review", "text.wav", "./text.wav", "--json", cwd=tmp_path)

    assert len(ran.stdout.splitlines()) == 1


def test_a_name_with_a_card_number_is_masked_wherever_it_goes(
    tmp_path: Path, transcript: Path, recording: Path
) -> None:
    recording.rename(tmp_path / "paid 4111 1111 1111 1111.wav")
    (tmp_path / "4111111111111111.wav").write_text("no sound", encoding="utf-8")

    runs = [
        coach("review", "paid 4111 1111 1111 1111.wav", "--transcript", transcript, *more, cwd=tmp_path)
        for more in ([], ["--json"], ["--force"], ["--swap"])
    ]
    runs += [coach("review", name, "--json", cwd=tmp_path) for name in ("4111111111111111.wav", "4111111111111112.wav")]
    runs.append(coach("review", "x.wav", "--recipe", "4111111111111111.toml", cwd=tmp_path))

    assert [ran.returncode for ran in runs] == [0, 0, 0, 0, 3, 4, 5]
    assert not any("4111" in ran.stdout + ran.stderr for ran in runs)
    written = list((tmp_path / "coaching").iterdir())
    assert not any("4111" in path.name or "4111 1111" in path.read_text(encoding="utf-8") for path in written)


def test_long_sound_lies_beside_the_page(tmp_path: Path, transcript: Path, recording: Path) -> None:
    (tmp_path / "coach.toml").write_text("embed_minutes = 0.1", encoding="utf-8")

    ran = coach("review", recording, "--transcript", transcript, "--json", cwd=tmp_path)
    page = (tmp_path / "coaching" / "talk.html").read_text(encoding="utf-8")
    without = coach("review", recording, "--transcript", transcript, "--no-audio", "--name", "quiet", cwd=tmp_path)

    assert "coaching/talk.mp3" in json.loads(ran.stdout)["files"]
    assert (tmp_path / "coaching" / "talk.mp3").is_file()
    assert 'src="./talk.mp3"' in page
    assert without.returncode == 0, without.stderr
    assert not (tmp_path / "coaching" / "quiet.mp3").exists()
    assert "data:audio" not in (tmp_path / "coaching" / "quiet.html").read_text(encoding="utf-8")


def test_a_recipe_without_analysis_leaves_every_measure_null_with_the_reason(tmp_path: Path, transcript: Path) -> None:
    stages = '["decode", "listen", "transcribe", "mask", "converse", "report"]'
    (tmp_path / "words.toml").write_text(f'name = "words"\nstages = {stages}', encoding="utf-8")

    coach("review", "--transcript", transcript, "--recipe", "words.toml", cwd=tmp_path)

    review = load(tmp_path / "coaching" / "talk.json")
    jsonschema.validate(review, json.loads(resource("reports", "review.schema.json").read_text(encoding="utf-8")))
    assert {(measure["value"], measure["why"]) for measure in review["measures"].values()} == {
        (None, "the recipe leaves it out")
    }


def test_every_kind_of_call_makes_a_valid_review(
    tmp_path: Path, spoken: tuple[Path, Path], parties: list[object]
) -> None:
    recording, transcript = spoken
    schema = json.loads(resource("reports", "review.schema.json").read_text(encoding="utf-8"))
    samples, rate = soundfile.read(recording)
    mono = samples.sum(axis=1)
    soundfile.write(tmp_path / "mono.wav", mono, rate)
    soundfile.write(tmp_path / "same.wav", np.stack([mono, mono], axis=1), rate)
    soundfile.write(tmp_path / "loud.wav", np.clip(samples * np.array([40.0, 1.0]), -1, 1), rate)
    cues = "WEBVTT\n\n00:00:00.500 --> 00:00:03.500\n<v Agent>How can I help?\n\n"
    (tmp_path / "cues.vtt").write_text(cues + "00:00:04.000 --> 00:00:09.000\n<v Customer>My bill.\n", encoding="utf-8")
    words: list[object] = ["--transcript", transcript]
    warned: dict[str, tuple[list[object], str | None]] = {
        "spoken": ([recording, *words], None),
        "pair": ([*parties, *words, "--name", "pair"], None),
        "mono": (["mono.wav", *words], "word times"),
        "same": (["same.wav", *words], "same sound"),
        "loud": (["loud.wav", *words], "too loud"),
        "cues": (["--transcript", "cues.vtt"], "cue times only"),
    }

    for name, (call, warning) in warned.items():
        ran = coach("review", *call, cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr
        review = load(tmp_path / "coaching" / f"{name}.json")
        jsonschema.validate(review, schema)
        assert warning is None or any(warning in told for told in review["warnings"]), (name, review["warnings"])
        starts = [turn["start"] for turn in review["turns"]]
        assert starts == sorted(starts)
        value = {measure: found["value"] for measure, found in review["measures"].items()}
        if value["silence_ratio"] is not None:
            shares = value["talk_share_agent"] + value["talk_share_customer"] - value["overlap_ratio"]
            assert shares + value["silence_ratio"] == pytest.approx(1, abs=3e-4)  # each is rounded in the file
        for measure in review["measures"].values():
            assert measure["value"] is not None or measure["why"]
