"""What was said is on the page once, in order, whether the disk took it or not."""

import json
import os
import resource
import signal

from viewers import caption

from edgeassist.captions.transcript import Journal
from edgeassist.errors import WorkError
from edgeassist.web.history import History


def texts(history: History) -> list[str]:
    return [line.text for line in history.lines(0, len(history))[0]]


def keys(history: History) -> list[str]:
    return [line.key for line in history.lines(0, len(history))[0]]


def test_lines_keep_their_names_when_the_program_is_started_anew(tmp_path):
    path = tmp_path / "talk.jsonl"
    journal, history = Journal(path), History(path)
    for number in range(5):
        journal.add(caption(number, f"第{number}句"))
        history.add(caption(number, f"第{number}句"), 0.0)
    journal.close()
    assert texts(history) == [f"第{number}句" for number in range(5)]
    assert keys(History(path)) == keys(history)
    place = History(path).place_after(keys(history)[2])
    assert [line.text for line in history.lines(place, 99)[0]] == ["第3句", "第4句"]


def test_the_same_recording_played_again_is_shown_again(tmp_path):
    path = tmp_path / "talk.jsonl"
    for _ in range(2):
        journal, history = Journal(path), History(path)
        journal.add(caption(1, "你好"))
        history.add(caption(1, "你好"), 0.0)
        journal.close()
    assert texts(history) == ["你好", "你好"]


def test_lines_the_page_reads_from_the_transcript_before_it_is_told_of_them_come_once(tmp_path):
    path = tmp_path / "talk.jsonl"
    journal = Journal(path)
    finals = [caption(number, f"第{number}句") for number in range(4)]
    for final in finals[:3]:
        journal.add(final)
    history = History(path)  # the page is restarted while three finals wait for it
    journal.add(finals[3])
    for final in finals:
        history.add(final, 0.0)
    journal.close()
    assert texts(history) == ["第0句", "第1句", "第2句", "第3句"]


def test_what_a_full_disk_did_not_take_is_shown_and_not_twice_when_it_is_caught_up(tmp_path):
    path = tmp_path / "talk.jsonl"
    journal, history = Journal(path), History(path)
    one, two, three = (caption(number, text) for number, text in enumerate("一二三"))
    journal.add(one)
    history.add(one, 0.0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, before[1]))
        try:
            journal.add(two)
        except WorkError:
            history.add(two, 0.0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert texts(history) == ["一", "二"]
    journal.add(three)
    history.add(three, 0.0)
    journal.close()
    assert texts(history) == ["一", "二", "三"]
    assert texts(History(path)) == ["一", "二", "三"]


def test_without_a_transcript_lines_are_kept_while_the_program_runs():
    history = History(None)
    for number in range(3):
        history.add(caption(number, str(number)), 0.0)
    assert texts(history) == ["0", "1", "2"]


def test_only_so_many_lines_are_kept_in_memory_and_the_newest():
    history = History(None, most=10)
    for number in range(25):
        history.add(caption(number, str(number)), 0.0)
    assert texts(history) == [str(number) for number in range(15, 25)]
    assert history.place_after("no such line") is None
    assert [line.text for line in history.lines(23, 99)[0]] == ["23", "24"]


def test_what_was_said_long_ago_is_not_shown(tmp_path):
    path = tmp_path / "talk.jsonl"
    sessions = [(1_000.0, "昨天"), (90_000.0, "今天")]
    with path.open("w", encoding="utf-8") as file:
        for zero, text in sessions:
            for record in (
                {"type": "session", "zero": zero},
                {"type": "final", "start_s": 1.0, "end_s": 2.0, "text": text, "language": "zh"},
            ):
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
    assert texts(History(path, since=50_000.0)) == ["今天"]


def test_a_torn_or_damaged_line_costs_no_other_line(tmp_path):
    path = tmp_path / "talk.jsonl"
    journal = Journal(path)
    journal.add(caption(1, "一"))
    journal.close()
    with path.open("ab") as file:
        file.write(b'{"type": "final", "start_s": "x"}\n{"type": "final", "sta')
    history = History(path)
    assert texts(history) == ["一"]
    journal = Journal(path)  # cuts the torn line off
    journal.add(caption(2, "二"))
    history.add(caption(2, "二"), 0.0)
    journal.close()
    assert texts(history) == ["一", "二"]


def test_a_transcript_that_was_deleted_does_not_stop_the_page(tmp_path):
    path = tmp_path / "talk.jsonl"
    journal, history = Journal(path), History(path)
    journal.add(caption(1, "一"))
    history.add(caption(1, "一"), 0.0)
    os.remove(path)
    journal.add(caption(2, "二"))
    history.add(caption(2, "二"), 0.0)
    journal.close()
    assert texts(history) == ["一", "二"]
