"""What the metrics say is recognised and said by key; what is not recognised is shown as it is."""

import string

import pytest

from dashboard.text import caveats, sentences


@pytest.mark.parametrize("kind", ["reasons", "warnings"])
def test_every_sentence_of_the_metrics_has_words(kind):
    words = {key.removeprefix(f"caveats.{kind}."): text for key, text in sentences().items()
             if key.startswith(f"caveats.{kind}.")}  # fmt: skip
    known = caveats.patterns()[kind]
    assert set(words) == set(known)
    for key, text in words.items():
        places = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert places <= {name for _, name, _, _ in string.Formatter().parse(known[key]) if name}, key


@pytest.mark.parametrize("kind", ["reasons", "warnings"])
def test_each_sentence_is_recognised_as_itself(kind):
    for key, sentence in caveats.patterns()[kind].items():
        assert (caveats.recognised(sentence, kind) or ("",))[0] == key


def test_a_reason_inside_a_reason_is_said_too():
    assert caveats.reason_words("closed after as-of") == "closed after the as-of day"
    assert caveats.reason_words("not won, not followed: closed after as-of").endswith("closed after the as-of day")


def test_numbers_stay_in_their_place():
    said = "1,204 accounts became targets after their first deal had opened."
    assert caveats.warning_words(said) == said


def test_what_is_not_known_is_shown_as_it_is():
    assert caveats.reason_words("something new") == "something new"
    assert caveats.warning_words("deals.csv: {braces} of a file") == "deals.csv: {braces} of a file"


def test_what_only_some_figures_miss_is_counted_in_part():
    assert caveats.left_out_words("deal without an account", "6") == "6 left out: deal without an account"
    assert caveats.left_out_words("no opening date (median age only)", "2").startswith("2 counted in part: no opening")
    assert caveats.left_out_words("something new", "2") == "2 left out: something new"


def test_what_changes_how_a_figure_reads_is_told_apart():
    bulk = "47 deals seem to have been created by an import (at least half within 48 hours): what touched them is lost."
    proxy = caveats.patterns()["warnings"]["intent_proxy"]
    assert len(caveats.changing([bulk, "2 visits were entered before their deal was opened; they are counted."])) == 1
    assert caveats.changing([proxy]) == [caveats.warning_words(proxy)]
    assert caveats.is_proxy(proxy)
    assert not caveats.is_proxy(bulk)
