"""Property tests look at new cases on a developer's machine, and at the same ones in CI."""

import os

from hypothesis import settings

# A case nobody has seen yet is worth finding, but not by whoever happens to submit next.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
