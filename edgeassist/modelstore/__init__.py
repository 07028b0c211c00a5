"""Models: cards that describe them, a store that fetches, checks and keeps them.

`installed(name)` is what engines call; it needs no network.
"""

from edgeassist.modelstore.cards import Card, card, cards
from edgeassist.modelstore.store import (
    Finding,
    State,
    command,
    install,
    installed,
    look,
    models_folder,
)

__all__ = [
    "Card",
    "Finding",
    "State",
    "card",
    "cards",
    "command",
    "install",
    "installed",
    "look",
    "models_folder",
]
