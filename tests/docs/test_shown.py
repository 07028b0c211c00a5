"""What the documents show is what the program does: the plug-in, the dictionary, the output."""

import subprocess
import sys

import pytest

from edgeassist.loop.events import Caption, Utterance
from edgeassist.testing import check_node
from tests.docs.pages import ROOT, fences, name

READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PROOFREADERS = [ROOT / "docs/for-proofreaders.md", ROOT / "docs/for-proofreaders.zh-CN.md"]


@pytest.mark.parametrize("page", READMES, ids=name)
def test_the_plug_in_of_the_readme_works_as_it_stands_there(page):
    (block,) = [one for one in fences(page) if one.language == "python"]
    assert len([line for line in block.text.splitlines() if line.strip()]) <= 36
    shown: dict[str, object] = {"__name__": "my_package"}
    exec(compile(block.text, str(block), "exec"), shown)
    doorbell = shown["Doorbell"]
    said = [
        Caption(
            captured_ns=1,
            utterance=number,
            text=text,
            language="zh",
            final=True,
            start_s=0,
            end_s=1,
            stable_chars=len(text),
        )
        for number, text in enumerate(("我听到门铃响了", "没有别的"))
    ]
    given = check_node(doorbell, doorbell.Options(), said)
    assert [one.text for one in given if isinstance(one, Utterance)] == ["有人按门铃"]


@pytest.mark.parametrize("page", PROOFREADERS, ids=name)
def test_the_dictionary_shown_is_taken_and_the_explanation_is_what_is_printed(page, tmp_path):
    blocks = [one.text for one in fences(page)]
    (dictionary,) = [one for one in blocks if one.startswith("林斐然\t")]
    (as_toml,) = [one for one in blocks if one.startswith("[words]")]
    (explained,) = [one for one in blocks if one.startswith("  再")]
    for file, text in (("names.tsv", dictionary), ("names.toml", as_toml)):
        (tmp_path / file).write_text(text + "\n", "utf-8")
        command = [sys.executable, "-m", "edgeassist.cli.main", "braille", "to", "他再问问题去重庆"]
        command += ["--dictionary", str(tmp_path / file), "--explain"]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        lines = result.stdout.splitlines()
        assert set(explained.splitlines()) <= set(lines)
        assert any(line.startswith("  重庆\t") and "chong2" in line for line in lines)
