"""Fills the disk, with large files and with many.

others: right
flag: limit
"""

# %% first

for number in range(100):
    try:
        with open(f"file{number}", "wb") as file:
            file.write(b"x" * 8_000_000)
    except OSError as error:
        print(error)
        break
else:
    print("NO END")
