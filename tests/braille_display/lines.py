"""Braille lines for tests: each letter of the text is one cell."""

from edgeassist.loop.clock import NS
from edgeassist.loop.events import BrailleLine

_LETTERS = dict(zip("abcdefghij ", "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠀", strict=True))


def cells(text: str) -> str:
    return "".join(_LETTERS[letter] for letter in text)


def line(text: str, *, final: bool = True, urgent: bool = False) -> BrailleLine:
    return BrailleLine(
        captured_ns=0,
        text=text,
        cells=cells(text),
        source=tuple(range(len(text))),
        final=final,
        urgent=urgent,
    )


def danger(text: str) -> BrailleLine:
    return line(text, urgent=True)


class Reader:
    """A session and a watch: what is felt after so many seconds."""

    def __init__(self, session):
        self.session = session
        self.now_ns = 0

    def after(self, seconds=0.0) -> str:
        self.now_ns += round(seconds * NS)
        return self.session.tick(self.now_ns).cells.rstrip("⠀")
