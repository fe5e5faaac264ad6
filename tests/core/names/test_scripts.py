# ruff: noqa: RUF001 -- the tests need characters that look alike
"""The scripts that a name may mix."""

import unicodedata

import pytest

from parlour.core.events import Refused
from parlour.core.names.validation import normalize_name


@pytest.mark.parametrize(
    "name",
    ["Aاice", "bоb", "vеrа", "αlice", "Иvan", "gr８ дog", "Ellaו", "Σίσυφoς", "王Иван"],
    ids=ascii,
)
def test_a_word_that_mixes_scripts_is_refused(name: str) -> None:
    assert normalize_name(name) == Refused(
        "bad_name", "that name mixes letters of several scripts"
    )


@pytest.mark.parametrize(
    "name",
    [
        *("Zoë", "Żaneta", "Þórður", "Nguyễn Thị Hạnh", "Ọláwálé", "O'Connor-Šimek"),
        *("Юлія", "Ђорђе", "Мөнхбат", "Алия", "Αλέξανδρος", "Արամ", "გიორგი"),
        *("יוסף", "דָּוִד", "محمد", "فرشید", "ܐܝܫܘܥ", "ޢަލީ", "ߡߊߡߊߘߎ"),
        *("राजेश", "অনিতা", "ਗੁਰਪ੍ਰੀਤ", "પ્રિયા", "ପ୍ରିୟା", "முருகன்", "రవి", "ಶಿವ"),
        *("മാധവൻ", "නිමල්", "สมชาย", "ສົມຈິດ", "တင်အောင်", "សុខា", "བསྟན་འཛིན"),
        *("ᠪᠠᠲᠤ", "አበበ", "ᏎᏉᏯ", "ᐃᓄᒃ", "ⵎⴰⵙⵉⵏⵉⵙⵙⴰ", "ꓡꓲꓢꓴ", "ᜊᜌ᜔ᜊᜌᜒᜈ᜔"),
        *(
            "王小明",
            "田中さくら",
            "タナカ",
            "ノリコ",
            "ユーザー",
            "김철수",
            "ㄅㄆㄇ",
            "JT田中",
            "DJ철수",
        ),
        *("Иван2", "Ali٣", "user_42", "Маша (dev)", "Anna Иванова", "李-Wang", "k🐴t"),
    ],
    ids=ascii,
)
def test_common_names_in_every_script_are_valid(name: str) -> None:
    assert normalize_name(name) == unicodedata.normalize("NFC", name)
