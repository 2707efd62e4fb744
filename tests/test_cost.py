"""What a notebook has cost: the counters follow what a process really does."""

import subprocess
import sys

from openexperts import cost


def measured(work: str) -> cost.Cost:
    code = f"from openexperts import cost\n{work}\nspent = cost.so_far()\nprint(spent.cpu_seconds, spent.peak_bytes)"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    return cost.Cost(float(printed[0]), int(printed[1]))


def test_memory_and_processor_seconds_follow_the_work():
    idle = measured("import time; time.sleep(1)")
    busy = measured("import time\nend = time.process_time() + 1\nwhile time.process_time() < end: pass")
    large = measured("x = b'1' * 300_000_000; del x")
    assert busy.cpu_seconds - idle.cpu_seconds > 0.5
    assert 250e6 < large.peak_bytes - idle.peak_bytes < 400e6


def test_it_reads_as_words():
    assert str(cost.Cost(12.4, 1_540_000_000)) == "12 processor-seconds, 1.54 GB of memory at the peak"
