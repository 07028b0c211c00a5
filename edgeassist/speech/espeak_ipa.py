"""English (and any other language espeak-ng knows) as IPA, for synthesisers that read phonemes."""

from __future__ import annotations

import re
import shutil
import subprocess

from edgeassist.errors import WorkError
from edgeassist.locale import t
from edgeassist.plugins import Missing

_PROGRAM = "espeak-ng"
_INSTALL = "sudo apt install espeak-ng"
_TIMEOUT_S = 5.0
# A full stop or comma between digits is part of a number, an apostrophe part of a word.
_PART = re.compile(r"(?P<words>.+?)(?P<marks>[,.!?;:]+(?=\s|$)|$)", re.DOTALL)


def missing() -> Missing | None:
    """What to install where espeak-ng's program is not there."""
    if shutil.which(_PROGRAM):
        return None
    return Missing(what=t("the program espeak-ng is not installed"), fix=_INSTALL)


def ipa(text: str, voice: str, *, tied: bool = True) -> str:
    """`text` in IPA with its punctuation, as espeak-ng's `voice` ("en-us", "de", …) says it.

    Diphthongs and affricates are `tied` with ^ ("a^ɪ") if wanted. About 10 ms for each part
    between punctuation. Raises `WorkError` if espeak-ng cannot do it.

    >>> ipa("Turn left, please.", "en-us")
    'tˈɜːn lˈɛft, plˈiːz.'
    """
    return " ".join(
        _asked(part["words"].strip(), voice, tied) + part["marks"][:1]
        for part in _PART.finditer(" ".join(text.split()))
        if any(sign.isalnum() for sign in part["words"])
    )


def _asked(words: str, voice: str, tied: bool) -> str:
    # Text on standard input: nothing of it can be taken for an option.
    style = ["--ipa", "--tie=^"] if tied else ["--ipa"]
    command = [_PROGRAM, "-q", *style, "-v", voice, "--stdin"]
    try:
        answer = subprocess.run(
            command, input=words.encode(), capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except FileNotFoundError:
        raise WorkError(_PROGRAM, t("the program espeak-ng is not installed"), fix=_INSTALL) from (
            None
        )
    except subprocess.TimeoutExpired:
        raise WorkError(_PROGRAM, t("the speech process does not answer"), fix=_INSTALL) from None
    if answer.returncode:
        why = answer.stderr.decode("utf-8", "replace").strip().splitlines()
        raise WorkError(
            _PROGRAM,
            t("espeak-ng cannot say this: {why}", why=why[-1] if why else answer.returncode),
            fix=t("Try: espeak-ng -v {voice}", voice=voice),
        )
    # Words of other languages are marked "(fr)…(en-us)".
    return re.sub(r"\([a-z-]+\)", "", " ".join(answer.stdout.decode("utf-8").split()))
