"""`edgeassist transcript`: a kept transcript as files other programs read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import av
import pysubs2
import pytest
import webvtt


def transcript(*arguments: object, language: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", "transcript", *map(str, arguments)],
        env={**os.environ, "EDGEASSIST_LANG": language},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def kept(tmp_path) -> Path:
    path = tmp_path / "talk.jsonl"
    records = [
        {"type": "session", "zero": 1_790_000_000.0},
        {"type": "final", "start_s": 1.0, "end_s": 3.0, "text": "早上好。", "language": "zh"},
        {"type": "final", "start_s": 4.0, "end_s": 6.0, "text": "Hi, all & one", "language": "en"},
        {"type": "session", "zero": 1_790_000_060.0},
        {
            "type": "final",
            "start_s": 1.0,
            "end_s": 2.0,
            "text": "再见。",
            "language": "zh",
            "heard": "在见。",
        },
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    return path


def test_sessions_are_listed(kept):
    lines = [json.loads(line) for line in transcript("list", kept, "--json").stdout.splitlines()]
    assert [(one["session"], one["lines"], one["text"]) for one in lines] == [
        (1, 2, "早上好。"),
        (2, 1, "再见。"),
    ]
    plain = transcript("list", kept).stdout.splitlines()
    assert plain[0].startswith("1  2026-09-")
    assert plain[0].endswith("2 lines  早上好。")


def test_subtitles_are_read_by_other_programs(kept, tmp_path):
    out = tmp_path / "talk.srt"
    result = transcript("export", kept, "-o", out)
    assert (result.returncode, result.stdout) == (0, "")
    read = list(pysubs2.load(str(out)))
    assert [one.plaintext for one in read] == ["早上好。", "Hi, all & one", "再见。"]
    assert [one.start for one in read] == [1000, 4000, 61000]
    with av.open(str(out)) as container:  # ffmpeg's own reader
        packets = [packet for packet in container.demux() if packet.size]
    assert [packet.pts for packet in packets] == [1000, 4000, 61000]
    web = tmp_path / "talk.vtt"
    transcript("export", kept, "-o", web, "--session", "last")
    assert [(one.start, one.text) for one in webvtt.read(web)] == [("00:00:01.000", "再见。")]


def test_text_and_json_lines_go_to_standard_output_too(kept):
    result = transcript("export", kept, "--format", "txt", "--session", "1")
    assert result.stdout == "早上好。\nHi, all & one\n"
    lines = transcript("export", kept, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["text"] for line in lines][2] == "再见。"
    assert [json.loads(line)["start_s"] for line in lines] == [1.0, 4.0, 61.0]
    assert json.loads(lines[2])["time"].startswith("2026-09-")
    assert [json.loads(line).get("heard") for line in lines] == [None, None, "在见。"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["export", "KEPT", "--session", "7", "--format", "srt"], "7: there is no such session"),
        (["export", "KEPT"], "the format is not given"),
        (["export", "KEPT", "-o", "talk.doc"], "talk.doc: the format is not given"),
        (["export", "KEPT", "-o", "KEPT"], "is the file that is read"),
        (["export", "none.jsonl", "--format", "srt"], "none.jsonl: cannot be read"),
        (["list", "/etc/hostname"], "is not a line of a transcript"),
    ],
)
def test_what_cannot_be_done_is_one_line(kept, arguments, complaint):
    before = kept.read_bytes()
    result = transcript(*[str(kept) if one == "KEPT" else one for one in arguments])
    assert result.returncode == 2
    assert complaint in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert kept.read_bytes() == before


def test_a_file_that_cannot_be_written_is_named(kept):
    result = transcript("export", kept, "-o", "/proc/none/talk.srt")
    assert result.returncode == 1
    assert "/proc/none/talk.srt" in result.stderr
    assert "Traceback" not in result.stderr
