"""Words are cut alike whether the dictionary is on the heap or in a file: readings hang on it."""

from __future__ import annotations

import random
from itertools import groupby
from pathlib import Path

import pytest
import rjieba
from needs import lacking_model

from edgeassist.chinese.normal import is_hanzi
from edgeassist.chinese.wordlist import Wordlist
from edgeassist.errors import ModelError

SENTENCES = Path(__file__).parents[1] / "measure" / "speech_readings.txt"


@pytest.fixture(scope="module")
def words() -> Wordlist:
    try:
        return Wordlist()
    except ModelError as error:
        lacking_model(error)


@pytest.fixture(scope="module")
def runs() -> list[str]:
    text = SENTENCES.read_text("utf-8")
    return sorted({"".join(run) for hanzi, run in groupby(text, is_hanzi) if hanzi})


def test_sentences_are_cut_into_the_same_words_of_the_same_classes(words, runs):
    assert len(runs) > 800
    for run in runs:
        assert words.tag(run) == rjieba.tag(run)
        assert words.tag(run, hmm=False) == rjieba.tag(run, hmm=False)


def test_so_is_what_makes_no_sense_at_all(words, runs):
    signs = "".join(runs)
    chance = random.Random(1)
    for _ in range(1000):
        run = "".join(chance.choices(signs, k=chance.randint(1, 14)))
        assert words.tag(run) == rjieba.tag(run)


def test_it_knows_the_same_words_and_how_common_they_are(words, runs):
    asked = {run[at : at + size] for run in runs for size in (1, 2, 3) for at in range(len(run))}
    for word in asked:
        assert words.has_word(word) == rjieba.has_word(word)
        if words.has_word(word):
            assert words.suggest_freq(word) == rjieba.suggest_freq(word)


def test_nothing_and_a_character_nobody_knows_are_cut_too(words):
    assert words.tag("") == []
    assert words.tag("龘𠮷") == rjieba.tag("龘𠮷")
