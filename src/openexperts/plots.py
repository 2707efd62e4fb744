"""The course's figures: one palette, labelled axes, and alternative text on every picture.

The palette is Okabe and Ito's (2008), which people with the common kinds of colour blindness can tell apart. Nothing is
said by colour alone: lines also differ in dash and marker (`STYLES`), bars in hatching (`HATCHES`).
"""

import base64
import html
import io

import matplotlib

matplotlib.use("agg")  # pictures are made by `show`, never by a window or by a cell's last line

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PINK = (
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
)
COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY, RED, BLACK)
STYLES = tuple(
    {"color": colour, "linestyle": dash, "marker": marker}
    for colour, dash, marker in zip(COLOURS, ("-", "--", "-.", ":", "-", "--", "-."), "osD^vXP", strict=True)
)
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "++", "oo")


def new(columns: int = 1, rows: int = 1, width: float = 6.4, height: float = 3.4):
    """A figure and its axes, `width` and `height` in inches for the whole figure."""
    return plt.subplots(rows, columns, figsize=(width, height), layout="constrained")


class _Picture:
    """HTML with alternative text for a notebook, words for a terminal."""

    def __init__(self, markup: str, words: str):
        self.markup, self.words = markup, words

    def _repr_html_(self) -> str:
        return self.markup

    def __repr__(self) -> str:
        return self.words


def show(figure: Figure, alt: str, text: str = "") -> None:
    """Show `figure` in the notebook, with `alt` for a reader who cannot see it; then close it.

    `alt` says what the picture shows in one or two sentences. `text` stands for the picture in a terminal (default:
    `alt`). Raises ValueError if `alt` is empty: a figure without words leaves readers out.
    """
    if not alt.strip():
        raise ValueError("a figure needs alternative text: show(figure, alt='what the picture shows')")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    plt.close(figure)
    data = base64.b64encode(buffer.getvalue()).decode()
    image = f'<img alt="{html.escape(alt, quote=True)}" src="data:image/png;base64,{data}" style="max-width:100%">'
    display(_Picture(image, text or f"[figure: {alt}]"))


def seeds(axis, groups: dict[str, list[float]]) -> None:
    """Draw, for each named group, a point for each seed, the mean as a bar and whiskers from lowest to highest."""
    for place, (values, style) in enumerate(zip(groups.values(), STYLES, strict=False)):
        mean = sum(values) / len(values)
        spread = [[mean - min(values)], [max(values) - mean]]
        axis.errorbar([place], [mean], yerr=spread, fmt="_", markersize=28, color=style["color"], capsize=7)
        aside = [place + 0.16 + 0.07 * number for number in range(len(values))]
        axis.plot(aside, values, linestyle="", marker=style["marker"], color=style["color"], markersize=5)
        axis.annotate(f"{mean:.2f}", (place - 0.2, mean), ha="right", va="center")
    axis.set_xticks(range(len(groups)), list(groups))
    axis.set_xlim(-0.6, len(groups) - 0.4)
