"""Kill -9 at random moments of a real captions run: every final that was shown is kept."""

from measure.kills import kills
from needs import lacking_model

from edgeassist.errors import EdgeAssistError
from edgeassist.modelstore import installed


def test_no_final_that_was_shown_is_lost_by_kill_9():
    try:
        for card in ("demo-speech", "whisper-base"):
            installed(card)
    except EdgeAssistError as error:
        lacking_model(error)
    tally = kills(4, seed=3, engine="whisper", told=False)
    assert tally.kills == 4
    assert tally.shown > 0
    assert tally.lost == []
