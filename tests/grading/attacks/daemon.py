"""Leaves processes behind that would go on after the grading: sessions of their own, double forks, ignored signals.

others: right
"""

# %% first
import os
import signal
import subprocess
import sys
import time

os.environ["HOSTILE"] = "1"
stay = "import signal, time\nfor n in range(1, 32):\n    try: signal.signal(n, signal.SIG_IGN)\n    except OSError: 0\n"
subprocess.Popen([sys.executable, "-S", "-c", stay + "time.sleep(900)"], start_new_session=True)
subprocess.Popen("nohup setsid sleep 900 &", shell=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(900)
    os._exit(0)
os.wait()
