"""The texts that say what a result is worth, in English and in Japanese."""

from __future__ import annotations

# ruff: noqa: E501  -- a Japanese letter counts as two columns, and texts are easier to compare unbroken

EN = {
    "worth.better": "better than the baseline",
    "worth.unclear": "better than the baseline, perhaps by chance",
    "worth.equal": "no better than the baseline",
    "worth.worse": "worse than the baseline",
    "worth.rows": "{count} rows",
    "worth.row": "1 row",
    "worth.classes": "The network is right in {right} of {rows} ({network}); always answering "
                     "“{answer}”, the most frequent class in training, in {usual} ({constant}).",
    "worth.numbers": "The network's RMSE on {rows} is {network}; always predicting {answer}, the "
                     "mean in training, has {constant}.",
    "worth.unit": "in standard units",
    "worth.unit_text": "Every loss is measured with the target in standard units: its mean is 0 there, "
                       "and 1 is {unit}, its standard deviation in training. RMSE and mean absolute "
                       "error are in the target's own unit.",
    "worth.on_val": "These rows chose the best epoch: a test part is fairer (--test 0.1).",
    "worth.on_train": "These rows were learnt by heart: only a test part tells (--test 0.1).",
    "worth.never": "never found: {names}",
    "worth.each": "class by class",
    "worth.lost": "“{name}”",
    "worth.lost_few": "“{name}” (none of only {rows})",
    "worth.class": "Of {rows} of “{name}”, {found} found; right in {found} of {answered} such answers.",
    "worth.class_never": "Of {rows} of “{name}”, none found; the network never gave this answer.",
    "worth.more": "The report has {count} more classes.",
    "worth.remedy": "what can be done",
    "worth.remedy_text": "More rows of the rare classes help most. denpa train cannot weight classes; "
                         "in Python, nn.CrossEntropyLoss(weight=…) can.",
    "worth.threshold": "Or compare the column p({name}) of denpa predict with a threshold of your own, "
                       "lower than one half: it helps if p is higher for true cases than for others.",
    "worth.comma": ", ",
    "worth.table": "Each class by itself: recall is found of all, precision is right of all such answers.",
    "worth.improving": "still improving",
    "worth.falling": "not at an end",
    "worth.surer": "the loss falls, the answers stay",
    "worth.settled": "settled",
    "worth.rising": "memorising",
    "worth.climbing": "the loss rises",
    "worth.unknown": "one epoch only",
    "worth.improving_text": "The {loss} was still falling at the end ({first} in epoch {start}, {last} in "
                            "epoch {end}): train longer, with --epochs {more}.",
    "worth.falling_text": "The {loss} was still falling at the end ({first} in epoch {start}, {last} in "
                          "epoch {end}). Whether a longer training (--epochs {more}) serves new data, "
                          "validation rows would show (--validation 0.1).",
    "worth.surer_text": "The {loss} was still falling at the end ({first} in epoch {start}, {last} in epoch "
                        "{end}), but the {accuracy} is no better than before ({before}, then {now}): a longer "
                        "training would hardly change answers.",
    "worth.settled_text": "The {loss} was not clearly falling any more at the end: {first} in epoch {start}, "
                          "the best of {epochs}, and {last} in the last.",
    "worth.settled_best_text": "The {loss} was not clearly falling any more at the end: the last of {epochs} "
                               "epochs, with {last}, is the best, but not clearly better than those before.",
    "worth.rising_text": "The {loss} was best in epoch {start} of {epochs} ({first}) and has risen since "
                         "({last} in the last) while the training loss fell: the network memorises. The "
                         "weights of epoch {start} are kept; --patience N ends such a training N epochs "
                         "after the best one.",
    "worth.climbing_text": "The {loss} was best in epoch {start} of {epochs} ({first}) and has risen since "
                           "({last} in the last), and the training loss has not fallen: try smaller "
                           "steps, with --lr.",
    "worth.climbing_alone_text": "The {loss} was best in epoch {start} of {epochs} ({first}) and has risen "
                                 "since ({last} in the last): try smaller steps, with --lr.",
    "worth.unknown_text": "Whether the {loss} still falls is not known after {epochs}: train longer, with "
                          "--epochs {more}.",
    "worth.val_accuracy": "validation accuracy",
    "worth.train_accuracy": "training accuracy",
    "worth.val_loss": "validation loss",
    "worth.train_loss": "training loss",
    "worth.card": "baseline {value}",
}  # fmt: skip

JA = {
    "worth.better": "ベースラインより良い",
    "worth.unclear": "ベースラインより良いが、偶然かもしれない",
    "worth.equal": "ベースラインと変わらない",
    "worth.worse": "ベースラインより悪い",
    "worth.rows": "{count} 例",
    "worth.row": "1 例",
    "worth.classes": "ネットワークは {rows}中 {right} 例で正解しました({network})。訓練データで最も多いクラス「{answer}」と"
                     "常に答えても {usual} 例で正解です({constant})。",
    "worth.numbers": "ネットワークの RMSE は {rows}で {network}、訓練データの平均 {answer} を常に予測した場合は "
                     "{constant} です。",
    "worth.unit": "標準化した単位",
    "worth.unit_text": "損失はすべて、目標値を標準化した単位(平均が 0、訓練データでの標準偏差 {unit} が 1)での値です。"
                       "RMSE と平均絶対誤差は目標値そのものの単位です。",
    "worth.on_val": "最良エポックの選択に使ったデータでの値です。テストデータのほうが公正です(--test 0.1)。",
    "worth.on_train": "訓練データ自体での値です。テストデータがなければ汎化は判断できません(--test 0.1)。",
    "worth.never": "一度も見つからなかったクラス: {names}",
    "worth.each": "クラス別",
    "worth.lost": "「{name}」",
    "worth.lost_few": "「{name}」(わずか {rows}中 0 例)",
    "worth.class": "「{name}」は {rows}中 {found} 例を発見。この予測 {answered} 回のうち正解は {found} 回。",
    "worth.class_never": "「{name}」は {rows}中 1 例も発見できず、この予測は一度もなし。",
    "worth.more": "ほかの {count} クラスはレポートにあります。",
    "worth.remedy": "できること",
    "worth.remedy_text": "最も効くのは、少ないクラスのデータを増やすことです。denpa train ではクラスに重みを付けられませんが、"
                         "Python からは nn.CrossEntropyLoss(weight=…) が使えます。",
    "worth.threshold": "denpa predict が出す列 p({name}) を、0.5 より低い自分で決めたしきい値と比べる方法もあります。"
                       "実際にそのクラスである例ほど p が高い場合に有効です。",
    "worth.comma": "、",
    "worth.table": "クラス別の再現率(実例のうち見つけた割合)と適合率(その予測のうち正しかった割合)。",
    "worth.improving": "まだ改善中",
    "worth.falling": "学習の途中",
    "worth.surer": "損失は下がるが答えは変わらない",
    "worth.settled": "収束",
    "worth.rising": "過学習",
    "worth.climbing": "損失が上昇",
    "worth.unknown": "1 エポックのみ",
    "worth.improving_text": "{loss}は最後まで下がり続けていました(第 {start} エポックで {first}、第 {end} エポックで {last})。"
                            "--epochs {more} でさらに学習してください。",
    "worth.falling_text": "{loss}は最後まで下がり続けていました(第 {start} エポックで {first}、第 {end} エポックで {last})。"
                          "学習を延ばす(--epochs {more})と未知のデータでも良くなるかは、検証データがあれば分かります"
                          "(--validation 0.1)。",
    "worth.surer_text": "{loss}は最後まで下がり続けていました(第 {start} エポックで {first}、第 {end} エポックで {last})が、"
                        "{accuracy}はもう上がっていません({before} から {now})。学習を延ばしても、答えはほとんど変わらないでしょう。",
    "worth.settled_text": "{loss}は、終わりのほうではもうはっきりとは下がっていません。全 {epochs} エポック中の最良は第 {start} "
                          "エポックの {first}、最後は {last} です。",
    "worth.settled_best_text": "{loss}は、終わりのほうではもうはっきりとは下がっていません。全 {epochs} エポック中の最良は最後の "
                               "{last} ですが、その前との差はわずかです。",
    "worth.rising_text": "{loss}は全 {epochs} エポック中の第 {start} エポックで最良({first})になり、その後は訓練の損失が下がる一方で"
                         "上がりました(最後は {last})。ネットワークは訓練データを丸暗記しています。重みは第 {start} エポックのものを"
                         "残してあります。--patience N を付けると、最良のエポックから N エポック後に学習を打ち切ります。",
    "worth.climbing_text": "{loss}は全 {epochs} エポック中の第 {start} エポックで最良({first})になり、その後は上がりました"
                           "(最後は {last})。訓練の損失も下がっていません。--lr で学習係数を小さくしてください。",
    "worth.climbing_alone_text": "{loss}は全 {epochs} エポック中の第 {start} エポックで最良({first})になり、その後は上がりました"
                                 "(最後は {last})。--lr で学習係数を小さくしてください。",
    "worth.unknown_text": "{epochs} エポックでは{loss}がまだ下がるか判断できません。--epochs {more} でさらに学習してください。",
    "worth.val_accuracy": "検証の正解率",
    "worth.train_accuracy": "訓練の正解率",
    "worth.val_loss": "検証の損失",
    "worth.train_loss": "訓練の損失",
    "worth.card": "ベースライン {value}",
}  # fmt: skip
