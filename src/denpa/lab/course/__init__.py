"""The course: every lab with its titles, in the order of the chapters.

A lab is the file `SECTION/NAME.py` beside this table, with `-` written as `_`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """One lab: its name, its titles, and what a run of it needs.

    `data`: "mnist" where it uses MNIST, and the embedded digits where that is not at hand.
    `timing`: it measures time, so nothing else should run beside it. `hours`: so long is a full
    run; `lab run all` leaves it out unless --quick is given.
    """

    name: str
    en: str
    ja: str
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
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True)
class Section:
    """A part of the course."""

    folder: str
    en: str
    ja: str
    labs: tuple[Entry, ...]

    def title(self, language: str) -> str:
        """The title in English ("en") or Japanese ("ja")."""
        return self.ja if language == "ja" else self.en


def _section(folder: str, en: str, ja: str, *labs: Entry) -> Section:
    return Section(folder, en, ja, tuple(Entry(**{**vars(e), "section": folder}) for e in labs))


COURSE = (
    _section(
        "gradients", "Gradients", "勾配",
        Entry("surface", "Which way is up: the gradient of a surface", "上り坂はどちらか：曲面の勾配"),
        Entry("difference-quotient", "How well a difference stands for a derivative",
              "差分は微分をどこまで近似できるか"),
        Entry("gradient-check", "Checking the gradients of a network", "ニューラルネットワークの勾配確認"),
        Entry("line-fit", "A line through points: solved, and descended to",
              "直線のあてはめ：正規方程式と勾配降下法"),
        Entry("learning-rate", "A learning rate too small, right, too large",
              "学習係数：小さすぎる、適切、大きすぎる"),
        Entry("all-combinations", "Why nobody tries all combinations",
              "なぜ全ての組合せを試さないのか"),
    ),
    _section(
        "graph", "Chain rule and computation graph", "連鎖律と計算グラフ",
        Entry("three-plus-five", "(3 + 5) × 10, forwards and backwards", "(3＋5)×10 の順伝播と逆伝播"),
        Entry("square-of-a-difference", "(ax − y)² and its reverse graph", "(ax − y)² とその逆向きの計算グラフ"),
        Entry("sigmoid-cross-entropy", "Sigmoid with cross-entropy: the messages sum to ŷ − t",
              "シグモイドと交差エントロピー：メッセージの和は ŷ − t"),
        Entry("six-exercises", "Six exercises on the chain rule", "連鎖律の演習六題"),
        Entry("affine-by-hand", "Y = XW + b: gradients by hand, by engine, from shapes alone",
              "Y = XW + b の勾配：手計算、エンジン、そして形状だけから"),
        Entry("softmax-with-loss", "Softmax with loss, drawn with its messages",
              "Softmax-with-Loss の計算グラフとメッセージ"),
    ),
    _section(
        "messages", "Messages", "メッセージ",
        Entry("messages-on-edges", "Backpropagation as messages on edges",
              "辺を流れるメッセージとしての誤差逆伝播法"),
        Entry("multiplications", "Counting multiplications: reverse, forward, differences",
              "乗算回数の比較：逆方向、順方向、差分"),
    ),
    _section(
        "cost", "Cost", "計算コスト",
        Entry("differences-or-backpropagation", "All gradients: differences against backpropagation",
              "全勾配の計算時間：数値微分と誤差逆伝播法", timing=True),
        Entry("price-of-a-gradient", "A gradient costs a few forward passes",
              "勾配の値段は順伝播何回分か", timing=True),
    ),
    _section(
        "minibatches", "Mini-batches", "ミニバッチ学習",
        Entry("sample-of-the-loss", "The loss of 1,000 examples for that of 100,000",
              "10 万個の損失を 1,000 個で見積もる", timing=True),
        Entry("batch-size", "Batch size against steps, and against seconds",
              "バッチサイズと更新回数、計算時間", data="mnist", timing=True),
        Entry("one-epoch", "An epoch, step by step", "1 エポックを 1 歩ずつ"),
        Entry("overfitting", "Overfitting: how many examples, how large a network",
              "過学習：訓練データの数とネットワークの大きさ", data="mnist"),
    ),
    _section(
        "two_layers", "Two layers, from scratch", "2 層ネットワークをゼロから",
        Entry("regression", "Regression in 40 lines of NumPy, and with Denpa",
              "回帰：NumPy 40 行と Denpa"),
        Entry("two-classes", "Two classes in 40 lines of NumPy, and with Denpa",
              "2 クラス分類：NumPy 40 行と Denpa"),
        Entry("many-classes", "Many classes in 40 lines of NumPy, and with Denpa",
              "多クラス分類：NumPy 40 行と Denpa", data="mnist"),
    ),
    _section(
        "many_layers", "Many layers", "多層ネットワーク",
        Entry("plain-depth", "2, 4, 8, 16, 32 layers: why plain depth fails",
              "2, 4, 8, 16, 32 層：ただ深くするだけではなぜ失敗するか", data="mnist"),
        Entry("output-layers", "Three output layers, one error: (y − t)/N",
              "三つの出力層、一つの誤差：(y − t)/N"),
    ),
    _section(
        "optimizers", "Optimizers", "最適化手法",
        Entry("valley", "Down a long valley: gradient descent and momentum",
              "細長い谷を下る：勾配降下法とモーメンタム"),
        Entry("friction", "Momentum as motion with friction", "摩擦のある運動としてのモーメンタム"),
        Entry("adaptive-steps", "Nesterov, AdaGrad, RMSProp, and Adam in both published forms",
              "Nesterov, AdaGrad, RMSProp と二通りの Adam"),
        Entry("optimizers-on-mnist", "Six optimizers on MNIST", "MNIST での最適化手法の比較", data="mnist"),
        Entry("lowered-learning-rate", "Why accuracy jumps when the learning rate is lowered",
              "学習係数を下げるとなぜ精度が跳ね上がるか", data="mnist"),
    ),
    _section(
        "initial_values", "Initial values", "重みの初期値",
        Entry("vanishing-activations", "Five layers: where the activations go",
              "5 層の活性化の分布：初期値で何が変わるか"),
        Entry("variance-of-layers", "The factor that each layer puts on the variance",
              "層ごとの分散の倍率：理論と測定"),
        Entry("vanishing-gradients", "Five layers: where the gradients go",
              "5 層の勾配の分布：勾配消失と勾配爆発"),
        Entry("thirty-layers", "Thirty layers that learn with He's values and not with Glorot's",
              "He の初期値なら学習し、Glorot では学習しない 30 層", data="mnist"),
    ),
    _section(
        "batch_norm", "Batch normalisation", "バッチ正規化",
        Entry("standardised-data", "From [0, 1] to mean 0, then to mean 2 and deviation 5",
              "[0, 1] のデータを標準化し、平均 2・標準偏差 5 へ移す"),
        Entry("batch-norm-by-hand", "The layer's backward formula against the graph's",
              "バッチ正規化の逆伝播：公式と計算グラフ"),
        Entry("training-and-prediction", "Batch statistics in training, running ones in prediction",
              "学習時はバッチの統計量、予測時は移動平均"),
        Entry("batch-norm-and-learning-rate", "Learning rates and depths, with batch norm and without",
              "学習係数と層数：バッチ正規化の有無", data="mnist"),
        Entry("how-deep", "How deep can one go?", "どこまで深くできるか", data="mnist"),
    ),
    _section(
        "regularisation", "Regularisation", "正則化",
        Entry("contours", "Two penalties on one valley: why L1 makes zeros",
              "二つの罰則と等高線：L1 はなぜ 0 を作るか"),
        Entry("sparsity", "How many weights are left under L1 and L2",
              "L1 と L2 の下で残る重み", data="mnist"),
        Entry("dropout-scaling", "Dropout in both scalings", "ドロップアウトの二通りのスケーリング"),
        Entry("dropout-ensemble", "The ensemble that dropout imitates",
              "ドロップアウトが真似るアンサンブル", data="mnist"),
        Entry("early-stopping", "Early stopping", "早期終了", data="mnist"),
        Entry("ensembles", "Several networks know more than one", "アンサンブル学習", data="mnist"),
        Entry("augmentation", "Shifted and turned: more data for nothing", "データ拡張", data="mnist"),
        Entry("noisy-labels", "Noise on the labels", "ラベルへの雑音", data="mnist"),
        Entry("pseudo-labels", "Learning from data without labels: pseudo-labels",
              "ラベルのないデータから学ぶ：疑似ラベル", data="mnist"),
        Entry("all-together", "All together: which network is best?",
              "総合：どのネットワークが最良か", data="mnist"),
    ),
    _section(
        "beyond", "Beyond the texts", "教科書の先へ",
        Entry("dropout-paper", "The error table of the dropout paper", "ドロップアウト論文の誤り率の表",
              data="mnist", hours=True),
        Entry("channel-code", "A (7,4) code learned over a noisy channel",
              "雑音通信路で学習する (7,4) 符号"),
        Entry("unfolded-detector", "A detector unfolded from an iterative algorithm",
              "反復アルゴリズムを展開した検出器"),
    ),
)  # fmt: skip


def entries() -> Iterator[Entry]:
    """All labs, in the order of the chapters."""
    for section in COURSE:
        yield from section.labs


def find(name: str) -> Entry | None:
    """The lab of that name, or None."""
    return next((e for e in entries() if e.name == name), None)
