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

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
NEEDED_PYTHON = (3, 11)
NEEDED_DISK = 5 * 10**9  # 1.9 GB of packages, the open model twice (package and cache), room to unpack
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def stop(sentence):
    """End with one sentence for the person who typed the command."""
    sys.exit("\nInstallation stopped: " + sentence)


def run(command, sentence):
    """Run `command`; if it fails, stop with `sentence` after the command's own words."""
    print("+ " + " ".join(command), flush=True)
    if subprocess.call(command, cwd=ROOT) != 0:
        stop(sentence)


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
    print("Making the environment .venv ...", flush=True)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        stop(
            f"Python could not make a virtual environment in {VENV}. On Debian and Ubuntu its part for that is a "
            "package of its own: sudo apt install python3-venv"
        )


def torch_brings_a_gpu_build():
    """Whether pip would fetch PyTorch's GPU build, which adds gigabytes that no laptop without such a card can use."""
    answer = subprocess.run(
        [PYTHON, "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed", "--no-deps", "--report", "-"]
        + ["-c", "constraints.txt", "torch"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    if answer.returncode != 0:
        return False  # the installation proper will say what is wrong
    needs = json.loads(answer.stdout)["install"][0]["metadata"].get("requires_dist", [])
    return sys.platform == "linux" and any(need.startswith(("nvidia", "cuda")) for need in needs)


def install_packages(extra):
    failed = (
        "pip could not install the packages (its own words are above). Most often this is the network: check it and "
        "run the same command again; what was already fetched is kept."
    )
    pip = [PYTHON, "-m", "pip", "install", "-c", "constraints.txt"]
    have_torch = subprocess.call([PYTHON, "-m", "pip", "show", "-q", "torch"], stderr=subprocess.DEVNULL) == 0
    if not have_torch and torch_brings_a_gpu_build():
        # uv knows where PyTorch publishes its CPU builds; pip would have to be told an address.
        run(pip + ["-q", "uv"], failed)
        with open(os.path.join(ROOT, "constraints.txt")) as file:
            torch = next(line.strip() for line in file if line.startswith("torch=="))
        uv = [PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, "--torch-backend", "cpu", torch]
        print("+ " + " ".join(uv), flush=True)
        if subprocess.call(uv, cwd=ROOT) != 0:
            print("PyTorch's CPU build could not be fetched; taking the default build, which is about 3 GB larger.")
    run(pip + ["-e", ".[test]" if extra else "."], failed)


def install_browser():
    """A Chromium that is there, else the system's package, else Playwright's own."""
    if any(shutil.which(name) for name in BROWSERS) or os.path.exists("/Applications/Google Chrome.app"):
        return
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
            print("+ " + " ".join(sudo + command), flush=True)
            if shutil.which("sudo") or not sudo:
                subprocess.call(sudo + command, env=environment, stdout=subprocess.DEVNULL)
        if shutil.which("chromium"):
            return
    run(
        [PYTHON, "-m", "playwright", "install", "chromium"],
        "the tests need a browser. Install Chromium or Chrome and run the same command again.",
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
        install_browser()


if __name__ == "__main__":
    main()
