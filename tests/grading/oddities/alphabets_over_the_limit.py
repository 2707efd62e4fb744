"""Prints three million letters that are no ASCII, and an error message of a million; both are cut, and nothing is lost."""

# %% first
print("\u00e9" * 3_000_000)
for _ in range(300):
    print("\u4e2d\U0001f600" * 5_000)

# %% before word
raise ValueError("\U0001f600" * 1_000_000)
