"""Fuzz targets that read what people, programs and networks send: texts, cells, wires, orders."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from edgeassist.loop.clock import NS, RealClock
from edgeassist.testing import context

from .fuzz_files import Parse, Target, in_file, use_up


def some(*texts: str | bytes) -> Callable[[Path], list[bytes]]:
    """Seeds written out."""
    return lambda folder: [one.encode() if isinstance(one, str) else one for one in texts]


def cells_read(folder: Path) -> Parse:
    """Lines of braille back to text, as a file of one's own."""
    from edgeassist.braille.backward import Document
    from edgeassist.braille.cell_lines import line_parts, paragraph_parts
    from edgeassist.chinese.files import pieces_of_file

    path = folder / "a.brf"

    def parse(data: bytes) -> None:
        path.write_bytes(data[:300])
        document = Document(alternatives=0)
        for part in line_parts(pieces_of_file(path)):
            document.read(part.cells, ends=part.ends)
        use_up(paragraph_parts(pieces_of_file(path)))

    return parse


def text_to_cells(folder: Path) -> Parse:
    """Any text to braille."""
    from edgeassist.braille.forward import to_braille
    from edgeassist.chinese.files import lines_of_file

    path = folder / "a.txt"

    def parse(data: bytes) -> None:
        path.write_bytes(data[:400])
        for _, line in lines_of_file(path):
            to_braille(line)

    return parse


def _words(path: Path) -> object:
    from edgeassist.chinese.userwords import user_words

    return user_words(path)


def _hot_words(path: Path) -> object:
    from edgeassist.captions.hotwords import hot_words

    return hot_words((), path)


def _text(path: Path) -> object:
    from edgeassist.speech.reading import clauses_of_file

    return clauses_of_file(path)


def _settings(path: Path) -> object:
    from edgeassist.speech.settings import load

    return load(path)


def _own_profile(path: Path) -> object:
    from edgeassist.userprofile import save_values

    return save_values(path, "camera", {"height_m": 1.4, "tilt_deg": 3.0})


def place_marks(folder: Path) -> Parse:
    """Where a reader was."""
    from edgeassist.speech.reading import Places, begin_at

    places, book = Places(folder / "places"), folder / "book.txt"
    book.write_text("一。二。三。", "utf-8")
    places.put(book, 1, ["一。", "二。", "三。"])
    (mark,) = (folder / "places").glob("*.json")

    def parse(data: bytes) -> None:
        mark.write_bytes(data)
        begin_at(places.get(book), ["一。", "二。", "三。"])
        places.all()

    return parse


_JOURNAL = "".join(
    json.dumps(record, ensure_ascii=False) + "\n"
    for record in (
        {"type": "session", "zero": 1764500000.5},
        {"type": "final", "start_s": 1.0, "end_s": 2.5, "text": "你好", "language": "zh"},
        {"type": "final", "start_s": 3.0, "end_s": 4.0, "text": "ok --> <b>", "language": "en"},
        {"type": "session", "zero": 1764503600.0},
        {
            "type": "final",
            "start_s": 0.0,
            "end_s": 1.0,
            "text": "再见",
            "language": "zh",
            "heard": "在",
        },
    )
)


def _journal(path: Path) -> object:
    """Followed, shown on the page, exported, and continued: a new final must stand in it."""
    from edgeassist.captions.formats import Format
    from edgeassist.captions.transcript import Journal, as_text, read_journal, write_srt
    from edgeassist.errors import EdgeAssistError
    from edgeassist.web.history import History

    History(path).lines(0, 10)
    with contextlib.suppress(EdgeAssistError):
        sessions = read_journal(path)
        for kind in Format:
            as_text(sessions, kind)
        write_srt(path)
    journal = Journal(path)
    journal.add(_final("新的一句"))
    journal.close()
    assert "新的一句" in path.read_bytes().splitlines()[-1].decode()
    return None


def _final(text: str) -> Any:
    from edgeassist.loop.events import Caption

    return Caption(
        captured_ns=0, utterance=1, text=text, final=True, stable_chars=4, start_s=1.0, end_s=2.0
    )


_TOKEN = "abcdefgh2345"


class _Hurried(RealClock):
    """Ten seconds pass between any two looks, so that nobody is refused for coming often."""

    def __init__(self) -> None:
        self._now_ns = 0

    def now_ns(self) -> int:
        self._now_ns += 10 * NS
        return self._now_ns


def web_requests(folder: Path) -> Parse:
    """Raw requests to the page as it is served."""
    from dataclasses import replace

    from edgeassist.web.node import Web, WebOptions

    journal = folder / "transcript.jsonl"
    journal.write_text(_JOURNAL, "utf-8")
    web = Web(
        WebOptions(port=0, token=_TOKEN, transcript=journal), replace(context(), clock=_Hurried())
    )
    web.open()
    port = int(web.address.split(":")[2].split("/")[0])

    def ask(data: bytes, patience_s: float) -> bytes:
        with socket.create_connection(("127.0.0.1", port), patience_s) as caller:
            caller.sendall(data)
            return caller.recv(64)

    counter = iter(range(1 << 60))

    def parse(data: bytes) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):  # it waits for the rest
            answer = ask(data, 0.05)
            assert b" 500 " not in answer, answer
        if next(counter) % 50 == 0:  # it still serves others
            good = ask(f"GET /{_TOKEN}/ HTTP/1.0\r\nHost: localhost\r\n\r\n".encode(), 30)
            assert b" 200 " in good, good

    return parse


def access_rules(folder: Path) -> Parse:
    """Who may see the page, by what a request says of itself."""
    from edgeassist.web.access import is_local, may_be_called, same_origin, same_token
    from edgeassist.web.history import History

    journal = folder / "transcript.jsonl"
    journal.write_text(_JOURNAL, "utf-8")
    history = History(journal)

    def parse(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        may_be_called(text, ("captions.lan",))
        same_origin(text, "localhost", "http")
        is_local(text)
        same_token(text, "abcdefgh2345")
        history.place_after(text)

    return parse


def mqtt_orders(folder: Path) -> Parse:
    """What a broker sends: through the module's own broker, then to the voice."""
    from dataclasses import replace

    from edgeassist.loop.events import Command
    from edgeassist.mqtt.broker import Broker, BrokerOptions
    from edgeassist.mqtt.messages import Message
    from edgeassist.mqtt.node import Mqtt, MqttOptions

    obey = commands(folder)
    given: list[Any] = []
    node = Mqtt(MqttOptions(commands=True), replace(context(), emit=given.append))
    broker = Broker(
        BrokerOptions(), "a", Message("a", ""), given.append, topic="a", heard=node._heard
    )

    def parse(data: bytes) -> None:
        broker._message(None, None, SimpleNamespace(retain=False, payload=data))
        for event in given:
            if isinstance(event, Command):
                obey(f"{event.name} {event.value}".encode("utf-8", "replace"))
        given.clear()

    return parse


def commands(folder: Path) -> Parse:
    """Lines to the control socket of a voice."""
    from edgeassist.speech.commands import reply
    from edgeassist.speech.session import Session, SpeechOptions

    os.environ["XDG_CONFIG_HOME"] = str(folder)
    options = SpeechOptions(
        voice="silence", output="file", path=folder / "speech.wav", control=False
    )
    session = Session(options, context(), lambda spoken: None)

    def parse(data: bytes) -> None:
        answer = reply(session._orders, data.decode("utf-8", "replace"), lambda name, value: None)
        json.dumps(answer)
        session.drop()

    return parse


class Peer:
    """Sends whoever connects what it was given, and parts."""

    def __init__(self, server: socket.socket) -> None:
        self.data = b""
        self._server = server
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            caller, _ = self._server.accept()
            with caller, contextlib.suppress(OSError):
                caller.sendall(self.data)
                caller.shutdown(socket.SHUT_WR)
                while caller.recv(4096):
                    pass


def brlapi(folder: Path) -> Parse:
    """What calls itself brltty."""
    from edgeassist.devices.brlapi import BrlApi

    server = socket.create_server(("127.0.0.1", 0))
    while server.getsockname()[1] < 4101:
        server = socket.create_server(("127.0.0.1", 0))
    peer = Peer(server)
    display = BrlApi(f"127.0.0.1:{server.getsockname()[1] - 4101}")

    def parse(data: bytes) -> None:
        from edgeassist.devices.braille_display import Lost

        peer.data = data
        over = threading.Event()
        heard: list[Any] = []

        def hear(one: Any) -> None:
            heard.append(one)
            if isinstance(one, Lost):
                over.set()

        try:
            display.open(hear)
            assert over.wait(20), "nobody was told that brltty has gone"
        finally:
            display.close()

    return parse


def _packet(kind: int | str, content: bytes) -> bytes:
    number = ord(kind) if isinstance(kind, str) else kind
    return struct.pack("!II", len(content), number) + content


_SIZE = struct.pack("!6I", 0, 6, 0, 0, 40, 1)
_BRLTTY = (
    _packet("v", struct.pack("!I", 8))
    + _packet("a", struct.pack("!I", ord("N")))
    + _packet((ord("P") << 8) + ord("V"), _SIZE)
    + _packet("A", b"") * 3
    + _packet("k", struct.pack("!Q", 0x2000_0018))
    + _packet((ord("P") << 8) + ord("U"), _SIZE)
)


def ssip(folder: Path) -> Parse:
    """What calls itself speech-dispatcher."""
    from edgeassist.speech.ssip import Ssip

    path = folder / "speechd.sock"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen(8)
    peer = Peer(server)
    os.environ["SPEECHD_ADDRESS"] = f"unix_socket:{path}"

    def parse(data: bytes) -> None:
        peer.data = data
        over = threading.Event()
        client = Ssip(lambda message, event: None, over.set)
        try:
            client.ask("SET self CLIENT_NAME a:b:c")
            client.speak("你好\n.")
        finally:
            client.close()

    return parse


_REQUESTS = (
    "GET /abcdefgh2345/ HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\r\n",
    "GET /abcdefgh2345/transcript.srt HTTP/1.0\r\nHost: 127.0.0.1:8765\r\n\r\n",
    "GET /abcdefgh2345/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "POST /abcdefgh2345/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
    "GET /abcdefgh2345/transcript.vtt?after=j26 HTTP/1.1\r\nHost: [::1]\r\nCookie: a=b\r\n\r\n",
)
_ORDERS = tuple(
    word.encode()
    for word in (
        "rate",
        "volume",
        "verbosity",
        "voice",
        "tones",
        "repeat",
        "spell",
        "forget",
        "+",
        "²",
    )
)
_ANSWERS = "208 OK CLIENT NAME SET\r\n230 OK RECEIVING DATA\r\n225-21\r\n225 OK MESSAGE QUEUED\r\n"

LINES = (
    Target(
        name="cells to text",
        seeds=some("⠝⠓⠖⠄ ⠱⠦⠛⠫", ",! n! h?' ,4f? #ab", "⠼⠁⠃⠀⠠⠉⠐⠆\n⠍⠢⠰⠂"),
        prepare=cells_read,
        cases=4_000,
    ),
    Target(
        name="text to cells",
        seeds=some("银行行长说：“12.5%，OK！”", "重庆3月4日 https://a.b", "𠮷野家⠁"),
        prepare=text_to_cells,
        cases=4_000,
    ),
    Target(
        name="user words",
        seeds=some("# 词\n重庆\tchóng qìng\n义务教育\tyi4 wu4 jiao4 yu4\t义务 教育\n"),
        prepare=in_file("a.txt", _words),
        cases=4_000,
    ),
    Target(
        name="user words toml",
        seeds=some(
            '[words]\n"重庆" = "chong2 qing4"\n'
            '"长大" = { pinyin = "zhang3 da4", written = "joined" }'
        ),
        prepare=in_file("a.toml", _words),
        cases=4_000,
    ),
    Target(
        name="hot words",
        seeds=some("林斐然\n武隆\n", "重庆\tchong2 qing4\n"),
        prepare=in_file("a.txt", _hot_words),
        cases=2_000,
    ),
    Target(
        name="texts",
        seeds=some(
            "# 第一章\n**你好** [a](b) `c`\n\n| a | b |\n|---|---|\n", "你好。".encode("gb18030")
        ),
        prepare=in_file("a.md", _text),
        cases=4_000,
    ),
    Target(
        name="speech settings",
        seeds=some(
            'rate = 250\nvolume = 0.5\nvoice = "pyttsx3"\nverbosity = "full"\ntones = "all"\n'
        ),
        prepare=in_file("a.toml", _settings),
        cases=4_000,
    ),
    Target(
        name="own profile",
        seeds=some("# mine\n[camera]\nheight_m = 1.2 # chest\n[guide]\nthreads = 1\n"),
        prepare=in_file("a.toml", _own_profile),
        cases=4_000,
    ),
    Target(
        name="place marks",
        seeds=some('{"path": "/a", "clause": 1, "of": 3, "text": "二。"}'),
        prepare=place_marks,
        cases=5_000,
    ),
    Target(name="journal", seeds=some(_JOURNAL), prepare=in_file("a.jsonl", _journal), cases=2_000),
    Target(name="web requests", seeds=some(*_REQUESTS), prepare=web_requests, cases=2_000),
    Target(
        name="web access",
        seeds=some(
            "localhost:8765", "[::1]", "http://localhost", "192.168.1.7", "j26", "fe80::1%eth0"
        ),
        prepare=access_rules,
        cases=16_000,
    ),
    Target(
        name="mqtt orders",
        seeds=some("stop", "rate 250", "describe"),
        prepare=mqtt_orders,
        cases=3_000,
        words=_ORDERS,
    ),
    Target(
        name="commands",
        seeds=some("rate 250", "volume +", "repeat 2", "language en", "warnings off", "spell"),
        prepare=commands,
        cases=3_000,
        words=_ORDERS,
    ),
    Target(name="brltty", seeds=some(_BRLTTY), prepare=brlapi, cases=2_000),
    Target(name="speech-dispatcher", seeds=some(_ANSWERS), prepare=ssip, cases=2_000),
)
