"""Asynchronous code, threads and a process pool that end in time."""

# %% first
import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

await asyncio.sleep(0.01)
print(subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True).stdout)


# %% square
def square(x):
    with ThreadPoolExecutor(2) as pool:
        return pool.submit(lambda: x * x).result()


# %% word
async def slow(n):
    await asyncio.sleep(0.001)
    return "odd" if n % 2 else "even"


def word(n):
    return asyncio.run(slow(n))
