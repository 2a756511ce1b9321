from __future__ import annotations

import dataclasses
import math
import re
import string
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest

from denpa.core.errors import ArgumentError
from denpa.report.record import LayerRow, Mistake, Pairs, ReportData, Worth
from denpa.report.training import render_report
from denpa.report.words import words
from tests.report import records

VOID = {"meta", "link", "img", "br", "path", "rect", "circle", "image"}


class Page(HTMLParser):
    """Checks that tags nest, and gathers what a browser might load and what a reader sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "data", "srcset", "poster", "action"):
                self.loads.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)


ALL = [records.digits, records.houses, records.broken, records.large]


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("make", ALL)
def test_page_is_well_formed_self_contained_and_small(make, lang):
    html = render_report(make(), lang=lang)
    page = Page(html)
    assert len(html.encode()) < 2_000_000
    assert "script" not in page.tags
    assert not page.handlers
    assert all(load.startswith("data:") for load in page.loads)
    assert not re.search(r"https?://|@import|url\(", html)
    (policy,) = re.findall('Content-Security-Policy" content="(.*)">', html)
    assert policy.startswith("default-src 'none'; ")
    assert f'<html lang="{lang}">' in html
    assert html.startswith("<!doctype html>")
    assert "nan" not in "".join(re.findall(r'\b(?:d|x|y|cx|cy)="([^"]*)"', html))


def test_numbers_of_the_run_are_on_the_page():
    record = records.digits()
    words = "".join(Page(render_report(record)).words)
    for wanted in ("97.22%", "0.1083", record.gradient_check, record.command, "8,970", "20260",
                   "(B,\u00a064)", "Dropout(0.2)", "9f2c" * 16, "CC BY 4.0", "347 of 356 examples",
                   "probability 99.0%", "8 → 1", "2026-11-21 09:41:05+09:00"):  # fmt: skip
        assert wanted in words, wanted
    lowest, epoch = min(record.history["val_loss"]), record.best_epoch
    assert f"The lowest validation loss is {lowest:.4g}, in epoch {epoch} of 30" in words


def test_regression_page_has_its_own_figures():
    words = "".join(Page(render_report(records.houses())).words)
    for wanted in ("Test RMSE", "38.21", "Test R²", "0.9431", "Predicted against true", "k€",
                   "Neustadt", "1962", "2 more columns are not shown."):  # fmt: skip
        assert wanted in words, wanted
    assert "Confusion matrix" not in words


def test_a_regression_is_not_asked_what_it_was_sure_of():
    record = records.houses()
    seen = [Mistake(1.5, 3.0, image=np.zeros((4, 4)), row="a.png", counted="file")]
    for made in (record, dataclasses.replace(record, mistakes=seen)):
        for lang, name, asked in (
            ("en", "Largest errors", "sure"),
            ("ja", "誤差の大きい例", "自信"),
        ):
            part = render_report(made, lang=lang).split('<section id="mistakes">')[1]
            part = part.split("</section>")[0]
            assert f"<h2>{name}</h2>" in part
            assert asked not in part
            assert words(lang)["mistakes.caption"] not in part
    part = render_report(records.digits()).split('<section id="mistakes">')[1]
    assert "most wrong while most sure" in part
    assert words("en")["mistakes.caption"] in part


def test_the_unit_of_the_losses_stands_beside_them():
    metrics = {"test_rmse": 65.46, "test_loss": 0.01987}
    worth = Worth("test", 100, "rmse", 0.0, 400.0, 65.46, "better", unit=464.4)
    for lang, note in (("en", "in standard units"), ("ja", "標準化した単位")):
        for said, unit in ((True, 464.4), (False, None)):
            made = dataclasses.replace(
                records.houses(), metrics=metrics, worth=dataclasses.replace(worth, unit=unit)
            )
            page = render_report(made, lang=lang)
            assert (f"0.01987<small>{note}</small>" in page) is said
            assert ("464.4" in page) is said
            assert (words(lang)["axis.loss_unit"] in page) is said


def test_losses_that_are_not_numbers_are_said_at_the_top():
    html = render_report(records.broken())
    assert "The loss is not a finite number in 1 of 1 epochs, first in epoch 1." in html
    assert "NaN" in html
    assert "failed" in html
    assert "The loss is not a finite number" not in render_report(records.digits())


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("column", ["train_loss", "val_loss"])
def test_each_loss_that_is_not_finite_is_an_alarm(column, bad):
    history = {"train_loss": [1.0, 0.5, 0.2], "val_loss": [1.0, 0.6, 0.3]}
    history[column] = [1.0, bad, bad]
    html = render_report(ReportData(title="t", history=history))
    assert "The loss is not a finite number in 2 of 3 epochs, first in epoch 2." in html


def test_a_loss_that_was_not_measured_is_not_an_alarm():
    record = ReportData(title="t", history={"train_loss": [1.0, 0.5], "val_loss": [None, 0.6]})
    assert "not a finite number" not in render_report(record)


def test_sections_without_data_are_left_out():
    html = render_report(ReportData(title="bare"))
    assert "<section" not in html
    network = [LayerRow("0", "ReLU", "(2,)", "(2,)", 0)]
    html = render_report(ReportData(title="net", network=network))
    assert re.findall(r'<section id="(\w+)"', html) == ["network"]
    full = re.findall(r'<section id="(\w+)"', render_report(records.digits()))
    assert full == ["result", "check", "curves", "confusion", "mistakes", "activations",
                    "gradients", "network", "repeat"]  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_each_section_begins_with_its_question(lang):
    html = render_report(records.digits(), lang=lang)
    sections = re.findall(r'<section id="(\w+)"><div><h2>(.*?)</h2><p class="ask">(.*?)</p>', html)
    assert len(sections) == 9
    for key, name, ask in sections:
        assert name == words(lang)[key]
        assert unescape(ask) == words(lang)[key + ".ask"]
        assert ("?" in ask) if lang == "en" else ("か。" in ask)


def test_hostile_names_are_text_everywhere():
    bad = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>\x00"
    usual = records.digits()
    record = dataclasses.replace(
        usual,
        title=bad, command=bad, created=bad, summary=[(bad, bad)], metrics={bad: 0.5},
        gradient_check=bad, classes=[bad] * 10,
        mistakes=[Mistake(bad, bad, 0.5, image=np.zeros((2, 2))),
                  Mistake(bad, bad, 0.5, features={bad: bad})],
        activations=[dataclasses.replace(usual.activations[0], name=bad)],
        network=[LayerRow(bad, bad, bad, bad, 1)], settings={bad: [bad, {bad: bad}]},
        versions={bad: bad},
        data=dataclasses.replace(usual.data, name=bad, source=bad, parts={bad: 1}, notes=[bad]),
        history={"train_loss": [1.0, 2.0], f"val_{bad}": [1.0, 2.0]},
    )  # fmt: skip
    html = render_report(record)
    page = Page(html)
    assert "script" not in page.tags
    assert not page.handlers
    assert all(load.startswith("data:") for load in page.loads)
    assert "\x00" not in html
    assert sum("<script>alert(1)</script>" in word for word in page.words) >= 10


def test_both_languages_have_the_same_keys_and_placeholders():
    english, japanese = words("en"), words("ja")
    assert english.keys() == japanese.keys()
    for key in english:
        fields = [sorted(f for _, f, _, _ in string.Formatter().parse(t[key]) if f)
                  for t in (english, japanese)]  # fmt: skip
        assert fields[0] == fields[1], key


def test_japanese_page_speaks_japanese():
    html = render_report(records.digits(), lang="ja")
    for word in ("学習曲線", "損失", "正解率", "混同行列", "学習係数", "勾配確認", "誤差逆伝播法"):
        assert word in html, word
    words = set("".join(Page(html).words).split())
    assert not words & {"training", "validation", "recall", "predicted", "Confusion", "Settings"}


def test_an_unknown_language_names_the_choices():
    with pytest.raises(ArgumentError, match="language is 'en' or 'ja', not 'fr'"):
        render_report(ReportData(title="t"), lang="fr")


def test_unequal_columns_and_a_wrong_matrix_are_errors():
    with pytest.raises(ValueError, match=r"history columns differ in length: \{'epoch': 1, 'train"):
        ReportData(title="t", history={"epoch": [1], "train_loss": [1.0, 2.0]})
    with pytest.raises(ValueError, match=r"shape \(2, 2\) with 3 class names: expected shape \(3"):
        ReportData(title="t", confusion=np.eye(2), classes=["a", "b", "c"])


def test_a_long_history_is_thinned_with_best_and_last_kept_and_said():
    history = {"train_loss": np.linspace(1, 0.1, 3001).tolist()}
    html = render_report(ReportData(title="t", history=history, best_epoch=1234))
    rows = re.findall(r'<tr(?: class="best")?><td class="n">(\d+)</td>', html)
    assert rows[0] == "1"
    assert rows[-1] == "3001"
    assert "1234" in rows
    assert len(rows) <= 202
    assert f"{len(rows)} of 3001 epochs, evenly spaced; history.csv holds all of them." in html


def test_the_most_frequent_confusions_come_first():
    html = render_report(records.digits())
    body = html.split("The most frequent confusions.")[1].split("</table>")[0]
    rows = re.findall(r'<td class="w">(\d)</td><td class="w">(\d)</td><td class="n">(\d)', body)
    assert rows[:2] == [("8", "1", "3"), ("9", "4", "2")]
    assert len(rows) == 6


def test_hundreds_of_classes_have_a_table_in_place_of_a_picture():
    counts = np.eye(300, dtype=int) * 5
    counts[7, 9] = 3
    record = ReportData(title="t", confusion=counts, classes=[f"c{i}" for i in range(300)])
    html = render_report(record)
    assert "300 classes are too many for a picture" in html
    assert re.search('<td class="w">c7</td><td class="w">c9</td><td class="n">3</td>', html)


def test_a_perfect_matrix_says_so():
    record = ReportData(title="t", confusion=np.eye(3) * 4, classes=["a", "b", "c"])
    assert "No example was misclassified." in render_report(record)


def test_errors_of_one_pair_or_of_none_that_is_finite_are_drawn():
    Page(render_report(ReportData(title="t", scatter=Pairs([1.0], [2.0]))))
    Page(render_report(ReportData(title="t", scatter=Pairs([math.nan, 1.0], [1.0, math.inf]))))


def test_japanese_sentences_stand_close_together():
    said = "".join(Page(render_report(records.digits(), lang="ja")).words)
    assert "。" in said
    assert "。 " not in said
    assert ". " in "".join(Page(render_report(records.digits())).words)
