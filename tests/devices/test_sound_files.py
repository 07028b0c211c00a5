"""Sound files: every kind is read, every bad one is told of in one line, and time is kept."""

from __future__ import annotations

import logging
import struct
import threading
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgeassist.devices.wav import WavOptions, WavSource, open_audio
from edgeassist.errors import ConfigError, EdgeAssistError, InputError
from edgeassist.loop.clock import ManualClock, RealClock
from edgeassist.loop.events import AudioBlock, Gap
from edgeassist.loop.node import Context, Pace, Source, Stopping
from edgeassist.profile import Profile


def tone(seconds: float, rate_hz: int = 16_000, hz: float = 440.0) -> np.ndarray:
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    return (10_000 * np.sin(2 * np.pi * hz * at)).astype(np.int16)


def write(path: Path, samples: np.ndarray, rate_hz: int = 16_000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def encode(path: Path, samples: np.ndarray, codec: str, rate_hz: int, layout: str) -> Path:
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        packed = np.repeat(samples, 2 if layout == "stereo" else 1).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=layout)
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(stream.format, layout, rate_hz, stream.frame_size or None)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


def read(path: Path) -> np.ndarray:
    with open_audio(path) as audio:
        return np.concatenate(list(audio.blocks()))


def source(clock: ManualClock | RealClock, pace: Pace, **options: object) -> WavSource:
    context = Context(
        name="wav", clock=clock, stopping=Stopping(clock), profile=Profile(), pace=pace
    )
    return WavSource(WavOptions(**options), context)


def test_a_plain_recording_comes_out_as_it_is_in_blocks_of_20_ms(tmp_path):
    samples = tone(1.01)
    with open_audio(write(tmp_path / "a.wav", samples)) as audio:
        blocks = list(audio.blocks())
        assert audio.seconds == pytest.approx(1.01)
        assert audio.missing_s == 0
    assert [len(block) for block in blocks] == [320] * 50 + [160]
    assert all(block.dtype == np.int16 for block in blocks)
    assert np.array_equal(np.concatenate(blocks), samples)


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2, 4])
def test_any_rate_and_channels_become_16_khz_mono_of_the_same_pitch(tmp_path, rate_hz, channels):
    samples = np.repeat(tone(1.0, rate_hz), channels)
    heard = read(write(tmp_path / "a.wav", samples, rate_hz, channels))
    assert len(heard) == pytest.approx(16_000, abs=40)
    spectrum = np.abs(np.fft.rfft(heard[:15_000]))
    assert np.argmax(spectrum) * 16_000 / 15_000 == pytest.approx(440, abs=2)
    assert np.abs(heard).max() == pytest.approx(10_000, rel=0.05)


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz", "layout"),
    [
        ("a.flac", "flac", 44_100, "stereo"),
        ("a.opus", "libopus", 48_000, "stereo"),
        ("a.mp3", "libmp3lame", 44_100, "mono"),
        ("a.m4a", "aac", 48_000, "stereo"),
        ("float.wav", "pcm_f32le", 16_000, "mono"),
        ("deep.wav", "pcm_s24le", 48_000, "stereo"),
        ("bytes.wav", "pcm_u8", 8_000, "mono"),
    ],
)
def test_other_kinds_of_sound_files_are_read_too(tmp_path, name, codec, rate_hz, layout):
    heard = read(encode(tmp_path / name, tone(1.0, rate_hz), codec, rate_hz, layout))
    assert len(heard) == pytest.approx(16_000, abs=1_700)
    loud = heard[4_000:12_000]
    spectrum = np.abs(np.fft.rfft(loud))
    assert np.argmax(spectrum) * 16_000 / len(loud) == pytest.approx(440, abs=3)


def riff(data_size: int, samples: np.ndarray) -> bytes:
    fmt = struct.pack("<HHIIHH", 1, 1, 16_000, 32_000, 2, 16)
    head = b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", 16) + fmt
    return head + b"data" + struct.pack("<I", data_size) + samples.tobytes()


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_recording_whose_recorder_was_killed_is_read_to_its_end(tmp_path, size):
    samples = tone(0.5)
    (tmp_path / "a.wav").write_bytes(riff(size, samples))
    assert np.array_equal(read(tmp_path / "a.wav"), samples)


def test_a_file_cut_short_gives_what_is_there_and_says_what_is_missing(tmp_path, caplog):
    whole = write(tmp_path / "whole.wav", tone(2.0)).read_bytes()
    cut_short = tmp_path / "cut.wav"
    cut_short.write_bytes(whole[: len(whole) // 2 + 22])
    wav = source(ManualClock(), Pace.FAST, path=cut_short)
    wav.open()
    with caplog.at_level(logging.WARNING):
        events = list(wav.events())
    wav.close()
    heard = sum(event.seconds for event in events if isinstance(event, AudioBlock))
    assert heard == pytest.approx(1.0, abs=0.01)
    assert isinstance(events[-1], Gap)
    assert events[-1].seconds == pytest.approx(1.0, abs=0.01)
    assert events[-1].start_s == pytest.approx(heard)
    assert "cut.wav" in caplog.text


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_f32le"), ("a.mka", "libopus")])
def test_any_kind_of_file_cut_short_says_what_is_missing(tmp_path, caplog, name, codec):
    noise = np.random.default_rng(1).normal(0, 3000, 64_000).astype(np.int16)
    whole = encode(tmp_path / name, noise, codec, 16_000, "mono").read_bytes()
    cut_short = tmp_path / f"cut {name}"
    cut_short.write_bytes(whole[: len(whole) // 2])
    wav = source(ManualClock(), Pace.FAST, path=cut_short)
    wav.open()
    with caplog.at_level(logging.WARNING):
        events = list(wav.events())
    wav.close()
    assert isinstance(events[-1], Gap)
    assert events[-1].seconds == pytest.approx(2.0, abs=0.2)
    assert cut_short.name in caplog.text


BAD = {
    "missing.wav": None,
    "empty.wav": b"",
    "text.wav": "这是一段文字，不是声音。\n".encode() * 50,
    "header.wav": riff(1000, np.zeros(0, np.int16))[:30],
    "no-samples.wav": riff(0, np.zeros(0, np.int16)),
    "zeros.mp3": bytes(5000),
    "playlist.m3u8": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_sound_file_is_one_clear_line_with_its_name(tmp_path, name):
    content = BAD[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as raised:
        read(tmp_path / name)
    message = str(raised.value)
    assert name in message
    assert "\n" not in message
    assert raised.value.fix
    assert raised.value.exit_code == 2


def test_a_folder_is_no_sound_file(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        open_audio(tmp_path)


def test_a_picture_has_no_sound(tmp_path):
    import cv2

    file = tmp_path / "picture.png"
    file.write_bytes(cv2.imencode(".png", np.zeros((9, 9, 3), np.uint8))[1].tobytes())
    with pytest.raises(InputError, match=r"picture\.png"):
        open_audio(file)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(cut=st.integers(0, 700), changes=st.dictionaries(st.integers(0, 60), st.integers(0, 255)))
def test_a_damaged_header_never_ends_in_anything_but_sound_or_one_clear_line(
    tmp_path_factory, cut, changes
):
    data = bytearray(riff(600, tone(300 / 16_000)))
    for place, value in changes.items():
        data[place] = value
    file = tmp_path_factory.mktemp("fuzz") / "fuzz.wav"
    file.write_bytes(data[:cut])
    said = ""
    try:
        heard = read(file)
    except EdgeAssistError as error:
        said = str(error)
    assert ("fuzz.wav" in said and "\n" not in said) if said else len(heard) > 0


def test_a_file_plays_at_the_pace_of_the_clock(tmp_path):
    clock = ManualClock(1_000_000_000)
    wav = source(clock, Pace.REAL, path=write(tmp_path / "a.wav", tone(0.1)))
    assert isinstance(wav, Source)
    wav.open()
    events: list[AudioBlock] = []
    came = threading.Condition()

    def listen() -> None:
        for event in wav.events():
            assert isinstance(event, AudioBlock)
            with came:
                events.append(event)
                came.notify()

    listener = threading.Thread(target=listen)
    listener.start()
    for number in range(5):
        with came:
            assert len(events) == number, "a block came before its time"
        while len(events) == number:  # the listener may not wait for the clock yet
            clock.advance(0.02 if clock.now_ns() < 1_000_000_000 + 20_000_000 * (number + 1) else 0)
            with came:
                came.wait(0.01)
    listener.join()
    assert [event.captured_ns for event in events] == [
        1_000_000_000 + 20_000_000 * number for number in range(5)
    ]
    assert [event.start_s for event in events] == [0.0, 0.02, 0.04, 0.06, 0.08]


def test_several_files_follow_each_other_with_a_pause_on_one_time_line(tmp_path):
    first = write(tmp_path / "1.wav", tone(0.1))
    second = write(tmp_path / "2.wav", tone(0.2))
    wav = source(ManualClock(), Pace.FAST, paths=(first, second), gap_s=0.5)
    wav.open()
    events = [event for event in wav.events() if isinstance(event, AudioBlock)]
    sound = np.concatenate([event.samples for event in events])
    assert len(sound) == round(0.8 * 16_000)
    assert not sound[1_600 : 1_600 + 8_000].any()
    assert np.array_equal(sound[-3_200:], tone(0.2))
    starts = np.array([event.start_s for event in events])
    assert np.allclose(starts, np.cumsum([0, *[len(e.samples) for e in events[:-1]]]) / 16_000)


def test_a_repeated_file_plays_until_the_loop_stops(tmp_path):
    clock = ManualClock()
    stopping = Stopping(clock)
    context = Context(name="wav", clock=clock, stopping=stopping, profile=Profile(), pace=Pace.FAST)
    file = write(tmp_path / "a.wav", tone(0.1))
    wav = WavSource(WavOptions(path=file, repeat=True, gap_s=0.0), context)
    wav.open()
    heard = 0
    for _ in wav.events():
        heard += 1
        if heard == 100:
            stopping.tell(1.0)
    assert heard == 100


def test_a_source_without_a_file_says_which_key_to_add():
    with pytest.raises(ConfigError, match="path"):
        source(ManualClock(), Pace.FAST).open()


def test_every_file_is_checked_before_anything_plays(tmp_path):
    good = write(tmp_path / "good.wav", tone(0.1))
    with pytest.raises(InputError, match=r"gone\.wav"):
        source(ManualClock(), Pace.FAST, paths=(good, tmp_path / "gone.wav")).open()


def test_a_model_path_cannot_lead_out_of_the_model():
    with pytest.raises(InputError, match="model:CARD"):
        open_audio("model:demo-speech/../../etc/passwd")
