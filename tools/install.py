"""Install the course into .venv: `python3 tools/install.py`, with `--test` for what the tests need as well.

Runs on an old Python 3 too, which then gets a sentence and not a syntax error. A second call sees that nothing changed
and returns at once. Standard library only: nothing is installed yet when this starts.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
LOG = os.path.join(VENV, "install.log")
NEEDED_PYTHON = (3, 11)
NEEDED_DISK = 5 * 10**9  # 1.9 GB of packages, the open model twice (package and cache), room to unpack
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def stop(sentence):
    """End with one sentence for the person who typed the command."""
    sys.exit("\nInstallation stopped: " + sentence)


def run(command, doing, **options):
    """Say `doing` and run `command`, its own words into LOG; a dot each 5 seconds, and the time. Whether it worked."""
    print(doing, end="", flush=True)
    start = time.time()
    with open(LOG, "a") as log:
        log.write("\n+ " + " ".join(command) + "\n")
        log.flush()
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **options
        )
        while True:
            try:
                failed = process.wait(timeout=5)
                break
            except subprocess.TimeoutExpired:
                print(" .", end="", flush=True)
    print(f" {'failed after' if failed else 'done in'} {time.time() - start:.0f} s", flush=True)
    return not failed


def last_words():
    """The lines at the end of LOG in which pip or uv says what was wrong."""
    with open(LOG, errors="replace") as log:
        lines = [line.strip() for line in log.read().split("\n+ ")[-1].splitlines()[1:] if line.strip()]
    return "\n  ".join(["", *([line for line in lines if line.startswith("ERROR")] or lines)[-3:]])


def check_machine():
    if sys.version_info < NEEDED_PYTHON:
        stop(
            f"this is Python {sys.version_info[0]}.{sys.version_info[1]} at {sys.executable}, and the course needs "
            f"{NEEDED_PYTHON[0]}.{NEEDED_PYTHON[1]} or newer. Install one (python.org, your system's packages, or "
            "Homebrew) and name it: make lab PYTHON=python3.12"
        )
    if sys.maxsize < 2**32:
        stop("this is a 32-bit Python, and PyTorch needs a 64-bit one. Install the 64-bit Python from python.org.")
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_DISK and not os.path.exists(PYTHON):
        stop(
            f"{free / 1e9:.1f} GB are free on the disk of {ROOT}, and the installation needs about "
            f"{NEEDED_DISK / 1e9:.0f} GB. Free some space and run the same command again."
        )


def make_environment():
    if os.path.exists(PYTHON) and subprocess.call([PYTHON, "-m", "pip", "--version"], stdout=subprocess.DEVNULL) == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    os.makedirs(VENV)  # for the log; venv takes a folder that is there
    if not run([sys.executable, "-m", "venv", VENV], "Making the environment .venv"):
        stop(
            f"Python could not make a virtual environment in {VENV}. On Debian and Ubuntu its part for that is a "
            f"package of its own: sudo apt install python3-venv. What Python said is in {LOG}"
        )


def torch_brings_a_gpu_build(pip):
    """Whether pip would fetch PyTorch's GPU build, which adds gigabytes that no laptop without such a card can use."""
    report = os.path.join(VENV, "torch.json")
    look = [*pip, "--dry-run", "--ignore-installed", "--no-deps", "--report", report, "torch"]
    if not run(look, "Looking which PyTorch this computer gets"):
        return False  # the installation proper will say what is wrong
    with open(report, encoding="utf-8") as file:
        needs = json.load(file)["install"][0]["metadata"].get("requires_dist", [])
    return sys.platform == "linux" and any(need.startswith(("nvidia", "cuda")) for need in needs)


def install_packages(extra):
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "-c", "constraints.txt"]
    have_torch = subprocess.call([PYTHON, "-m", "pip", "show", "-q", "torch"], stderr=subprocess.DEVNULL) == 0
    if not have_torch and torch_brings_a_gpu_build(pip):
        # uv knows where PyTorch publishes its CPU builds; pip would have to be told an address.
        with open(os.path.join(ROOT, "constraints.txt")) as file:
            torch = next(line.strip() for line in file if line.startswith("torch=="))
        uv = [PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, "--torch-backend", "cpu", torch]
        found = run([*pip, "uv"], "Fetching uv, which knows the PyTorch for computers without a graphics card")
        have_torch = found and run(uv, "Fetching PyTorch: about 200 MB")
        if not have_torch:
            print("PyTorch's CPU build could not be fetched; taking the default build, which is about 3 GB larger.")
    size = "150 MB" if have_torch else "350 MB, PyTorch among them"
    everything = [*pip, "-e", ".[test]" if extra else "."]
    if not run(everything, f"Fetching and installing the packages (about {size}; some minutes)"):
        stop(
            f"pip could not install the packages. It said:{last_words()}\nMost often this is the network: check it and "
            f"run the same command again; what was already fetched is kept. All that pip said is in {LOG}"
        )


def install_system_package(name, doing):
    """Ask Debian's or Ubuntu's package manager, where there is one and we may."""
    sudo = [] if not hasattr(os, "geteuid") or os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (shutil.which("sudo") or not sudo):
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        run([*sudo, "apt-get", "update", "-qq"], "Asking the system for its list of packages", env=environment)
        run([*sudo, "apt-get", "install", "-y", "-qq", name], doing, env=environment)


def install_sandbox():
    """bubblewrap, in which the examiner's tests run strangers' code."""
    if shutil.which("bwrap") or not sys.platform.startswith("linux"):
        return
    install_system_package("bubblewrap", "Fetching bubblewrap, which shuts a stranger's code in")
    if not shutil.which("bwrap"):
        stop(
            "the tests of grading need bubblewrap. Install your system's package of that name (sudo apt install "
            f"bubblewrap) and run the same command again. All that was said is in {LOG}"
        )


def install_browser():
    """A Chromium that is there, else the system's package, else Playwright's own."""
    if any(shutil.which(name) for name in BROWSERS) or os.path.exists("/Applications/Google Chrome.app"):
        return
    install_system_package("chromium", "Fetching a browser")
    if shutil.which("chromium"):
        return
    if not run([PYTHON, "-m", "playwright", "install", "chromium"], "Fetching a browser of Playwright's own"):
        stop(
            f"the tests need a browser, and none could be fetched:{last_words()}\nInstall Chromium or Chrome and run "
            f"the same command again. All that was said is in {LOG}"
        )


def fingerprint(extra):
    digest = hashlib.sha256(repr((extra, sys.version_info[:3], ROOT)).encode())
    for name in ("pyproject.toml", "constraints.txt", os.path.join("tools", "install.py")):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def installed(extra):
    """Whether .venv holds what this version of the project asks for; with the tests' part it holds the rest too."""
    for with_tests in (True,) if extra else (True, False):
        if os.path.exists(PYTHON) and os.path.exists(stamp(with_tests)):
            with open(stamp(with_tests)) as file:
                if file.read() == fingerprint(with_tests):
                    return True
    return False


def stamp(with_tests):
    return os.path.join(VENV, "installed-with-tests" if with_tests else "installed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--test", action="store_true", help="install what the tests need too, a browser included")
    extra = parser.parse_args().test
    check_machine()
    if not installed(extra):
        make_environment()
        install_packages(extra)
        with open(stamp(extra), "w") as file:
            file.write(fingerprint(extra))
    if extra:
        install_sandbox()
        install_browser()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("you pressed Ctrl-C. The same command goes on later; what was already fetched is kept.")
