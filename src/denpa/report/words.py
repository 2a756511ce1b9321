"""Every fixed text of the report, in English and in Japanese.

Both tables have the same keys; a test holds that. Placeholders in braces are filled by name.
"""

from __future__ import annotations

from denpa.report import worth_words

# ruff: noqa: E501  -- a Japanese letter counts as two columns, and texts are easier to compare unbroken

LANGUAGES = ("en", "ja")

_EN = {
    "kind": "Training report",
    "created": "Written",
    "command": "Command",
    "contents": "Contents",
    "figure": "Figure {n}.",
    "table": "Table {n}.",
    "gap": " ",
    "footer": "Made by Denpa. This page holds all of its data and asks no other machine for anything.",
    # numbers
    "metric_label": "{part} {metric}",
    "part.train": "Training",
    "part.val": "Validation",
    "part.test": "Test",
    "metric.loss": "loss",
    "metric.accuracy": "accuracy",
    "metric.rmse": "RMSE",
    "metric.mae": "mean absolute error",
    "metric.mse": "mean squared error",
    "metric.r2": "R²",
    "chart.loss": "Loss",
    "chart.accuracy": "Accuracy",
    "chart.learning_rate": "Learning rate",
    "series.train": "training",
    "series.val": "validation",
    "axis.epoch": "epoch",
    "axis.log": "{label} (log scale)",
    "axis.percent": "share right (%)",
    "axis.loss": "loss per example",
    "axis.loss_unit": "loss per example, target in standard units",
    "axis.rate": "step size",
    "axis.layer": "layer, in order of the forward pass",
    "axis.std": "standard deviation",
    "axis.true": "true",
    "axis.predicted": "predicted",
    "axis.error": "predicted − true",
    "axis.count": "examples",
    "empty": "no finite value",
    "of_examples": "{right} of {total} examples",
    "best": "best: {epoch}",
    # sections
    "result": "Result",
    "result.ask": "How well does the network do on data that it never saw? The test part took no "
                  "share in training or in the choice of the best epoch, so trust these figures "
                  "before all others.",
    "check": "Gradient check",
    "check.ask": "Are the gradients right? Backpropagation is compared with numeric derivatives "
                 "on this run's own data in float64. The largest relative error is mostly below "
                 "1e-6; a wrong derivative is off by far more than 1e-4, where the check fails.",
    "check.text": "{checked} of {parameters} gradients checked against numeric ones; the largest relative "
                  "error is {worst}, in {where}.",
    "check.passed": "passed",
    "check.failed": "failed",
    "curves": "Learning curves",
    "curves.ask": "Has training converged, and does what was learned carry over? If validation "
                  "loss rises while training loss falls, the network is memorising.",
    "curves.caption": "Loss and metrics after each epoch.",
    "curves.best": "The lowest validation loss is {value}, in epoch {epoch} of {total}.",
    "curves.last": "After the last epoch the loss is {train} on training and {val} on validation.",
    "curves.last_train": "After the last epoch the training loss is {train}.",
    "curves.bad": "The loss is not a finite number in {count} of {total} epochs, first in epoch "
                  "{epoch}. Training has diverged: try a smaller learning rate, or clip the gradients.",
    "curves.values": "Values of every epoch",
    "curves.some": "{shown} of {total} epochs, evenly spaced; history.csv holds all of them.",
    "confusion": "Confusion matrix",
    "confusion.ask": "Which classes are taken for which? Cells off the diagonal are mistakes: a "
                     "strong one is a pair of classes that the network cannot tell apart.",
    "confusion.caption": "Counts on the test part. The tint is the share of the row; on the right, "
                         "the recall of each class.",
    "confusion.large": "{count} classes are too many for a picture; the most frequent confusions "
                       "stand in the table.",
    "confusion.none": "No example was misclassified.",
    "confusion.top": "The most frequent confusions.",
    "confusion.recall": "recall",
    "precision": "precision",
    "column.rows": "Examples",
    "column.found": "Found",
    "column.answered": "Answers",
    "true": "True",
    "predicted": "Predicted",
    "times": "Times",
    "share": "Share of the class",
    "scatter": "Predicted against true",
    "scatter.ask": "How far from the truth are the predictions? Points on the line are exact; a "
                   "bend or a widening fan is an error with a system to it.",
    "scatter.caption": "Each point is one example of the test part; on the line, predicted equals true.",
    "scatter.errors": "Errors",
    "scatter.errors_caption": "The errors should stand around zero, alike on both sides.",
    "mistakes": "Hardest mistakes",
    "mistakes.ask": "Where is the network most wrong while most sure? Look for wrong labels, "
                    "spoilt examples, and classes that truly look alike.",
    "errors": "Largest errors",
    "errors.ask": "Where are the predictions farthest from the truth? Look for wrong or misplaced "
                  "digits, unusual examples, and what they have in common.",
    "mistakes.caption": "True class → predicted class, with the probability that the network gave "
                        "to its answer.",
    "errors.caption": "True value → predicted value.",
    "errors.caption_table": "The examples with the largest errors.",
    "mistakes.more": "{count} more columns are not shown.",
    "mistakes.line": "Lines are those of the file; its header is line 1.",
    "mistakes.index": "The index counts from 0 in the data as they were read.",
    "mistakes.file": "The files lie in the folder of the data.",
    "mistake.p": "probability",
    "mistake.line": "Line",
    "mistake.index": "Index",
    "mistake.file": "File",
    "mistake.error": "Error",
    "activations": "Activations",
    "activations.ask": "Does every layer carry a signal? A large share of zeros means units that "
                       "are switched off; heaps at both ends mean units that are saturated.",
    "activations.caption": "Outputs of each layer on a sample of the data. A cut bar bears its count.",
    "gradients": "Gradients",
    "gradients.ask": "Does learning reach every layer? Gradients that shrink from the last layer "
                     "to the first are vanishing; gradients that grow are exploding.",
    "gradients.caption": "Gradient of the loss with respect to each layer's values. A cut bar bears "
                         "its count.",
    "gradients.size": "Size of gradients by layer",
    "activations.size": "Size of activations by layer",
    "size.caption": "A line that stays within a factor of ten is healthy; one that falls or rises "
                    "steadily is not.",
    "mean": "mean {mean}",
    "spread": "std {std} · zeros {zeros}",
    "more_layers": "The other {count} layers",
    "network": "Network",
    "network.ask": "What was trained, and where do its parameters sit? Follow the shapes from row "
                   "to row; B is the batch.",
    "network.caption": "Layers with the shapes of one batch and their number of parameters.",
    "layer": "Layer",
    "type": "Type",
    "input": "Input",
    "output": "Output",
    "parameters": "Parameters",
    "total": "Total",
    "repeat": "Data and settings",
    "repeat.ask": "What would it take to get these numbers again? The same command, data and "
                  "versions: the seed fixes the rest.",
    "data": "Data",
    "name": "Name",
    "source": "Source",
    "licence": "Licence",
    "sha256": "SHA-256",
    "parts": "Examples",
    "note": "Note",
    "settings": "Settings",
    "versions": "Versions",
    "column.epoch": "Epoch",
    "column.learning_rate": "Learning rate",
    "column.seconds": "Seconds",
    "yes": "yes",
    "no": "no",
    **worth_words.EN,
}  # fmt: skip

_JA = {
    "kind": "学習レポート",
    "created": "作成日時",
    "command": "コマンド",
    "contents": "目次",
    "figure": "図{n}.",
    "table": "表{n}.",
    "gap": "",
    "footer": "Denpa で作成。このページは必要なデータをすべて含み、外部への通信は一切しません。",
    "metric_label": "{part}{metric}",
    "part.train": "訓練",
    "part.val": "検証",
    "part.test": "テスト",
    "metric.loss": "損失",
    "metric.accuracy": "正解率",
    "metric.rmse": "RMSE",
    "metric.mae": "平均絶対誤差",
    "metric.mse": "平均二乗誤差",
    "metric.r2": "決定係数 R²",
    "chart.loss": "損失",
    "chart.accuracy": "正解率",
    "chart.learning_rate": "学習係数",
    "series.train": "訓練",
    "series.val": "検証",
    "axis.epoch": "エポック",
    "axis.log": "{label}(対数目盛)",
    "axis.percent": "正解の割合 (%)",
    "axis.loss": "1 例あたりの損失",
    "axis.loss_unit": "1 例あたりの損失(目標値は標準化)",
    "axis.rate": "更新の歩幅",
    "axis.layer": "層(順伝播の順)",
    "axis.std": "標準偏差",
    "axis.true": "真値",
    "axis.predicted": "予測値",
    "axis.error": "予測値 − 真値",
    "axis.count": "件数",
    "empty": "有限の値がありません",
    "of_examples": "{total} 例中 {right} 例",
    "best": "最良: {epoch}",
    "result": "結果",
    "result.ask": "未知のデータでどれだけ当たるか。テストデータは学習にも最良エポックの選択にも"
                  "使っていないので、まずこの値を見てください。",
    "check": "勾配確認",
    "check.ask": "勾配は正しいか。誤差逆伝播法で求めた勾配を、この実行のデータを使って float64 で数値微分と"
                 "比べます。相対誤差の最大値はたいてい 1e-6 未満です。微分が間違っていれば、不合格になる 1e-4 を大きく"
                 "超えます。",
    "check.text": "{parameters} 個の勾配のうち {checked} 個を数値微分と照合。相対誤差の最大値は {worst}({where})。",
    "check.passed": "合格",
    "check.failed": "不合格",
    "curves": "学習曲線",
    "curves.ask": "学習は収束したか、汎化できているか。訓練の損失が下がり続ける一方で検証の損失が"
                  "上がり始めたら、過学習です。",
    "curves.caption": "各エポック終了時の損失と評価指標。",
    "curves.best": "検証の損失が最小になったのは全 {total} エポック中の第 {epoch} エポックで、値は {value}。",
    "curves.last": "最終エポックの損失は訓練 {train}、検証 {val}。",
    "curves.last_train": "最終エポックの訓練の損失は {train}。",
    "curves.bad": "全 {total} エポック中 {count} エポックで損失が有限の値になりませんでした"
                  "(最初は第 {epoch} エポック)。学習が発散しています。"
                  "学習係数を下げるか、勾配クリッピングを試してください。",
    "curves.values": "全エポックの値",
    "curves.some": "全 {total} エポックから等間隔に {shown} 個を表示。すべての値は history.csv にあります。",
    "confusion": "混同行列",
    "confusion.ask": "どのクラスをどのクラスと取り違えたか。対角線から外れたマスが誤りです。"
                     "色の濃いマスほど、ネットワークが区別できていない組です。",
    "confusion.caption": "テストデータでの件数。色の濃さは行に占める割合、右端はクラスごとの再現率。",
    "confusion.large": "クラス数が {count} と多いため図は省き、多い取り違えを表に示します。",
    "confusion.none": "誤分類はありませんでした。",
    "confusion.top": "多い取り違え。",
    "confusion.recall": "再現率",
    "precision": "適合率",
    "column.rows": "件数",
    "column.found": "発見",
    "column.answered": "予測回数",
    "true": "正解",
    "predicted": "予測",
    "times": "回数",
    "share": "クラスに占める割合",
    "scatter": "予測値と真値",
    "scatter.ask": "予測は真値からどれだけ離れているか。直線上の点は誤差ゼロです。曲がりや扇形の広がりが"
                   "あれば、誤差に規則性が残っています。",
    "scatter.caption": "点はテストデータの 1 例。直線上では予測値と真値が等しい。",
    "scatter.errors": "誤差",
    "scatter.errors_caption": "誤差はゼロを中心に左右対称に分布するのが望ましい。",
    "mistakes": "難しかった例",
    "mistakes.ask": "自信をもって間違えたのはどの例か。ラベルの誤り、壊れたデータ、"
                    "本当に紛らわしいクラスがないか見てください。",
    "errors": "誤差の大きい例",
    "errors.ask": "予測が真値から最も離れたのはどの例か。値の誤りや桁の取り違え、珍しい例、"
                  "それらに共通する点がないか見てください。",
    "mistakes.caption": "正解 → 予測と、ネットワークが予測したクラスに与えた確率。",
    "errors.caption": "真値 → 予測値。",
    "errors.caption_table": "誤差の大きかった例。",
    "mistakes.more": "残り {count} 列は省略しました。",
    "mistakes.line": "行番号は元のファイルのもので、見出しが 1 行目です。",
    "mistakes.index": "番号は読み込んだデータでの位置で、0 から数えます。",
    "mistakes.file": "ファイルはデータのフォルダにあります。",
    "mistake.p": "確率",
    "mistake.line": "行",
    "mistake.index": "番号",
    "mistake.file": "ファイル",
    "mistake.error": "誤差",
    "activations": "活性値",
    "activations.ask": "どの層にも信号が流れているか。ゼロの割合が大きければ働いていないユニットが多く、"
                       "両端に山があれば活性化関数が飽和しています。",
    "activations.caption": "データの一部に対する各層の出力。途中で切った棒には件数を添えています。",
    "gradients": "勾配",
    "gradients.ask": "どの層まで学習が届いているか。出力側から入力側へ向かって小さくなれば勾配消失、"
                     "大きくなれば勾配爆発です。",
    "gradients.caption": "各層の値についての損失の勾配。途中で切った棒には件数を添えています。",
    "gradients.size": "層ごとの勾配の大きさ",
    "activations.size": "層ごとの活性値の大きさ",
    "size.caption": "変化が 10 倍以内に収まっていれば健全です。一方的に下がり続ける、または上がり続ける場合は"
                    "注意が必要です。",
    "mean": "平均 {mean}",
    "spread": "標準偏差 {std} · ゼロ {zeros}",
    "more_layers": "残りの {count} 層",
    "network": "ネットワーク",
    "network.ask": "何を学習させたか、パラメータはどこにあるか。行を追って形状の変化を確かめてください。"
                   "B はバッチの大きさです。",
    "network.caption": "各層の入出力の形状とパラメータ数。",
    "layer": "層",
    "type": "種類",
    "input": "入力",
    "output": "出力",
    "parameters": "パラメータ数",
    "total": "合計",
    "repeat": "データと設定",
    "repeat.ask": "同じ結果を得るには何が必要か。コマンド、データ、バージョンが同じなら、残りは乱数シードで決まります。",
    "data": "データ",
    "name": "名前",
    "source": "出典",
    "licence": "ライセンス",
    "sha256": "SHA-256",
    "parts": "データ数",
    "note": "備考",
    "settings": "設定",
    "versions": "バージョン",
    "column.epoch": "エポック",
    "column.learning_rate": "学習係数",
    "column.seconds": "秒",
    "yes": "はい",
    "no": "いいえ",
    **worth_words.JA,
}  # fmt: skip

TEXT: dict[str, dict[str, str]] = {"en": _EN, "ja": _JA}


def words(lang: str) -> dict[str, str]:
    """Return the texts of one language; an unknown one is a ValueError that names the choices.

    >>> from denpa.report.words import words
    >>> words("ja")["confusion"]
    '混同行列'
    """
    if lang not in TEXT:
        choices = ", ".join(LANGUAGES)
        raise ValueError(f"no report texts for language {lang!r}: choose one of {choices}")
    return TEXT[lang]
