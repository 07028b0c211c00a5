"""Viewers neither lose lines nor hold anybody up."""

import socket
import threading
import time

import webvtt
from viewers import TOKEN, caption, lines_until_ready, listening

from edgeassist.captions.transcript import Journal
from edgeassist.loop.clock import NS
from edgeassist.loop.events import (
    AudioLevel,
    Caption,
    Priority,
    State,
    Status,
    Utterance,
)
from edgeassist.testing import check_node
from edgeassist.web.node import Web, WebOptions


def test_the_page_is_a_node():
    events = [
        caption(1, "你好"),
        AudioLevel(captured_ns=0, peak_dbfs=-9.0, rms_dbfs=-20.0, clipped=False),
        Status(captured_ns=0, module="captions", state=State.RUNNING),
        Utterance(captured_ns=0, text="台阶", language="zh", priority=Priority.DANGER),
    ]
    check_node(Web, WebOptions(port=0, token=TOKEN), events)


def test_a_taken_port_is_told_of_and_another_is_used(serve, capsys, caplog):
    first = serve()
    second = serve(port=first.port)
    assert second.port != first.port
    assert str(first.port) in caplog.text
    assert second.address in capsys.readouterr().err
    assert second.get(f"/{TOKEN}/")[0] == 200


def test_a_viewer_that_comes_back_gets_what_it_lacks_and_no_more(serve, tmp_path):
    path = tmp_path / "talk.jsonl"
    journal, served = Journal(path), serve(path)
    for number in range(3):
        journal.add(caption(number, f"第{number}句"))
        served.show(caption(number, f"第{number}句"))
    with listening(served.port) as news:
        assert next(news)[1] == {"continues": False}
        texts, last = lines_until_ready(news)
    assert texts == ["第0句", "第1句", "第2句"]
    served.web.close()
    again = serve(path)  # a new program, which was told of nothing
    journal.add(caption(3, "第3句"))
    again.show(caption(3, "第3句"))
    journal.close()
    with listening(again.port, after=last) as news:
        assert next(news)[1] == {"continues": True}
        assert lines_until_ready(news)[0] == ["第3句"]
    with listening(again.port, after="j999999") as news:
        assert next(news)[1] == {"continues": False}
        assert lines_until_ready(news)[0] == ["第0句", "第1句", "第2句", "第3句"]


def test_partials_are_replaced_and_end_with_their_final(serve):
    served = serve()
    with listening(served.port) as news:
        lines_until_ready(news)
        served.show(caption(1, "你", stable=0))
        shown = next(data for event, data, _ in news if event == "partial" and data)
        assert shown == {"text": "你", "stable": 0, "language": "zh"}
        served.show(caption(1, "你好。"))
        after = [next(news)[:2], next(news)[:2]]
        assert after[0][0] == "lines"
        assert after[1] == ("partial", None)
        # A final without text takes its partial back and is no line.
        served.show(caption(2, "嗯", stable=0))
        assert next(news)[0] == "partial"
        served.show(caption(2, ""))
        assert next(news)[:2] == ("partial", None)


def test_a_slow_viewer_holds_nobody_up_and_loses_nothing(serve):
    served = serve()
    texts = [f"{number:04d}" + "很长的一句话" * 600 for number in range(2000)]  # 21 MB
    with listening(served.port) as asleep, listening(served.port) as news:
        lines_until_ready(asleep)
        lines_until_ready(news)
        began = time.monotonic()
        for number, text in enumerate(texts):
            served.show(caption(number, text))
        seconds = time.monotonic() - began
        assert _next_lines(news, len(texts)) == texts
        assert seconds < 5  # it would wait for ever if it waited for the one asleep
        assert _next_lines(asleep, len(texts)) == texts


def _next_lines(news, count: int) -> list[str]:
    texts: list[str] = []
    while len(texts) < count:
        event, data, _ = next(news)
        if event == "lines":
            texts += [line["text"] for line in data]
    return texts


def test_there_are_only_so_many_viewers(serve):
    served = serve()
    busy = threading.Event()
    streams = []
    for number in range(33):
        stream = socket.create_connection(("127.0.0.1", served.port), timeout=5)
        stream.sendall(f"GET /{TOKEN}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        if b"503" in stream.recv(12):
            busy.set()
            assert number == 32
        streams.append(stream)
    assert busy.is_set()
    for stream in streams:
        stream.close()


def test_what_was_said_can_be_saved(serve, tmp_path):
    served = serve()
    assert served.get(f"/{TOKEN}/transcript.txt")[0] == 404
    served.show(caption(1, "你好。"), caption(2, "Hello.", language="en"))
    status, headers, text = served.get(f"/{TOKEN}/transcript.txt")
    assert (status, text) == (200, "你好。\nHello.\n")
    assert "attachment" in headers["content-disposition"]
    path = tmp_path / "page.vtt"
    path.write_text(served.get(f"/{TOKEN}/transcript.vtt")[2], "utf-8")
    assert [one.text for one in webvtt.read(path)] == ["你好。", "Hello."]


def test_troubles_are_told_in_both_languages_until_they_are_over(serve):
    served = serve()
    off = Status(
        captured_ns=0,
        module="captions",
        state=State.DEGRADED,
        why="broken",
        lost="captions are off",
    )
    with listening(served.port) as news:
        lines_until_ready(news)
        served.show(off)
        told = next(data for event, data, _ in news if event == "trouble" and data)
        assert told[0]["zh"] == "字幕已关闭"
        assert told[0]["en"] == "captions are off"
        served.show(Status(captured_ns=0, module="captions", state=State.RUNNING))
        assert next(news)[:2] == ("trouble", [])


def test_the_meter_moves_hints_come_and_go_and_it_is_gone_without_sound(serve):
    served = serve()

    def level(at_s: float, dbfs: float, clipped: bool = False) -> AudioLevel:
        return AudioLevel(
            captured_ns=round(at_s * NS), peak_dbfs=dbfs, rms_dbfs=dbfs, clipped=clipped
        )

    with listening(served.port) as news:
        lines_until_ready(news)

        def shown() -> dict:
            return next(data for event, data, _ in news if event == "level" and data)

        served.show(level(0, -30.0))
        assert shown() == {"loudness": 0.5, "clipped": False, "hint": None}
        for tenth in range(60):
            served.show(level(1 + tenth / 10, -100.0))
        while not (told := shown())["hint"]:
            pass
        assert told["loudness"] == 0
        assert "静音" in told["hint"]["zh"]
        assert "muted" in told["hint"]["en"]
        served.show(level(40, -20.0), level(61, -21.0))
        while shown()["hint"]:
            pass
        assert next(data for event, data, _ in news if event == "level") is None


def test_dangers_are_shown_to_who_looks_now(serve):
    served = serve()
    danger = Utterance(
        captured_ns=0, text="前方一米，台阶", language="zh", priority=Priority.DANGER
    )
    with listening(served.port) as news:
        lines_until_ready(news)
        served.show(danger)
        warned = next(data for event, data, _ in news if event == "warning")
        assert warned == {"text": "前方一米，台阶", "language": "zh", "danger": True}
    with listening(served.port) as news:
        lines_until_ready(news)
        served.show(caption(1, "好"))
        assert next(news)[0] != "warning"


def test_a_stop_gives_every_viewer_the_last_line_first(serve):
    served = serve()
    with listening(served.port) as news:
        lines_until_ready(news)
        served.show(caption(1, "再见。"))
        served.web.close()
        rest = [(event, data) for event, data, _ in news]
    assert any(event == "lines" and data[0]["text"] == "再见。" for event, data in rest)
    assert rest[-1] == ("end", None)


def test_an_event_of_any_text_arrives_as_it_was(serve):
    served = serve()
    odd = 'a\r\nb\u2028c\0d</script>"\\\U0001f600'
    with listening(served.port) as news:
        lines_until_ready(news)
        served.show(Caption(**_fields(caption(1, odd))))
        (line,) = next(data for event, data, _ in news if event == "lines")
        assert line["text"] == odd


def _fields(event: Caption) -> dict:
    return {name: getattr(event, name) for name in Caption.__dataclass_fields__}
