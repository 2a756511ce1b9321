"""The course: every lab with its titles, in the order of the chapters.

A lab is the file `SECTION/NAME.py` beside this table, with `-` written as `_`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from denpa.words import translated

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """One lab: its name, its titles, and what a run of it needs.

    `data`: "mnist" where it uses MNIST, and the embedded digits where that is not at hand.
    `timing`: it measures time, so nothing else should run beside it. `hours`: so long is a full
    run; `lab run all` leaves it out unless --quick is given.
    """

    name: str
    words: str
    data: str = ""
    timing: bool = False
    hours: bool = False
    section: str = ""

    @property
    def path(self) -> Path:
        """The file of the lab."""
        return HERE / self.section / f"{self.name.replace('-', '_')}.py"

    def title(self, language: str) -> str:
        """The title in English ("en") or Japanese ("ja")."""
        return translated(self.words, language)


@dataclass(frozen=True)
class Section:
    """A part of the course."""

    folder: str
    words: str
    labs: tuple[Entry, ...]

    def title(self, language: str) -> str:
        """The title in English ("en") or Japanese ("ja")."""
        return translated(self.words, language)


def _section(folder: str, words: str, *labs: Entry) -> Section:
    return Section(folder, words, tuple(Entry(**{**vars(e), "section": folder}) for e in labs))


COURSE = (
    _section(
        "gradients", "Gradients",
        Entry("surface", "Which way is up: the gradient of a surface"),
        Entry("difference-quotient", "How well a difference stands for a derivative"),
        Entry("gradient-check", "Checking the gradients of a network"),
        Entry("line-fit", "A line through points: solved, and descended to"),
        Entry("learning-rate", "A learning rate too small, right, too large"),
        Entry("all-combinations", "Why nobody tries all combinations"),
    ),
    _section(
        "graph", "Chain rule and computation graph",
        Entry("three-plus-five", "(3 + 5) × 10, forwards and backwards"),
        Entry("square-of-a-difference", "(ax − y)² and its reverse graph"),
        Entry("sigmoid-cross-entropy", "Sigmoid with cross-entropy: the messages sum to ŷ − t"),
        Entry("six-exercises", "Six exercises on the chain rule"),
        Entry("affine-by-hand", "Y = XW + b: gradients by hand, by engine, from shapes alone"),
        Entry("softmax-with-loss", "Softmax with loss, drawn with its messages"),
    ),
    _section(
        "messages", "Messages",
        Entry("messages-on-edges", "Backpropagation as messages on edges"),
        Entry("multiplications", "Counting multiplications: reverse, forward, differences"),
    ),
    _section(
        "cost", "Cost",
        Entry("differences-or-backpropagation", "All gradients: differences against backpropagation", timing=True),
        Entry("price-of-a-gradient", "A gradient costs a few forward passes", timing=True),
    ),
    _section(
        "minibatches", "Mini-batches",
        Entry("sample-of-the-loss", "The loss of 1,000 examples for that of 100,000", timing=True),
        Entry("batch-size", "Batch size against steps, and against seconds", data="mnist", timing=True),
        Entry("one-epoch", "An epoch, step by step"),
        Entry("overfitting", "Overfitting: how many examples, how large a network", data="mnist"),
    ),
    _section(
        "two_layers", "Two layers, from scratch",
        Entry("regression", "Regression in 40 lines of NumPy, and with Denpa"),
        Entry("two-classes", "Two classes in 40 lines of NumPy, and with Denpa"),
        Entry("many-classes", "Many classes in 40 lines of NumPy, and with Denpa", data="mnist"),
    ),
    _section(
        "many_layers", "Many layers",
        Entry("plain-depth", "2, 4, 8, 16, 32 layers: why plain depth fails", data="mnist"),
        Entry("output-layers", "Three output layers, one error: (y − t)/N"),
    ),
    _section(
        "optimizers", "Optimizers",
        Entry("valley", "Down a long valley: gradient descent and momentum"),
        Entry("friction", "Momentum as motion with friction"),
        Entry("adaptive-steps", "Nesterov, AdaGrad, RMSProp, and Adam in both published forms"),
        Entry("optimizers-on-mnist", "Six optimizers on MNIST", data="mnist"),
        Entry("lowered-learning-rate", "Why accuracy jumps when the learning rate is lowered", data="mnist"),
    ),
    _section(
        "initial_values", "Initial values",
        Entry("vanishing-activations", "Five layers: where the activations go"),
        Entry("variance-of-layers", "The factor that each layer puts on the variance"),
        Entry("vanishing-gradients", "Five layers: where the gradients go"),
        Entry("thirty-layers", "Thirty layers that learn with He's values and not with Glorot's", data="mnist"),
    ),
    _section(
        "batch_norm", "Batch normalisation",
        Entry("standardised-data", "From [0, 1] to mean 0, then to mean 2 and deviation 5"),
        Entry("batch-norm-by-hand", "The layer's backward formula against the graph's"),
        Entry("training-and-prediction", "Batch statistics in training, running ones in prediction"),
        Entry("batch-norm-and-learning-rate", "Learning rates and depths, with batch norm and without", data="mnist"),
        Entry("how-deep", "How deep can one go?", data="mnist"),
    ),
    _section(
        "regularisation", "Regularisation",
        Entry("contours", "Two penalties on one valley: why L1 makes zeros"),
        Entry("sparsity", "How many weights are left under L1 and L2", data="mnist"),
        Entry("dropout-scaling", "Dropout in both scalings"),
        Entry("dropout-ensemble", "The ensemble that dropout imitates", data="mnist"),
        Entry("early-stopping", "Early stopping", data="mnist"),
        Entry("ensembles", "Several networks know more than one", data="mnist"),
        Entry("augmentation", "Shifted and turned: more data for nothing", data="mnist"),
        Entry("noisy-labels", "Noise on the labels", data="mnist"),
        Entry("pseudo-labels", "Learning from data without labels: pseudo-labels", data="mnist"),
        Entry("all-together", "All together: which network is best?", data="mnist"),
    ),
    _section(
        "beyond", "Beyond the texts",
        Entry("dropout-paper", "The error table of the dropout paper",
              data="mnist", hours=True),
        Entry("channel-code", "A (7,4) code learned over a noisy channel"),
        Entry("unfolded-detector", "A detector unfolded from an iterative algorithm"),
    ),
)  # fmt: skip


def entries() -> Iterator[Entry]:
    """All labs, in the order of the chapters."""
    for section in COURSE:
        yield from section.labs


def find(name: str) -> Entry | None:
    """The lab of that name, or None."""
    return next((e for e in entries() if e.name == name), None)
