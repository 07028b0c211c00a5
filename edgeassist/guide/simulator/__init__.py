"""Simulated walks that score the guide: who is warned in time, what is said in vain.

`python -m edgeassist.guide.simulator --help` runs it; `run` is for programs.
"""

from edgeassist.guide.simulator.runs import run
from edgeassist.guide.simulator.scores import Scores, Warned

__all__ = ["Scores", "Warned", "run"]
