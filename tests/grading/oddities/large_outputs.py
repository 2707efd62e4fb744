"""Much output, all of it allowed: a long table, 300 kB of letters of other alphabets, a picture, progress bars."""

# %% first
import sys

for number in range(3000):
    print(f"step {number}: loss {1 / (number + 1):.6f}")
print("\u2588\u2591\u00e9\u4e2d" * 75_000)
for number in range(200):
    sys.stdout.write(f"\r{number / 2:.0f} % " + "\u2588" * (number // 10))

# %% before gate
import matplotlib.pyplot as plt

figure, axis = plt.subplots()
axis.plot(range(1000))
plt.show()

# %% before word
torch.arange(100_000).tolist()
