import codecs

import pytest

from chalicelib.mail.mime import charsets
from chalicelib.mail.mime.charsets import clean, codec_for, decode

GREEK = "Γεια σας, η παραγγελία μου δεν έχει φτάσει ακόμα. Πότε θα σταλεί; Ευχαριστώ πολύ για τη βοήθεια."
RUSSIAN = "Здравствуйте, мой заказ ещё не пришёл. Когда вы его отправите? С уважением, Иван Петров."
CHINESE = "您好，我的订单还没有收到，请问什么时候可以发货？谢谢您的帮助，祝您生活愉快。我等了两个星期了。"
JAPANESE = "こんにちは。注文した商品がまだ届いていません。いつ発送されますか。よろしくお願いします。"
KOREAN = "안녕하세요. 주문한 상품이 아직 도착하지 않았습니다. 언제 배송되나요? 감사합니다. 잘 부탁드립니다."
GERMAN = (
    "Schöne Grüße aus Köln, ich möchte die Bücher zurückgeben, sie sind beschädigt. Für Übergrößen gäbe es Ärger. " * 5
)

# Labels of the Encoding Standard, one for each of its encodings at least; mail reads what it calls "replacement".
STANDARD = """
    unicode-1-1-utf-8 unicode11utf8 utf8 x-unicode20utf8 866 csibm866 csisolatin2 iso-ir-101 l2 csisolatin3 l3
    csisolatin4 l4 csisolatincyrillic iso-ir-144 asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114
    iso-8859-6-i csisolatingreek ecma-118 elot_928 greek8 sun_eu_greek csiso88598e csisolatinhebrew iso-8859-8-e
    visual csiso88598i iso-8859-8-i logical csisolatin6 l6 iso8859-13 iso885914 csisolatin9 iso_8859-15 l9
    iso-8859-16 cskoi8r koi koi8_r koi8-ru csmacintosh mac x-mac-roman dos-874 iso8859-11 tis-620 x-cp1250 x-cp1251
    ansi_x3.4-1968 csisolatin1 ibm819 iso-ir-100 iso_8859-1:1987 l1 x-cp1253 csisolatin5 iso-ir-148 x-cp1254
    x-cp1255 x-cp1256 x-cp1257 x-cp1258 x-mac-cyrillic x-mac-ukrainian chinese csgb2312 csiso58gb231280 gb_2312-80
    iso-ir-58 x-gbk gb18030 big5-hkscs cn-big5 csbig5 x-x-big5 cseucpkdfmtjapanese x-euc-jp csiso2022jp csshiftjis
    ms932 ms_kanji windows-31j x-sjis cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1989 ksc_5601 windows-949
    csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr unicodefffe utf-16be csunicode iso-10646-ucs-2
    ucs-2 unicode unicodefeff utf-16le
""".split()  # noqa: SIM905 - reads as words


@pytest.mark.parametrize("label", STANDARD)
def test_the_labels_of_browsers_are_known(label: str) -> None:
    assert codec_for(label)


@pytest.mark.parametrize(
    "label", ["", None, "x-user-defined", "default_charset", "zlib", "rot13", "idna", "undefined", "replacement"]
)
def test_what_names_no_charset_names_no_codec(label: str | None) -> None:
    assert codec_for(label) is None


@pytest.mark.parametrize(
    "label", ['"utf-8"', "UTF_8", "utf-8\xa0", "utf 8", "utf-8 (Unicode)", "charset=utf-8", "utf-8*en"]
)
def test_signs_around_a_label_do_not_count(label: str) -> None:
    assert codec_for(label) == "utf-8"


@pytest.mark.parametrize("codec", sorted(set(charsets._CODECS.values()) - {"iso2022_cn"}))
def test_every_codec_of_the_table_exists(codec: str) -> None:
    assert codecs.lookup(codec)


def test_a_right_label_gives_no_warning() -> None:
    assert decode("Grüße".encode("cp1252"), "iso-8859-1") == ("Grüße", None)


def test_a_wrong_label_is_told() -> None:
    assert decode("Grüße".encode("cp1252"), "utf-8") == ("Grüße", "charset: utf-8 read as cp1252")


def test_a_label_is_quoted_no_longer_than_needed() -> None:
    assert decode("Grüße".encode(), "x" * 1_000) == ("Grüße", f"charset: {'x' * 40} read as utf-8")


def test_utf_8_under_a_label_of_one_byte_characters_is_read_as_what_it_is() -> None:
    assert decode("Grüße 你好".encode(), "iso-8859-1") == ("Grüße 你好", "charset: iso-8859-1 read as utf-8")


def test_a_mark_of_byte_order_says_more_than_the_label() -> None:
    assert decode("\ufeffGrüße".encode("utf-16-be"), "us-ascii") == ("Grüße", None)


def test_a_text_with_one_damaged_byte_keeps_the_rest() -> None:
    assert (
        decode("Grüße und Küsse, J\udc80rg".encode("utf-8", "surrogateescape"), "utf-8")[0]
        == "Grüße und Küsse, J\ufffdrg"
    )


def test_a_charset_named_elsewhere_is_tried_when_nothing_else_fits() -> None:
    assert decode("Да".encode("koi8-r"), None, "koi8-r") == ("Да", "charset: none read as koi8-r")


def test_a_charset_named_elsewhere_gives_way_to_utf_8() -> None:
    assert decode("Да".encode(), None, "koi8-r") == ("Да", "charset: none read as utf-8")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        *((GREEK, "cp1253"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (CHINESE, "gb18030"), (JAPANESE, "cp932")),
        *((JAPANESE, "euc_jp"), (KOREAN, "cp949"), (GERMAN, "cp1252")),
    ],
)
def test_a_charset_nobody_names_is_seen_in_a_text_that_is_long_enough(text: str, codec: str) -> None:
    assert decode(text.encode(codec), "x-unknown", detect=True)[0] == text


def test_a_short_text_is_not_guessed_at() -> None:
    assert decode("Привет".encode("cp1251"), None, detect=True)[1] == "charset: none read as cp1252"


def test_noise_is_read_somehow() -> None:
    assert decode(bytes(range(128, 256)) * 200, "unknown-8bit", detect=True)[0]


def test_iso_2022_jp_is_known_by_its_escapes() -> None:
    assert decode("こんにちは".encode("iso2022_jp"), "us-ascii")[0] == "こんにちは"


def test_iso_2022_jp_as_it_is_sent_is_read() -> None:
    data = b'\x1b$B-!$"\x1b(J \x1b(I1236\x1b(B ok'

    assert decode(data, "iso-2022-jp") == ("①あ ｱｲｳｶ ok", "charset: iso-2022-jp read as iso2022_jp")


def test_all_of_jis_is_read_as_its_codec_reads_it() -> None:
    pairs = bytes(byte for row in range(0x30, 0x4F) for cell in range(0x21, 0x7F) for byte in (row, cell))
    damaged = b"\x1b$B-!" + pairs + b"\x1b(B"

    assert decode(damaged, "iso-2022-jp")[0] == "①" + (b"\x1b$B" + pairs).decode("iso2022_jp")


def test_korean_between_shifts_is_read_with_and_without_its_header() -> None:
    data = "안녕하세요 ok".encode("iso2022_kr")

    assert decode(data, "iso-2022-kr")[0] == decode(data[4:], "iso-2022-kr")[0] == "안녕하세요 ok"


def test_ascii_in_the_name_of_utf_16_stays_ascii() -> None:
    assert decode(b"Hello!", "utf-16") == ("Hello!", None)


def test_broken_utf_7_stays_as_it_came() -> None:
    assert decode(b"1 +~ 2", "utf-7")[0] == "1 +~ 2"


def test_cleaning_removes_what_is_not_seen_and_turns_every_line_end_into_one() -> None:
    assert clean("a\0b\u202ec\r\nd\re\u2028f\x85g\ufeff\ud800\x1b") == "abc\nd\ne\nf\ng"
