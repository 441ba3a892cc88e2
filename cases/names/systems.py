"""How a name is written (its system) and what it is to the person (its kind). Words of the vocabulary."""

from django.db import models


class NameSystem(models.TextChoices):
    """A way of writing names: a script, or a romanisation of one."""

    SIMPLIFIED = "simplified", "Characters, simplified"
    TRADITIONAL = "traditional", "Characters, traditional"
    PINYIN = "pinyin", "Pinyin"
    WADE_GILES = "wade_giles", "Wade-Giles"
    CANTONESE = "cantonese", "Cantonese"
    TIBETAN_SCRIPT = "tibetan_script", "Tibetan script"
    WYLIE = "wylie", "Wylie"
    TIBETAN_PHONETIC = "tibetan_phonetic", "Tibetan, phonetic"
    UYGHUR_ARABIC = "uyghur_arabic", "Uyghur, Arabic script"
    UYGHUR_LATIN = "uyghur_latin", "Uyghur, Latin script"
    CYRILLIC = "cyrillic", "Cyrillic"
    CYRILLIC_RUSSIAN = "cyrillic_ru", "Cyrillic, Russian"
    CYRILLIC_KAZAKH = "cyrillic_kk", "Cyrillic, Kazakh"
    CYRILLIC_KYRGYZ = "cyrillic_ky", "Cyrillic, Kyrgyz"
    CYRILLIC_MONGOLIAN = "cyrillic_mn", "Cyrillic, Mongolian"
    MONGOLIAN_SCRIPT = "mongolian_script", "Mongolian script"
    MONGOLIAN_LATIN = "mongolian_latin", "Mongolian, Latin script"
    ARABIC = "arabic", "Arabic"
    ARABIC_LATIN = "arabic_latin", "Arabic, Latin script"
    HANGUL = "hangul", "Hangul"
    PASSPORT = "passport", "Passport"
    LATIN = "latin", "Latin (other)"
    OTHER = "other", "Other"


class NameKind(models.TextChoices):
    """What a name is to the person, or who writes it so."""

    OFFICIAL = "official", "Official"
    RELIGIOUS = "religious", "Religious"
    LAY = "lay", "Lay"
    ALIAS = "alias", "Alias"
    PEN_NAME = "pen_name", "Pen name"
    COUNTERPART = "counterpart", "As the counterpart writes it"
    MISSPELLING = "misspelling", "Earlier misspelling"
