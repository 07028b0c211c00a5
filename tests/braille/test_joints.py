"""分词连写: what printed books join and part, and what a reader may choose."""

import subprocess
import sys

import pytest

from edgeassist.braille import Idioms, translate


def written(text: str, idioms: Idioms = Idioms.PARTED) -> str:
    return " ".join(word.text for word in translate(text, idioms=idioms).words)


@pytest.mark.parametrize(
    "text",
    [
        "把 经验 结合起来",  # a complement of direction belongs to its verb
        "他 站起来 说话",
        "有的 人 喜欢",  # 有的 is one word
        "每分 钟 跳动",  # GF 12.2.6 每年; books part 钟
        "厚厚 的 雪",  # 的 stands alone after a reduplicated adjective too
        "没有 人 知道",  # a verb and its object are apart
        "校园 内 很 安静",  # a localizer after two syllables
        "孩子们 唱着 歌",
    ],
)
def test_words_stand_as_in_printed_books(text):
    assert written(text.replace(" ", "")) == text


def test_a_complement_of_direction_is_apart_from_what_only_precedes_it():
    assert written("他可以出来") == "他 可以 出来"


def test_an_aspect_particle_is_joined_to_verbs_not_to_adverbs():
    assert "终于着" not in written("火终于着了")


def test_a_reader_may_want_idioms_whole():
    text = "此人不近人情"
    assert written(text) == "此人 不近 人情"
    assert written(text, Idioms.WHOLE) == "此人 不近人情"


def test_whole_idioms_leave_all_other_words_as_they_are():
    text = "全国人民代表大会研究研究义务教育"
    assert written(text, Idioms.WHOLE) == written(text)


def test_idioms_are_chosen_on_the_command_line():
    command = [sys.executable, "-m", "edgeassist.cli.main", "braille", "to", "不近人情"]
    parted = subprocess.run(command, capture_output=True, check=True, text=True)
    whole = subprocess.run([*command, "--idioms", "whole"], capture_output=True, text=True)
    assert whole.stdout == parted.stdout.replace("⠀", "")
    assert "⠀" in parted.stdout


def test_every_joint_says_its_rule_and_where_that_comes_from():
    words = translate("他把经验结合起来用于教学，每年都是这样").words
    joints = [joint for word in words for joint in word.joints]
    assert joints
    assert all(name and source.startswith(("GF", "books", "as")) for name, source in joints)
