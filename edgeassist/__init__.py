"""EdgeAssist: captions, obstacle warnings, Chinese braille and speech on one small computer."""

import os

__version__ = "0.1.0"

# ONNX Runtime's wheels for Linux report to their maker from 1.32 on: a thread, a device number and
# a database below ~/.cache, sent when there is a network. `disable_telemetry_events()` comes too
# late, for the importing of it begins all that; only this, set before, keeps it off.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
