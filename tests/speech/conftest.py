"""Settings, place marks and control sockets of these tests are not the developer's own."""

import pytest


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory, monkeypatch):
    own = tmp_path_factory.mktemp("home")
    (own / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(own / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(own / "run"))
