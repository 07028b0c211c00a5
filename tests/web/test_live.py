"""The whole way: speech is played, recognised, kept and read in a browser, whatever happens."""

import os
import resource
import signal
import socket
import subprocess
import sys

import pytest
from viewers import TOKEN

from edgeassist.captions.transcript import read_journal
from edgeassist.modelstore import installed

CONFIG = """
language = "zh"
pace = "real"
[modules.wav]
paths = [
  "model:demo-speech/zh/nihao_shijie.wav",
  "model:demo-speech/zh/pangrama.wav",
  "model:demo-speech/zh/nihao_shijie.wav",
  "model:demo-speech/zh/nihao_shijie.wav",
]
gap_s = 1.0
[modules.captions]
language = "zh"
transcript = "talk.jsonl"
[modules.web]
transcript = "talk.jsonl"
port = {port}
token = "{token}"
"""


@pytest.fixture
def start(tmp_path):
    """Starts `edgeassist run` on the config above; whatever runs at the end is killed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "my.toml").write_text(CONFIG.format(port=port, token=TOKEN), "utf-8")
    running = []

    def begin() -> tuple[subprocess.Popen, str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "edgeassist.cli.main", "run", "my.toml"],
            cwd=tmp_path,
            env={**os.environ, "EDGEASSIST_LANG": "en"},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        running.append(process)
        complaints = []
        for line in process.stderr:
            if line.startswith("Captions page: "):
                return process, line.removeprefix("Captions page: ").strip()
            complaints.append(line)
        pytest.fail("".join(complaints))

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def kept(folder) -> list[str]:
    return [cue.text for one in read_journal(folder / "talk.jsonl") for cue in one.cues]


def shown(page) -> list[str]:
    return page.eval_on_selector_all("#lines > p", "all => all.map(one => one.lastChild.data)")


def until_lines(page, count: int) -> None:
    page.wait_for_function(
        "count => document.querySelectorAll('#lines > p').length >= count",
        arg=count,
        timeout=40_000,
    )


def room(process: subprocess.Popen, size: int) -> None:
    """From now on no file of the process may be larger."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_captions_come_while_somebody_speaks_and_outlive_a_crash_a_full_disk_and_a_reload(
    start, look, tmp_path
):
    installed("whisper-base")
    installed("demo-speech")
    process, address = start()
    page, television = look(address), look(address, width=1920, height=1080)
    page.wait_for_selector("#partial:not([hidden])", timeout=40_000)
    before = len(shown(page))
    until_lines(page, before + 1)  # the sentence whose beginning was shown is a line now
    until_lines(television, before + 1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    page.wait_for_selector("body[data-state=lost]")
    first = shown(page)
    assert first
    assert kept(tmp_path)[: len(first)] == first
    process, again = start()
    assert again == address
    before = len(kept(tmp_path))
    until_lines(page, before + 1)
    room(process, (tmp_path / "talk.jsonl").stat().st_size + 10)  # the disk is full
    until_lines(page, before + 2)
    page.wait_for_function("() => document.querySelectorAll('.notice').length === 1")
    assert "cannot be written" in page.inner_text("#notices")
    assert len(kept(tmp_path)) == before + 1  # and what was written is whole
    room(process, resource.RLIM_INFINITY)
    page.wait_for_function(
        "() => document.querySelector('#notices').textContent.includes('kept again')"
    )
    until_lines(page, before + 4)
    until_lines(television, before + 4)
    everything = kept(tmp_path)
    assert len(everything) == before + 4
    assert any("你好" in text for text in everything)
    assert shown(page) == everything
    assert shown(television) == everything
    assert process.wait(30) == 0
    assert shown(page) == everything
    process, _ = start()
    page.reload()
    page.wait_for_selector("body[data-state=live]", timeout=20_000)
    television.wait_for_selector("body[data-state=live]", timeout=20_000)
    assert shown(page)[: len(everything)] == everything
    assert shown(television)[: len(everything)] == everything
