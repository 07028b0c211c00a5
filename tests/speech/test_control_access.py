"""Nobody but the user tells the voice what to do, or hears what it is told."""

import socket
import stat

import pytest

from edgeassist.speech.control import Control, folder, tell


@pytest.fixture
def private(tmp_path, monkeypatch):
    """A runtime folder of a test's own; paths of sockets have to be short."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return folder()


def heard(line: str) -> dict[str, object]:
    return {"done": True, "lines": [line]}


def test_the_socket_lies_where_nobody_else_may_enter(private):
    control = Control(heard)
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert tell("pause")[0]["done"]
    control.close()
    assert not list(private.glob("*.sock"))


def test_a_folder_that_others_may_enter_is_not_used(private, caplog):
    private.mkdir(mode=0o755)
    private.chmod(0o755)
    control = Control(heard)
    assert str(private) in caplog.text
    assert not list(private.iterdir())
    assert tell("pause") == []
    control.close()


def test_a_link_laid_by_somebody_else_is_not_followed(private, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    private.symlink_to(elsewhere)
    control = Control(heard)
    assert not list(elsewhere.iterdir())
    control.close()
    with socket.socket(socket.AF_UNIX) as spy:
        spy.bind(str(elsewhere / "1.sock"))
        spy.listen()
        assert tell("say a secret") == []


def test_a_line_without_end_is_cut_and_the_next_is_heard(private):
    control = Control(heard)
    (path,) = private.glob("*.sock")
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(5)
        caller.connect(str(path))
        caller.sendall(b"x" * 4096)
        assert caller.recv(100)
    assert tell("pause")[0]["done"]
    control.close()
