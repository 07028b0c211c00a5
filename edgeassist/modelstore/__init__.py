"""Models: cards that describe them, a store that fetches, checks and keeps them.

`installed(name)` is what engines call; it needs no network.
"""

from edgeassist.modelstore.cards import Card, card, cards
from edgeassist.modelstore.store import (
    STAMP,
    Finding,
    State,
    command,
    install,
    installed,
    look,
    models_folder,
    own_models,
)

__all__ = [
    "STAMP",
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
    "own_models",
]
