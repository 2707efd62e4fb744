# A container in which `openexperts grade` can shut submissions in, for machines without bubblewrap (macOS, Windows).
# Written for Docker and Podman, and not yet built: the machine on which this project is developed has neither.
#
#   docker build -t openexperts .
#   docker run --rm -it --memory 8g --network none -v "$PWD/classroom:/course/classroom" \
#     --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined \
#     openexperts grade 02-experts
#
# With Podman, `--security-opt unmask=ALL` in place of the last one, and `--userns keep-id` for a folder of your own.
# The three options let an ordinary user inside make namespaces, which these engines forbid by default; no capability is
# added, and nothing runs as root. The limit on memory is per process there, with a watch on their sum; --memory is the
# limit on all of it. Grading's own tests, in the container: --entrypoint make ... openexperts test
#
# The image holds solutions/: keep it in a private registry. What stands between a learner's code and the machine:
# docs/threat-model.md. On a cluster: `openexperts deploy kubernetes` (deploy/README.md).
FROM python:3.11-slim-bookworm

RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends bubblewrap make \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home --uid 1000 grader && install -d -o grader /course
USER grader
WORKDIR /course
COPY --chown=grader . .
RUN python tools/install.py && .venv/bin/openexperts model && mkdir -p classroom
ENTRYPOINT ["/course/.venv/bin/openexperts"]
CMD ["grade", "--help"]
