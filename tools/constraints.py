"""Write constraints.txt and environment.yml from pyproject.toml: `make constraints`.

constraints.txt holds one exact version of every package for every system and Python from 3.11 on, as uv's universal
resolver finds them; environment.yml repeats those of the direct dependencies for conda users.
"""

import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = "# Exact versions, made from pyproject.toml by `make constraints`. Do not edit.\n"


def direct_dependencies() -> list[str]:
    """The names in pyproject.toml, the tests' included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    requirements = project["dependencies"] + project["optional-dependencies"]["test"]
    return sorted(re.match(r"[\w.-]+", requirement).group() for requirement in requirements)


def environment(constraints: str) -> str:
    """environment.yml for these constraints."""
    lines = [
        HEADER + "# conda env create -f environment.yml && conda activate open-experts && openexperts lab",
        "name: open-experts",
        "channels: [conda-forge]",
        "dependencies:",
        "  - python=3.11",
        "  - pip",
        "  - pip:",
        "      - -c constraints.txt",
    ]
    for name in direct_dependencies():
        version = re.search(rf"^{re.escape(name)}==([^\s;]+)", constraints, re.MULTILINE).group(1)
        lines.append(f"      - {name}=={version}")
    return "\n".join([*lines, "      - -e .", ""])


def main() -> None:
    command = ["uv", "pip", "compile", "--universal", "--python-version", "3.11", "--extra", "test", "--upgrade"]
    found = subprocess.run(
        [sys.executable, "-m", *command, "--no-annotate", "--no-header", "-q", "pyproject.toml"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    constraints = HEADER + found.stdout
    (ROOT / "constraints.txt").write_text(constraints)
    (ROOT / "environment.yml").write_text(environment(constraints))


if __name__ == "__main__":
    main()
