"""Only what somebody trusted has signed is read at all, and only whole."""

import json
import os
import stat
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from bundles import NAME, Signer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgeassist.errors import EdgeAssistError, InputError, PluginError
from edgeassist.update import keys as key_files
from edgeassist.update.bundle import Bundle, open_bundle
from edgeassist.update.keys import generate, public_key, sign, trust, trusted
from edgeassist.update.manifest import Manifest, Member, decode

TODAY = date.today()
FILES = {"wheels/edgeassist-2.0-py3-none-any.whl": b"wheel" * 99, "models/lm/a/b.bin": b"model"}


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")


@pytest.fixture
def centre(tmp_path):
    return Signer(tmp_path)


@pytest.fixture
def known(centre, tmp_path):
    trust(centre.public, tmp_path / "keys")
    return trusted(tmp_path / "keys")


def test_what_was_put_in_comes_out(centre, known, tmp_path):
    bundle = open_bundle(centre.bundle(FILES), known, when=TODAY)
    assert (bundle.signer.name, bundle.manifest.version) == (NAME, "2.0")
    bundle.extract(tmp_path / "out")
    assert {place: (tmp_path / "out" / place).read_bytes() for place in FILES} == FILES


def test_a_private_key_is_for_its_owner_alone_and_is_never_written_over(centre, tmp_path):
    assert stat.S_IMODE(centre.private.stat().st_mode) == 0o600
    with pytest.raises(InputError, match="is there already"):
        generate(NAME, tmp_path, days=1)
    with pytest.raises(InputError, match="letters"):
        generate("../evil", tmp_path, days=1)


def test_a_key_nobody_trusts_is_refused_and_the_trusted_ones_are_named(known, tmp_path):
    (tmp_path / "other").mkdir()
    stranger = Signer(tmp_path / "other", "stranger")
    with pytest.raises(InputError, match=f"not trusted here .trusted: {NAME}."):
        open_bundle(stranger.bundle(FILES), known, when=TODAY)


def test_a_stranger_cannot_sign_in_the_name_of_a_trusted_key(centre, known, tmp_path):
    (tmp_path / "other").mkdir()
    path = Signer(tmp_path / "other", NAME).bundle(FILES)
    theirs, ours = trusted(tmp_path / "other"), next(iter(known))
    forged = path.read_bytes().replace(next(iter(theirs)).encode(), ours.encode())
    path.write_bytes(forged)
    with pytest.raises(InputError, match="signature is wrong"):
        open_bundle(path, known, when=TODAY)


def test_a_key_that_has_expired_is_named_with_the_day(tmp_path):
    old = Signer(tmp_path, "old", days=10)
    path, known = old.bundle(FILES), trusted(tmp_path)
    assert open_bundle(path, known, when=TODAY + timedelta(days=9))
    with pytest.raises(InputError, match=r"old has expired on .*today is"):
        open_bundle(path, known, when=TODAY + timedelta(days=12))


def test_a_signature_made_for_something_else_is_none(centre, known):
    path = centre.bundle(FILES)
    data = path.read_bytes()
    (magic, _, rest) = data.split(b"\n", 2)
    bundle = open_bundle(path, known, when=TODAY)
    head = bundle.manifest.encode()
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(centre.private.read_bytes(), None)
    import base64

    bare = f"{bundle.signer.identity} {base64.b64encode(key.sign(head)).decode()}\n".encode()
    assert len(bare) == len(sign(centre.private, head))
    path.write_bytes(magic + b"\n%d %d\n" % (len(head), len(bare)) + head + bare)
    with pytest.raises(InputError, match="signature is wrong"):
        open_bundle(path, known, when=TODAY)
    assert rest


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(data=st.data())
def test_no_cut_and_no_changed_byte_is_taken_for_the_bundle(centre, known, tmp_path, data):
    path = tmp_path / "2.0.update"
    whole = path.read_bytes() if path.exists() else centre.bundle(FILES).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        broken = whole[:at]
    else:
        flip = data.draw(st.integers(1, 255))
        broken = whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :]
    tried = tmp_path / "tried.update"
    tried.write_bytes(broken)
    out = tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
    with pytest.raises(InputError):
        open_bundle(tried, known, when=TODAY).extract(out)


def test_something_added_at_the_end_is_refused(centre, known):
    path = centre.bundle(FILES)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(InputError, match="cut short, or something was added"):
        open_bundle(path, known, when=TODAY)


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/cron.d/evil",
        "/etc/passwd",
        "wheels/../../x.whl",
        "wheels/a/b.whl",
        "wheels/x.sh",
        "models/../x",
        "models/a/../../x",
        "models/lm/.",
        "models/a//b",
        "bin/edgeassist",
        "wheels/x.whl\0",
        "wheels/x.whl\n",
        "",
    ],
)
def test_no_signature_lets_a_file_out_of_its_place(path):
    member = Member(path=path, bytes=1, sha256="0" * 64)
    made = Manifest(version="2.0", minimum="0", created="", members=(member,))
    with pytest.raises(InputError, match="table of contents"):
        decode(made.encode(), "x.update")


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"product": "other"},
        {"version": "../2"},
        {"version": 2},
        {"members": []},
        {"members": [{"path": "wheels/a.whl", "bytes": -1, "sha256": "0" * 64}]},
        {"members": [{"path": "wheels/a.whl", "bytes": True, "sha256": "0" * 64}]},
        {"members": [{"path": "wheels/a.whl", "bytes": 1, "sha256": "0"}]},
        {"members": [{"path": "wheels/a.whl", "bytes": 1, "sha256": "0" * 64}] * 2},
        {"members": "x"},
    ],
)
def test_an_odd_table_of_contents_is_one_error(change):
    member = Member(path="wheels/a.whl", bytes=1, sha256="0" * 64)
    made = Manifest(version="2.0", minimum="0", created="", members=(member,))
    values = json.loads(made.encode()) | change
    with pytest.raises(InputError):
        decode(json.dumps(values).encode(), "x.update")


def test_a_link_in_the_way_is_not_written_through(centre, known, tmp_path):
    bundle = open_bundle(centre.bundle(FILES), known, when=TODAY)
    out, elsewhere = tmp_path / "out" / "wheels", tmp_path / "elsewhere"
    out.mkdir(parents=True)
    (out / "edgeassist-2.0-py3-none-any.whl").symlink_to(elsewhere)
    with pytest.raises(InputError):
        bundle.extract(tmp_path / "out")
    assert not elsewhere.exists()


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"name = 1", b'name="x"\nkey="AAAA"\nexpires=2030-01-01', b"{"]
)
def test_a_file_that_is_no_key_is_named(tmp_path, content):
    path = tmp_path / "odd.pub"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"odd\.pub"):
        public_key(path)
    with pytest.raises(InputError, match=r"odd\.pub.*private key"):
        sign(path, b"")


def test_without_its_library_the_command_that_brings_it_is_told(centre, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("cryptography")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(PluginError, match=r"edgeassist\[update\]"):
        key_files.need_libraries()
    with pytest.raises(EdgeAssistError, match="not installed"):
        sign(centre.private, b"")


def test_a_bundle_that_cannot_be_written_leaves_no_rest(centre, tmp_path):
    with pytest.raises(InputError):
        centre.sealed({"wheels/a.whl": tmp_path / "none"})
    with pytest.raises(InputError, match="table of contents"):
        centre.sealed({"elsewhere/a.whl": centre.public})
    assert not [name for name in os.listdir(tmp_path) if "update" in name]


def test_a_folder_or_another_file_is_no_bundle(known, tmp_path):
    for path in (tmp_path, Path(__file__), tmp_path / "none"):
        with pytest.raises(InputError, match=path.name):
            assert isinstance(open_bundle(path, known, when=TODAY), Bundle)
