"""Results of the bench with more in them than a small run has: what a board with sensors tells."""

import copy
from datetime import datetime, timedelta
from typing import Any

from edgeassist.bench import sensors
from edgeassist.bench.figures import figure
from edgeassist.bench.noise import Work, doubts
from edgeassist.bench.statistics import distribution

SETTINGS = {  # detector: p50 in ms, AP, memory
    "quick-320": (12.0, 0.41, 180.0),
    "right-512": (31.0, 0.55, 240.0),
    "poor-416": (33.0, 0.30, 400.0),
    "<odd>|name* `x`": (90.0, 0.56, 500.0),
}
HOT_FROM_S = 30.0


def later(result: dict[str, Any], seconds: float) -> str:
    """A moment so long after the run began."""
    return (datetime.fromisoformat(result["started"]) + timedelta(seconds=seconds)).isoformat()


def readings(tmp_path, begin_s: float) -> list[dict[str, Any]]:
    """What a Raspberry Pi that grows hot tells, read from the files it tells it in."""
    zone = tmp_path / "sys/class/thermal/thermal_zone0"
    firmware = tmp_path / "sys/devices/platform/soc/soc:firmware"
    for place in (zone, firmware):
        place.mkdir(parents=True, exist_ok=True)
    (zone / "type").write_text("cpu-thermal\n")
    found = []
    for step in range(10):
        at_s = begin_s + 2 * step
        (zone / "temp").write_text(f"{round(50_000 + 800 * at_s)}\n")
        (firmware / "get_throttled").write_text("4\n" if at_s >= HOT_FROM_S else "0\n")
        one = sensors.read(tmp_path)
        found.append(
            {
                "at_s": 2.0 * step,
                "rss_mb": 100.0,
                "temperature_c": one.temperature_c,
                "clock_mhz": one.clock_mhz,
                "power_w": one.power_w,
                "throttled": one.throttled,
            }
        )
    return found


def with_board(result: dict[str, Any], tmp_path) -> dict[str, Any]:
    """The result with detectors, one of them throttled, a library beside us, and a long run."""
    base = copy.deepcopy(result["points"][1])
    still = Work(0.0, 0.0)
    for place, (name, (p50, ap, memory)) in enumerate(SETTINGS.items()):
        told = readings(tmp_path, 20.0 * place)
        seen = [sensors.Reading(one["temperature_c"], None, None, one["throttled"]) for one in told]
        result["points"].append(
            {
                **copy.deepcopy(base),
                "id": f"guide/{name}/single/t1",
                "module": "guide",
                "subject": name,
                "started": later(result, 20.0 * place),
                "options": {},
                "distributions": {
                    "latency": distribution([p50 * (0.9 + 0.01 * part) for part in range(40)])
                },
                "figures": {
                    "ap50": figure("ap50", ap, ap - 0.05, ap + 0.05, 64),
                    "rss_mb": figure("rss_mb", memory),
                    "pss_mb": figure("pss_mb", memory / 2),
                },
                "sensors": told,
                "doubts": doubts(still, still, 0.0, 20.0, seen),
                "notes": [],
            }
        )
    beside = copy.deepcopy(base) | {
        "id": "braille/to gf0019, liblouis/beside/t1",
        "subject": "to gf0019, liblouis",
        "scenario": "beside",
    }
    beside["options"]["peer"] = "liblouis"
    beside["distributions"]["peer_latency"] = distribution([0.04, 0.05, 0.06])
    beside["figures"]["time_ratio"] = figure("time_ratio", 0.2, 0.15, 0.25)
    beside["figures"]["peer_cell_accuracy"] = figure("peer_cell_accuracy", 0.91)
    soak = copy.deepcopy(base) | {
        "id": "all/every module/soak/t2",
        "module": "all",
        "subject": "every module",
        "scenario": "soak",
        "minutes": [
            {"minute": minute, "stage": stage, "n": 9, "p50_ms": 100.0 + minute, "p99_ms": 321.0}
            for minute in range(3)
            for stage in ("Caption final", "Obstacle")
        ],
    }
    failed = copy.deepcopy(base) | {
        "id": "speech/kokoro/single/t2",
        "module": "speech",
        "state": "failed",
        "why": "no memory left",
        "distributions": {},
        "figures": {},
    }
    result["points"] += [beside, soak, failed]
    return result
