"""Every text a person meets exists in Chinese and in English, with the same blanks to fill."""

import argparse
import ast
import re
import string
import tomllib
from pathlib import Path

import edgeassist
from edgeassist.locale import chinese, t

PERCENT = re.compile(r"%(?:\(\w+\))?[sr]")
PACKAGE = Path(edgeassist.__file__).parent


def texts() -> dict[str, str]:
    """Each literal given to t(), and each node's `lost` and `called`, with where it stands."""
    found: dict[str, str] = {}
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "t" and isinstance(node.args[0], ast.Constant):
                    found[node.args[0].value] = f"{file.relative_to(PACKAGE)}:{node.lineno}"
            elif isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(
                node.value, ast.Constant
            ):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = [target.id for target in targets if isinstance(target, ast.Name)]
                if names in (["lost"], ["called"]) and node.value.value:
                    found[node.value.value] = f"{file.relative_to(PACKAGE)}:{node.lineno}"
    return found


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name} | {
        *PERCENT.findall(text)
    }


def test_every_text_has_its_chinese_counterpart():
    missing = [f"{where}: {text!r}" for text, where in texts().items() if text not in chinese()]
    assert not missing, "\n".join(missing)


def test_both_languages_have_the_same_blanks():
    wrong = [text for text, ours in chinese().items() if blanks(text) != blanks(ours)]
    assert not wrong


def test_no_chinese_text_is_left_over():
    argparse_own = Path(argparse.__file__).read_text("utf-8")
    in_code = {
        node.value
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    left_over = [text for text in set(chinese()) - in_code if text not in argparse_own]
    assert not left_over


def test_one_english_text_has_one_chinese_counterpart():
    seen: dict[str, str] = {}
    for file in sorted((PACKAGE / "locale").glob("zh_*.toml")):
        for text, ours in tomllib.loads(file.read_text("utf-8"))["text"].items():
            assert seen.setdefault(text, ours) == ours, f"{file.name}: {text}"


def test_a_user_reads_in_the_language_of_the_system(monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert t("Add it") == "请补上"
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    assert t("Add it") == "Add it"
    assert t("is not UTF-8 text (byte {position})", lang="zh", position=3) == (
        "不是 UTF-8 文本（第 3 字节）"
    )
