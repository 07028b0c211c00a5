"""Plays one danger on the side it is given, as tones; says when it is over."""

import sys

from edgeassist.devices.haptics import Haptics, HapticsOptions, HapticsOutput
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import Pulse, Side, Utterance
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile

clock = RealClock()
told = []
context = Context(
    name="haptics",
    clock=clock,
    stopping=Stopping(clock),
    profile=Profile(),
    language="en",
    emit=told.append,
)
node = Haptics(HapticsOptions(output=HapticsOutput.AUTO), context)
node.open()
print(*(event.text for event in told if isinstance(event, Utterance)), flush=True)
sys.stdin.readline()
node.handle(
    Pulse(
        captured_ns=clock.now_ns(),
        side=Side(sys.argv[1]),
        strength=1.0,
        pattern=(200, 80, 200),
    )
)
list(node.finish())
node.close()
print("over", flush=True)
