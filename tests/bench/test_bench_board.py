"""What the board tells of itself, who else works on it, and another board's speed."""

import subprocess
import sys
import time

import pytest

from edgeassist.bench import noise, sensors
from edgeassist.bench.calibrate import gflops, n_body_step_us
from edgeassist.bench.emulation import BOARDS, Emulation, _Group, emulate
from edgeassist.errors import InputError


def tree(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return root


PI = {
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal",
    "sys/class/thermal/thermal_zone0/temp": "61837",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": "2400000",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "ondemand",
    "sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq": "1500000",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "50005",
    "sys/class/hwmon/hwmon0/name": "ina219",
    "sys/class/hwmon/hwmon0/power1_input": "4250000",
}


def test_a_raspberry_pi_tells_heat_clock_power_and_throttling(tmp_path):
    root = tree(tmp_path, PI)
    reading = sensors.read(root)
    assert reading == sensors.Reading(61.837, 1500.0, 4.25, 0x50005)
    assert sensors.governor(root) == "ondemand"
    assert sensors.words(0x50005) == ["under-voltage", "throttled"]
    assert sensors.words(0x50000) == []  # it was so once, it is not so now


def test_a_board_without_sensors_tells_nothing(tmp_path):
    assert sensors.read(tmp_path) == sensors.Reading(None, None, None, None)


def test_the_processors_own_temperature_is_taken_before_that_of_the_disk(tmp_path):
    root = tree(
        tmp_path,
        {
            "sys/class/thermal/thermal_zone0/type": "nvme",
            "sys/class/thermal/thermal_zone0/temp": "70000",
            "sys/class/thermal/thermal_zone1/type": "x86_pkg_temp",
            "sys/class/thermal/thermal_zone1/temp": "45000",
        },
    )
    assert sensors.read(root).temperature_c == 45.0


def test_power_may_come_as_volts_and_amperes(tmp_path):
    root = tree(
        tmp_path,
        {
            "sys/class/power_supply/battery/voltage_now": "5100000",
            "sys/class/power_supply/battery/current_now": "-800000",
        },
    )
    assert sensors.read(root).power_w == pytest.approx(4.08)


def test_other_peoples_work_and_a_stolen_processor_make_a_run_doubtful(tmp_path):
    root = tree(tmp_path, {"proc/stat": "cpu  1000 0 500 9000 0 0 0 50 0 0"})
    before = noise.machine_work(root)
    quiet = noise.Work(before.busy_s + 10.0, before.stolen_s)
    assert noise.doubts(before, quiet, own_cpu_s=9.9, seconds=10, readings=[]) == []
    (found,) = noise.doubts(before, quiet, own_cpu_s=5.0, seconds=10, readings=[])
    assert found["kind"] == "noisy"
    assert "0.50 of a core" in found["why"]
    stolen = noise.Work(before.busy_s, before.stolen_s + 1.0)
    assert [one["kind"] for one in noise.doubts(before, stolen, 0.0, 10, [])] == ["noisy"]


def test_a_hot_board_makes_a_run_doubtful():
    cool = sensors.Reading(60.0, 2400.0, None, 0)
    hot = sensors.Reading(85.0, 1500.0, None, 0x4)
    still = noise.Work(0, 0)
    found = noise.doubts(still, still, 0.0, 10, [cool, hot])
    assert [one["kind"] for one in found] == ["throttled", "clock"]
    assert noise.doubts(still, still, 0.0, 10, [cool, cool]) == []


SPIN = "import time\nend = time.monotonic() + {seconds}\nwhile time.monotonic() < end: pass\n"


def spun_cpu_s(emulation, seconds):
    """Processor seconds that a child gets in so many real ones."""
    import psutil

    code = SPIN.format(seconds=seconds) + "import sys; print(time.process_time())"
    child = subprocess.Popen(
        [sys.executable, "-c", "input()\n" + code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with emulation.slowed(child.pid, 1, neural=True):
        began = psutil.Process(child.pid).cpu_times()
        out, _ = child.communicate("\n", timeout=60)
    return float(out) - began.user - began.system


@pytest.mark.parametrize("method", ["duty-cycle", "cgroup"])
def test_an_emulated_core_gets_its_share_of_time_and_no_more(method):
    if method == "cgroup" and not _Group.possible():
        pytest.skip("this kernel lets us make no control group")
    board = Emulation(board="pi4", method=method, cores=4, neural_slowdown=10, scalar_slowdown=10)
    # A tenth of a second and a half, with room for the quota's last slice and Python's start.
    assert spun_cpu_s(board, 1.5) < 0.35


def test_a_board_is_slower_than_another_by_what_is_published():
    assert 2 < BOARDS["pi5"].gflops / BOARDS["pi4"].gflops < 3
    assert 1.5 < BOARDS["pi4"].n_body_step_us / BOARDS["pi5"].n_body_step_us < 2.5


def test_this_machine_is_measured_by_both_kernels():
    assert gflops() > 0.1
    assert n_body_step_us() > 0.1


def test_an_unknown_board_is_named():
    with pytest.raises(InputError, match="pi4, pi5"):
        emulate("pi9")
    assert time  # the clock that matters here is the child's
