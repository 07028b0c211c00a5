"""A transcript survives a crash, a full disk and being continued."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edgeassist.captions.transcript import Journal, one_after_another, read_journal, write_srt
from edgeassist.errors import InputError, WorkError
from edgeassist.loop.events import Caption


def final(text: str, start_s: float = 0.0) -> Caption:
    return Caption(
        captured_ns=0,
        utterance=1,
        text=text,
        final=True,
        stable_chars=len(text),
        start_s=start_s,
        end_s=start_s + 1,
    )


def texts(path: Path) -> list[str]:
    return [cue.text for session in read_journal(path) for cue in session.cues]


def can_mount() -> bool:
    tried = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(tried, capture_output=True).returncode == 0


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_transcript import final
from edgeassist.captions.transcript import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(100_000):
    journal.add(final(f"第{number}句", float(number)))
    print(number, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 7, 23, 60])
def test_every_line_that_was_shown_is_there_after_kill_9(tmp_path, lines):
    path = tmp_path / "talk.jsonl"
    expected: list[str] = []
    for _ in range(2):  # the second goes on after what the first left, torn or not
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(Path(__file__).parent)],
            stdout=subprocess.PIPE,
            text=True,
        )
        shown = [child.stdout.readline() for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        shown += child.stdout.readlines()
        child.wait()
        shown = [line for line in shown if line.endswith("\n")]
        assert len(shown) >= lines
        expected += [f"第{number}句" for number in range(len(shown))]
        kept = texts(path)
        assert kept[: len(expected)] == expected
        assert len(kept) <= len(expected) + 1  # written, and killed before it was shown
        expected = kept


def test_a_torn_line_is_cut_off_and_the_transcript_goes_on(tmp_path):
    path = tmp_path / "talk.jsonl"
    journal = Journal(path)
    journal.add(final("一"))
    journal.close()
    with path.open("ab") as file:
        file.write('{"type": "final", "text": "二'.encode()[:-1])
    assert texts(path) == ["一"]
    journal = Journal(path)
    journal.add(final("三"))
    journal.close()
    assert texts(path) == ["一", "三"]
    assert len(read_journal(path)) == 2


def test_a_full_disk_is_told_of_and_what_it_missed_is_caught_up(tmp_path):
    path = tmp_path / "talk.jsonl"
    journal = Journal(path)
    journal.add(final("一"))
    size = path.stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        # The system refuses to let the file grow, in the middle of a line.
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, before[1]))
        for text in ("二", "三"):
            with pytest.raises(WorkError, match=r"talk\.jsonl"):
                journal.add(final(text))
            assert path.stat().st_size == size
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    journal.add(final("四"))
    journal.close()
    assert texts(path) == ["一", "二", "三", "四"]


FILLED_DISK = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_transcript import final
from edgeassist.captions.transcript import Journal
folder = Path(sys.argv[1])
journal = Journal(folder / "talk.jsonl")
journal.add(final("一"))
assert not journal.nearly_full
try:
    with (folder / "film").open("wb", buffering=0) as other:
        while True:
            other.write(bytes(4096))
except OSError as error:
    assert error.errno == 28
told = None
for number in range(1500):
    journal.add(final(f"第{number}句话还在记录里"))
    if journal.nearly_full and told is None:
        told = number
assert told, "nobody was told"
(folder / "film").unlink()
for number in range(1500, 3000):
    journal.add(final(f"第{number}句话还在记录里"))
assert not journal.nearly_full
journal.close()
print((folder / "talk.jsonl").read_text())
"""


@pytest.mark.skipif(not can_mount(), reason="no file system may be mounted here")
def test_a_disk_that_others_filled_still_takes_a_thousand_finals_and_it_is_said(tmp_path):
    mounted = 'mount -t tmpfs -o size=2m none "$1" && exec "$2" -c "$3" "$1" "$4"'
    run = [mounted, "sh", str(tmp_path), sys.executable, FILLED_DISK, str(Path(__file__).parent)]
    written = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", *run],
        capture_output=True,
        text=True,
    )
    assert written.returncode == 0, written.stderr
    assert [json.loads(line)["text"] for line in written.stdout.splitlines() if "第" in line] == [
        f"第{number}句话还在记录里" for number in range(3000)
    ]


def test_nobody_else_may_read_what_was_said(tmp_path):
    journal = Journal(tmp_path / "talk.jsonl")
    journal.add(final("一"))
    journal.close()
    for path in (journal.path, write_srt(journal.path)):
        assert path.stat().st_mode & 0o777 == 0o600


def test_the_home_folder_can_be_written_as_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    journal = Journal(Path("~/talk.jsonl"))
    journal.add(final("一"))
    journal.close()
    assert texts(tmp_path / "talk.jsonl") == ["一"]


def test_another_kind_of_file_is_not_touched(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear all")
    with pytest.raises(InputError, match="another kind"):
        Journal(path)
    assert path.read_text() == "Dear all"
    with pytest.raises(InputError):
        Journal(tmp_path)


def test_a_damaged_line_is_named(tmp_path):
    path = tmp_path / "talk.jsonl"
    path.write_text('{"type": "session", "zero": 0}\n{"type": "fin\n')
    with pytest.raises(InputError, match="line 2"):
        read_journal(path)


def test_a_day_of_sessions_becomes_one_subtitle_file_in_order(tmp_path):
    path = tmp_path / "day.jsonl"
    records = [
        {"type": "session", "zero": 1000.0},
        {"type": "final", "start_s": 1.0, "end_s": 2.0, "text": "早上好", "language": "zh"},
        {"type": "session", "zero": 1060.0},
        {"type": "final", "start_s": 1.0, "end_s": 2.0, "text": "再见", "language": "zh"},
        {"type": "session", "zero": 900.0},  # the clock was set back
        {"type": "final", "start_s": 5.0, "end_s": 6.0, "text": "还在", "language": "zh"},
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    starts = [cue.start_s for cue in one_after_another(read_journal(path))]
    assert starts == [1.0, 61.0, 62.0]
    lines = write_srt(path).read_text("utf-8").split("\n")
    assert lines[:4] == ["1", "00:00:01,000 --> 00:00:02,000", "早上好", ""]
    assert lines[4:6] == ["2", "00:01:01,000 --> 00:01:02,000"]
    assert sorted(os.listdir(tmp_path)) == ["day.jsonl", "day.srt"]
