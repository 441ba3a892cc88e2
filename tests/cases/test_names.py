"""Names: their script, and the keys under which they are searched, matched and sorted. All are invented."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.names.keys import match_keys, search_key, sort_key, token_keys
from cases.names.scripts import Script, bcp47, script_of
from cases.names.systems import NameKind, NameSystem


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Tenzin Dolkar", "latin"),
        ("Zhāng Míngyuǎn", "latin"),
        ("张明远", "han"),
        ("𠮷野", "han"),
        ("བསྟན་འཛིན་སྒྲོལ་དཀར།", "tibetan"),
        ("ئەخمەت تۇرسۇن", "arabic"),
        ("Ахмет Турсын", "cyrillic"),
        ("ᠪᠠᠲᠤ", "mongolian"),
        ("박민서", "hangul"),
        ("สมชาย", "other"),
        ("1234 ?", "other"),
        ("", "other"),
        ("张明远 (Z.)", "han"),
    ],
)
def test_script_of_a_name(text, script):
    assert script_of(text) == Script(script)


@pytest.mark.parametrize(
    ("text", "system", "language", "direction"),
    [
        ("张明远", NameSystem.SIMPLIFIED, "zh-Hans", "ltr"),
        ("張明遠", NameSystem.TRADITIONAL, "zh-Hant", "ltr"),
        ("Zhang Mingyuan", NameSystem.PINYIN, "zh-Latn", "ltr"),
        ("བསྟན་འཛིན", NameSystem.TIBETAN_SCRIPT, "bo", "ltr"),
        ("bstan 'dzin", NameSystem.WYLIE, "bo-Latn", "ltr"),
        ("ئەخمەت", NameSystem.UYGHUR_ARABIC, "ug", "rtl"),
        ("Exmet", NameSystem.UYGHUR_LATIN, "ug-Latn", "ltr"),
        ("أحمد", NameSystem.ARABIC, "ar", "rtl"),
        ("أحمد", NameSystem.OTHER, "und-Arab", "rtl"),
        ("ᠪᠠᠲᠤ", NameSystem.MONGOLIAN_SCRIPT, "mn-Mong", "ltr"),
        ("Бат", NameSystem.CYRILLIC_MONGOLIAN, "mn-Cyrl", "ltr"),
        ("Ахмет", NameSystem.CYRILLIC_KAZAKH, "kk-Cyrl", "ltr"),
        ("Алексей", NameSystem.CYRILLIC_RUSSIAN, "ru", "ltr"),
        ("Алексей", NameSystem.CYRILLIC, "und-Cyrl", "ltr"),
        # What is there decides, not what somebody ticked.
        ("张明远", NameSystem.PINYIN, "zh", "ltr"),
        ("Zhang", NameSystem.SIMPLIFIED, "und-Latn", "ltr"),
        ("Zhang", "no such system", "und-Latn", "ltr"),
    ],
)
def test_what_html_is_told(text, system, language, direction):
    assert bcp47(script_of(text), system) == (language, direction)


@pytest.mark.parametrize("system", NameSystem.values)
@pytest.mark.parametrize("script", list(Script))
def test_every_script_and_system_has_a_language(script, system):
    language, direction = bcp47(script, system)
    assert language
    assert direction == ("rtl" if script is Script.ARABIC else "ltr")


def test_values_fit_their_columns():
    assert all(len(value) <= 20 for value in NameSystem.values + NameKind.values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zhāng  Míngyuǎn", "ZHANG MINGYUAN"),
        ("張明遠", "张明远"),
        ("李　明", "李明"),
        ("Ｚｈａｎｇ", "Zhang"),
        ("Dawa\u200bTsering\ufeff", "DawaTsering"),
        ("O’Brien", "O'Brien"),
        ("'Abd al-Karīm", "ʿAbd al Karim"),
        ("Ģüłşød", "gulsod"),
        ("Straße", "STRASSE"),
        ("Фёдор", "Федор"),
        ("کریمی", "كريمى"),
        ("أحمد", "احمد"),
        ("مُحَمَّد", "محمد"),
        ("ئەخمەت", "ئه‌خمه‌ت"),
        ("བསྟན་འཛིན།", "བསྟན༌འཛིན་"),
        ("热依拉·图尔逊", "热依拉•图尔逊"),
        ("٢٠١٤", "2014"),
        ("i\u0307smail", "İsmail"),
    ],
)
def test_spellings_of_one_name_share_the_search_key(one, other):
    assert search_key(one) == search_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("张明远", "张明"), ("བསྟན", "བསྟིན"), ("Dolma", "Dolkar"), ("Ахмет", "Ахмад"), ("ئەخمەت", "ئەخمەد")],
)
def test_different_names_keep_different_keys(one, other):
    assert search_key(one) != search_key(other)
    assert not match_keys(one) & match_keys(other)


def test_the_beginning_of_a_name_is_the_beginning_of_its_key():
    assert search_key("Tenzin Dolkar").startswith(search_key("TENZIN d"))


def test_order_of_words_does_not_matter_to_tokens():
    assert token_keys("Dolkar, Tenzin") == token_keys("Tenzin Dolkar") == ["dolkar", "tenzin"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张明远", "Zhang Mingyuan"),
        ("張明遠", "Mingyuan Zhang"),
        ("张明远", "ZHANG Ming-yuan"),
        ("张明远", "Ming Yuan Zhang"),
        ("张明远", "zhangmingyuan"),
        ("单小梅", "Shan Xiaomei"),
        ("曾小梅", "Zeng Xiaomei"),
        ("翟小梅", "Di Xiaomei"),
        ("欧阳小梅", "Xiaomei Ouyang"),
        ("尉迟小梅", "Yuchi Xiaomei"),
        ("吕小梅", "Lü Xiaomei"),
        ("呂小梅", "LYU XIAOMEI"),
        ("吕小梅", "Lv Xiaomei"),
        ("热依拉·图尔逊", "Tu'erxun Reyila"),
        ("བསྟན་འཛིན་སྒྲོལ་དཀར།", "bstan 'dzin sgrol dkar"),
        ("ئەخمەت تۇرسۇن", "Exmet Tursun"),
        ("ئەخمەت تۇرسۇن", "TURSUN, Ehmet"),
        ("ئاينۇر", "Aynur"),
        ("Алексей Жуков", "Zhukov, Aleksey"),
        ("Ахмет Турсын", "Akhmet Tursyn"),
        ("Ахмет Турсын", "Ahmet Tursyn"),
        ("Dolkar, Tenzin", "tenzin dolkar"),
    ],
)
def test_names_of_one_person_meet_across_scripts(one, other):
    assert match_keys(one) & match_keys(other)


@pytest.mark.parametrize("nothing", ["", " ", "—", "?!", "\u200b", "་"])
def test_nothing_matches_nothing(nothing):
    assert search_key(nothing) == ""
    assert token_keys(nothing) == []
    assert match_keys(nothing) == frozenset()


def test_sorts_without_case_accents_or_marks_numbers_by_size_other_scripts_last():
    names = ["Ángel", "abe", "Zoe", "zhang 10", "Zhang 9", "O'Brien", "Obadiah", "张明", "བསྟན", "Бат"]
    assert sorted(names, key=lambda name: sort_key(name).encode()) == [
        "abe", "Ángel", "Obadiah", "O'Brien", "Zhang 9", "zhang 10", "Zoe", "Бат", "བསྟན", "张明",
    ]  # fmt: skip


@given(st.text(max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_text_has_stable_keys(text):
    key = search_key(text)
    assert search_key(key) == key
    assert key == " ".join(key.split())
    assert sort_key(text) == sort_key(text.strip())
    assert not key or key in match_keys(text)


def test_match_keys_are_quick():
    scripts = [
        "Tenzin Dolkar",
        "張明遠",
        "བསྟན་འཛིན་སྒྲོལ་དཀར།",
        "ئەخمەت تۇرسۇن",
        "Алексей Жуков",
        "热依拉·图尔逊",
    ]
    for name in scripts:
        match_keys(name)
    start = time.perf_counter()
    for number in range(2400):
        match_keys(f"{scripts[number % len(scripts)]} {number}")
    assert (time.perf_counter() - start) / 2400 < 0.0003
