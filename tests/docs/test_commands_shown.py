"""Every command, config and profile that a document shows is one that this version takes."""

import contextlib
import io
import re
import shlex
import tomllib
from functools import cache

import pytest

from edgeassist.cli.main import build
from edgeassist.config import load_config, load_profile
from edgeassist.errors import EdgeAssistError
from tests.docs.pages import ROOT, fences, in_code, name, pages

SHELLS = ("", "sh", "console")
RUNNERS = ("edgeassist", ".venv/bin/edgeassist")


def commands_in(text: str):
    """The command lines of a block: comments off, cut at pipes, redirections taken away."""
    for line in text.replace("\\\n", " ").splitlines():
        try:
            # A line of a table or of output need not be a command; those are.
            words = shlex.split(line, comments=True)
        except ValueError:
            continue
        command: list[str] = []
        skip = False
        for word in [*words, "|"]:
            if word in ("|", "&&", ";"):
                yield command
                command = []
            elif skip:
                skip = False
            elif word in (">", "<", ">>", "2>"):
                skip = True
            elif command or word not in ("$", "sudo"):
                command.append(word)


@cache
def parser():
    """The program's own; made in English by the fixture below."""
    return build()


def fault(words: list[str]) -> str:
    """What the command line's own parser says against it; "" if nothing."""
    told = io.StringIO()
    try:
        with contextlib.redirect_stderr(told), contextlib.redirect_stdout(told):
            parser().parse_args(words)
    except SystemExit as end:
        return told.getvalue() if end.code else ""
    return ""


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")


def test_every_command_in_a_block_is_taken_by_the_real_parser():
    wrong, seen = [], 0
    for page in pages():
        for block in fences(page):
            if block.language not in SHELLS:
                continue
            for command in commands_in(block.text):
                while command and re.fullmatch(r"\w+=\S*", command[0]):
                    command.pop(0)  # EDGEASSIST_LANG=en edgeassist …
                if command and command[0] in RUNNERS:
                    seen += 1
                    if told := fault(command[1:]):
                        wrong.append(f"{block}: {' '.join(command)}: {told}")
    assert seen > 50
    assert not wrong, "\n".join(wrong)


def test_every_command_named_in_running_text_exists_with_its_options():
    """There only what is typed may be left out: `edgeassist models install NAME`."""
    wrong = []
    for page in pages():
        for code in in_code(page):
            if not code.startswith("edgeassist ") or "…" in code:
                continue
            # A word in capitals stands for what the user puts there; a number does for all.
            words = ["384" if word.isupper() else word for word in shlex.split(code)]
            told = fault(words[1:])
            if told and "required" not in told:
                wrong.append(f"{name(page)}: {code}: {told}")
    assert not wrong, "\n".join(wrong)


def test_every_make_target_and_extra_that_a_document_names_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wrong = []
    for page in pages():
        text = page.read_text("utf-8")
        wrong += [
            f"{name(page)}: make {target}"
            for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)
            if not re.search(rf"^{target}:", makefile, re.MULTILINE)
        ]
        for extras in re.findall(r"edgeassist\[([\w,]+)\]", text):
            unknown = set(extras.split(",")) - set(project["optional-dependencies"])
            wrong += [f"{name(page)}: extra {extra}" for extra in unknown]
    assert not wrong, "\n".join(wrong)


def test_every_config_and_profile_shown_is_right(tmp_path):
    wrong, seen = [], 0
    for page in pages():
        for block in fences(page):
            as_config = re.search(r"^\[modules\.(?!doorbell)", block.text, re.MULTILINE)
            as_profile = re.search(r"^\[\[?(haptics|ranges\.|camera\])", block.text, re.MULTILINE)
            if not as_config and not as_profile:
                continue
            seen += 1
            file = tmp_path / "shown.toml"
            file.write_text(block.text, "utf-8")
            try:
                (load_config if as_config else load_profile)(file)
            except EdgeAssistError as error:
                wrong.append(f"{block}: {error}")
    assert seen > 5
    assert not wrong, "\n".join(wrong)
