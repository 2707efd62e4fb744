"""What the tests' children do. The server imports this, so that it is there in a sandbox too."""


def run(payload: dict, fds: list[int]) -> None:
    exec(payload["source"], {"fds": fds, "given": payload})
