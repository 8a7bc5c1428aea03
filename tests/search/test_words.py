from __future__ import annotations

import pytest

from media_pipeline.search.words import MAX_WORD_LENGTH, fold, most_telling, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" \t\n", []),
        ("Morning at the Lake", ["morning", "lake"]),
        ("Café, Zürich & Œuvre", ["cafe", "zurich", "œuvre"]),
        ("CAFÉ cafe Cafe\u0301", ["cafe"]),
        ("Straße", ["strasse"]),
        ("EF-S17-55mm f/2.8", ["ef", "s17", "55mm"]),
        ("<script>alert('x')</script>", ["script", "alert"]),
        ("'; DROP TABLE images; --", ["drop", "table", "images"]),
        ("東京 2026", ["東", "京", "2026"]),
        ("🌊🏄 waves", ["🌊", "🏄", "waves"]),
        ("नमस्ते", ["नमसते"]),
        ("IMG_1234", ["1234"]),
    ],
)
def test_words_are_letters_and_digits_without_accents_and_case(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(("text", "found"), [("the", ["the"]), ("!!!", ["!!!"]), ("a", ["a"]), ("I", ["i"])])
def test_a_text_of_small_words_keeps_them(text: str, found: list[str]) -> None:
    """So that a tag is always found."""
    assert words(text) == found


def test_ten_thousand_letters_are_one_word_of_bounded_length() -> None:
    (word,) = words("x" * 10_000)
    assert len(word) == MAX_WORD_LENGTH


def test_folding_is_the_same_however_accents_are_composed() -> None:
    assert fold("  Blue \t SKY ") == fold("blue sky")
    assert fold("Cafe\u0301") == fold("CAFÉ")


def test_model_numbers_tell_more_than_makes() -> None:
    assert most_telling("Canon EOS 40D", 1) == ["40d"]
    assert most_telling("mountain range", 1) == ["mountain"]
