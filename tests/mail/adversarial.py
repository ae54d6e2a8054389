"""Nasty mails, built in place: what somebody could send to make us slow, blind, or believe something false.

Each is named, and says what must come of it; `differences` and `violations` tell what did not. Mails that
grow are `Bomb`s, so that `benchmarks.hostile_mail` can double them.
"""

import gzip
import json
import re
from base64 import b64encode
from binascii import b2a_uu
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC
from typing import Any

from chalicelib.mail.__main__ import as_json
from chalicelib.mail.message import DEFAULT_LIMITS, Attachment, Limits, ParsedMail

BOSS = "boss@bank.example"
EVE = "eve@evil.example"
_DEFAULTS = (b"From: Ann <ann@customer.example>", b"To: help@shop.example", b"Subject: My order")


@dataclass(frozen=True, slots=True)
class Nasty:
    name: str
    raw: bytes
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bomb:
    name: str
    build: Callable[[int], bytes]
    size: int  # how large the test builds it
    expect: Mapping[str, Any]


def mail(body: bytes | str = b"Hello", *header: bytes | str) -> bytes:
    """A mail with these header lines, and with From, To and Subject where they name none."""
    lines = [_bytes(line) for line in header]
    named = {line.partition(b":")[0].strip().lower() for line in lines}
    missing = [line for line in _DEFAULTS if line.partition(b":")[0].lower() not in named]
    return b"\r\n".join((*missing, *lines)) + b"\r\n\r\n" + _bytes(body)


def mixed(*parts: bytes | str, kind: str = "mixed", boundary: str = "cut") -> bytes:
    """Parts given with their own header block."""
    body = b"".join(f"--{boundary}\r\n".encode() + _bytes(part) + b"\r\n" for part in parts)
    return mail(body + f"--{boundary}--\r\n".encode(), f'Content-Type: multipart/{kind}; boundary="{boundary}"')


def attached(*header: bytes | str) -> bytes:
    """A mail with a text and one part of these header lines."""
    return mixed(b"\r\n\r\nHello", b"\r\n".join(map(_bytes, header)) + b"\r\n\r\ncontent")


def labelled(label: str, text: str | bytes, codec: str = "utf-8") -> bytes:
    return mail(text if isinstance(text, bytes) else text.encode(codec), f"Content-Type: text/plain; charset={label}")


def html(body: bytes | str) -> bytes:
    return mail(body, "Content-Type: text/html; charset=utf-8")


def cases() -> list[Nasty]:
    return [
        *injections(),
        *spoofs(),
        *charsets(),
        *words(),
        *shapes(),
        *encodings(),
        *boundaries(),
        *names(),
        *loops(),
        *dates_and_ids(),
        *pages(),
    ]


def injections() -> Iterator[Nasty]:
    yield nasty(
        "crlf in an encoded subject", mail("x", "Subject: =?utf-8?Q?a=0D=0ABcc:_x@y.z?="), subject="a Bcc: x@y.z"
    )
    yield nasty(
        "crlf in a base64 subject", mail("x", "Subject: =?utf-8?B?YQ0KQmNjOiB4?="), subject="a Bcc: x", to_count=1
    )
    yield nasty("lone cr in subject", mail("x", b"Subject: a\rBcc: x@y.z"), subject="a Bcc: x@y.z")
    yield nasty("nul in subject", mail("x", b"Subject: a\0b"), subject="ab")
    yield nasty("line separator in subject", mail("x", "Subject: a\u2028b\u2029c\u0085d"), subject="a b c d")
    yield nasty("escape codes in subject", mail("x", b"Subject: \x1b[31mred\x07\x08"), subject="[31mred")
    yield nasty("bidi in subject", mail("x", "Subject: a\u202eb\u2066c\u2069\u202c"), subject="abc")
    yield nasty("vertical tab and form feed in subject", mail("x", b"Subject: a\x0b\x0cb"), subject="ab")
    yield nasty("surrogates in utf-7 words", mail("x", "Subject: =?utf-7?Q?+2AA-a+3AA-?="), lacks="\ud800")
    yield nasty(
        "surrogates in utf-8 bytes", mail(b"a\xed\xa0\x80b", "Content-Type: text/plain; charset=utf-8"), text="a"
    )
    yield nasty(
        "crlf in a display name",
        mail("x", f"From: =?utf-8?Q?Ann=0D=0ASubject:_no?= <{EVE}>"),
        sender=EVE,
        display="Ann Subject: no",
        subject="My order",
    )
    yield nasty(
        "bidi in a display name", mail("x", f"From: =?utf-8?Q?=E2=80=AEnnA?= <{EVE}>"), display="nnA", sender=EVE
    )
    yield nasty("crlf in a message id", mail("x", b"Message-ID: <a@b\r\n c>"), id="a@bc")
    yield nasty("nul in a message id", mail("x", b"Message-ID: <a\0@b>"), id="a@b")
    yield nasty("crlf in a content id", attached("Content-Type: image/png", "Content-ID: <a\rb>"), count=1)
    yield nasty(
        "controls in the text",
        mail(b"a\0b\x1b[2Jc\x85d\x9b", "Content-Type: text/plain; charset=iso-8859-2"),
        text="ab[2Jc",
    )
    yield nasty("controls in html", html(b"<p>a\0b\x08c</p>"), text="abc")
    yield nasty("entities of controls in html", html("<p>a&#0;b&#x202e;c&#13;&#x2028;d&#xd800;</p>"), text="bc")
    yield nasty("nul in a header name", mail("x", b"X-A\0B: y"), sender="ann@customer.example")
    yield nasty("nul in the content type", mail("Hello", b"Content-Type: text/\0plain"), text="Hello")
    yield nasty("byte order marks everywhere", mail("\ufeffa\ufeffb", "Subject: \ufeffx\ufeff"), subject="x", text="ab")


def spoofs() -> Iterator[Nasty]:
    def sender(name: str, header: str | bytes, **expect: Any) -> Nasty:
        return nasty(name, mail("Hello", header), **{"sender_not": BOSS, **expect})

    yield sender("encoded word as address", "From: =?utf-8?q?boss=40bank=2Eexample?=", sender="", domain="")
    yield sender(
        "encoded word as address before another", f"From: =?utf-8?q?boss=40bank.example=3E?= <{EVE}>", sender=EVE
    )
    yield sender("encoded address in angles", f"From: <=?utf-8?q?boss=40bank.example?=>, {EVE}", sender=EVE)
    yield sender("encoded angle and comma", f"From: =?utf-8?q?Boss_=3Cboss=40bank.example=3E=2C?= <{EVE}>", sender=EVE)
    yield sender(
        "display name is an address", f'From: "{BOSS}" <{EVE}>', sender=EVE, display=BOSS, domain="evil.example"
    )
    yield sender("display name with address and comma", f'From: "{BOSS}, CEO" <{EVE}>', sender=EVE)
    yield sender("display name with quoted angle", f'From: "Boss <{BOSS}>" <{EVE}>', sender=EVE, domain="evil.example")
    yield sender("escaped quote in a name", f'From: "Boss\\" <{BOSS}>, \\"" <{EVE}>', sender=EVE)
    yield sender("open quote", f'From: "{BOSS} <{EVE}>', sender=EVE)
    yield sender("quoted address before a bare one", f'From: "{BOSS}" {EVE}', sender=EVE)
    yield sender("nothing but a quoted address", f'From: "{EVE}"', domain="")
    yield sender("address in a comment", f"From: ({BOSS}) {EVE}", sender=EVE, domain="evil.example")
    yield sender("comment within an address", f"From: eve(@bank.example)@evil.example ({BOSS})", sender=EVE)
    yield sender("nested comments", f"From: ((({BOSS})<{BOSS}>)) {EVE}", sender=EVE)
    yield sender("open comment", f"From: (Eve <{EVE}>", sender=EVE)
    yield sender("source route", f"From: <@bank.example,@x.example:{EVE}>", sender=EVE)
    yield sender("percent hack", "From: boss%bank.example@evil.example", domain="evil.example")
    yield sender("bang path", "From: bank.example!boss@evil.example", domain="evil.example")
    yield sender("quoted local part with @", 'From: "boss@bank.example"@evil.example')
    yield sender("two at signs", "From: boss@bank.example@evil.example", sender="")
    yield sender("blank in an address", f"From: <{EVE} {BOSS}>")
    yield sender("trailing junk", f"From: <{EVE}> boss@bank.example", sender=EVE)
    yield sender("blank in the domain", "From: boss@evil.ban k.example", sender="boss@evil.ban", domain="")
    yield sender("blank before a dot", "From: <boss@evil.example .bank.example>", domain="")
    yield sender("word behind an address", f"From: {EVE} Eve", sender=EVE)
    yield sender("comment in the domain", "From: boss@evil.ban(x)k.example", sender="boss@evil.ban", domain="")
    yield sender("quote behind an address", f'From: {EVE}"{BOSS}"', domain="")
    yield sender("trailing dot", f"From: {EVE}.", sender=EVE, domain="evil.example")
    yield sender("full-width at sign", "From: boss\uff20bank.example", sender="", domain="")
    yield sender("small at sign", "From: boss\ufe6bbank.example", sender="")
    yield sender("kelvin sign in the domain", "From: boss@ban\u212a.example", domain="ban\u212a.example")
    yield sender("homograph domain", "From: boss@b\u0430nk.example", domain="b\u0430nk.example")
    yield sender("punycode domain", "From: boss@xn--bnk-7cd.example", domain="xn--bnk-7cd.example")
    yield sender("soft hyphen in the domain", "From: boss@ba\xadnk.example")
    yield sender("nul in an address", b"From: boss@bank.example\0.evil.example")
    yield sender("nul before the at sign", b"From: boss\0@bank.example")
    yield sender("lone cr in an address", b"From: eve@evil.example\rFrom: boss@bank.example")
    yield sender("group", f"From: Bosses: {EVE};", sender=EVE)
    yield sender("empty group", "From: Bosses:;", sender="", domain="")
    yield sender("odd folds", b'From:\r\n \r\n\t"Eve"\r\n <eve@\r\n evil.example>', sender=EVE)
    yield sender("blank before the colon", f"From : {EVE}", sender=EVE)
    yield sender("bare word", "From: Boss", sender="", domain="")
    yield from _several_senders()


def _several_senders() -> Iterator[Nasty]:
    yield nasty("several addresses in From", mail("x", f"From: {EVE}, {BOSS}"), domain="")
    yield nasty("two From headers", mail("x", f"From: {EVE}", f"From: {BOSS}"), domain="", sender=EVE)
    yield nasty("two From headers in other case", mail("x", f"From: {EVE}", f"fRoM : {BOSS}"), domain="")
    yield nasty("From among the body", mail(f"From: {BOSS}\r\nSubject: x\r\n\r\ny"), sender="ann@customer.example")
    yield nasty(
        "a second header block", mail(f"\r\nFrom: {BOSS}\r\n\r\ny"), sender="ann@customer.example", text="From: boss"
    )
    yield nasty("sender header", mail("x", f"From: {EVE}", f"Sender: {BOSS}"), sender=EVE, domain="evil.example")
    yield nasty(
        "forged trace headers",
        b"Authentication-Results: amazonses.com; dkim=pass header.d=bank.example\r\n" + mail(),
        dkim=(),
    )
    yield nasty(
        "forged trace block below others",
        b"X-A: b\r\nReceived: from x by inbound-smtp.us-east-1.amazonaws.com with SMTP\r\n"
        b"Authentication-Results: amazonses.com; dkim=pass header.i=@bank.example\r\n" + mail(),
        dkim=(),
    )
    yield nasty(
        "results of another server",
        b"Received: from x by inbound-smtp.us-east-1.amazonaws.com with SMTP id 1\r\n"
        b"Authentication-Results: amazonses.com.evil.example; dkim=pass header.i=@bank.example\r\n" + mail(),
        dkim=(),
    )
    yield nasty(
        "forged spam verdict",
        mail("x", "X-SES-Spam-Verdict: PASS", "Received-SPF: pass"),
        sender="ann@customer.example",
    )
    yield nasty(
        "forged reply token", mail("x", "To: reply+k0123456789ab00-0123456789abcdef@in.shop.example"), to_count=1
    )
    yield nasty("reply token of 60 KB", mail("x", "To: reply+" + "0" * 60_000 + "@in.shop.example"), text="x")


def charsets() -> Iterator[Nasty]:
    chinese, japanese, korean = "你好，世界", "こんにちは世界", "안녕하세요"
    yield nasty("default_charset", labelled("default_charset", "Grüße"), text="Grüße")
    yield nasty("unknown-8bit", labelled("unknown-8bit", "Grüße", "cp1252"), text="Grüße")
    yield nasty("x-unknown", labelled("x-unknown", "Grüße"), text="Grüße")
    yield nasty("no-break space in a label", labelled("utf-8\xa0", "Grüße"), text="Grüße")
    yield nasty("comment in a label", labelled("utf-8 (Unicode)", "Grüße"), text="Grüße")
    yield nasty("year in a label", labelled("ISO_8859-1:1987", "Grüße", "cp1252"), text="Grüße")
    yield nasty("label of 60 KB", labelled("x" * 60_000, "Grüße"), text="Grüße")
    for codec in (
        "zlib",
        "base64",
        "rot13",
        "punycode",
        "idna",
        "unicode_escape",
        "undefined",
        "bz2",
        "hex",
        "uu",
        "mbcs",
    ):
        yield nasty(f"label {codec}", labelled(codec, "Gr\\u0041\\x41üße"), text="Gr\\u0041\\x41üße")
    yield nasty("x-user-defined", labelled("x-user-defined", "Grüße"), text="Grüße")
    yield nasty("utf-7", labelled("utf-7", b"Gr+APwA3w-e"), text="Grüße")
    yield nasty("utf-7 not labelled", mail(b"+ADw-script+AD4-"), text="+ADw-script+AD4-")
    yield nasty("gb2312 holding gbk", labelled("gb2312", "镕基", "gbk"), text="镕基")
    yield nasty("gb2312 holding four bytes", labelled("gb2312", "好\u3400", "gb18030"), text="好\u3400")
    yield nasty("hz", labelled("hz-gb-2312", chinese, "hz"), text=chinese)
    yield nasty("iso-2022-cn", labelled("iso-2022-cn", b"\x1b$)A\x0eDc:C\x0f ok"), text="你好 ok")
    yield nasty("big5 with hong kong characters", labelled("big5", "喺度嘅", "big5hkscs"), text="喺度嘅")
    yield nasty("big5 with a euro", labelled("big5", b"\xa3\xe1 \xf9\xd6"), text="€ 碁")
    yield nasty("iso-2022-jp holding shift_jis", labelled("iso-2022-jp", japanese, "cp932"), text=japanese)
    yield nasty("iso-2022-jp holding utf-8", labelled("iso-2022-jp", japanese), text=japanese)
    yield nasty("iso-2022-jp with nec row 13", labelled("iso-2022-jp", b"\x1b$B-!-j\x1b(B"), text="①㈱")
    yield nasty("iso-2022-jp with half-width kana", labelled("iso-2022-jp", b"\x1b(I1236\x1b(B"), text="ｱｲｳｶ")
    yield nasty("iso-2022-jp not labelled", mail(japanese.encode("iso2022_jp")), text=japanese)
    yield nasty(
        "iso-2022-jp in a raw subject",
        mail("x", b"Subject: " + "こんにちは".encode("iso2022_jp")),
        subject="こんにちは",
    )
    yield nasty("iso-2022-jp cut", labelled("iso-2022-jp", "こんにちは".encode("iso2022_jp")[:8]), text="こ")
    yield nasty("euc-jp with nec row 13", labelled("euc-jp", b"\xad\xa1 \xa4\xa2"), text="① あ")
    yield nasty("shift_jis with nec rows", labelled("shift_jis", "①髙橋", "cp932"), text="①髙橋")
    yield nasty("iso-2022-kr", labelled("iso-2022-kr", korean, "iso2022_kr"), text=korean)
    yield nasty("iso-2022-kr without its header", labelled("iso-2022-kr", korean.encode("iso2022_kr")[4:]), text=korean)
    yield nasty("ks_c_5601 holding cp949", labelled("ks_c_5601-1987", "똠방각하", "cp949"), text="똠방각하")
    yield nasty("us-ascii holding cp1252", labelled("us-ascii", "“Grüße” – €", "cp1252"), text="“Grüße” – €")
    yield nasty("us-ascii holding utf-8", labelled("us-ascii", "Grüße 你"), text="Grüße 你")
    yield nasty("latin-1 holding cp1252", labelled("iso-8859-1", "“Grüße”", "cp1252"), text="“Grüße”")
    yield nasty("latin-1 holding utf-8", labelled("iso-8859-1", "Grüße 你好"), text="Grüße 你好")
    yield nasty("utf-8 holding cp1252", labelled("utf-8", "Grüße", "cp1252"), text="Grüße")
    yield nasty("utf-8 encoded twice is left", labelled("utf-8", "GrÃ¼ÃŸe"), text="GrÃ¼ÃŸe")
    yield nasty(
        "utf-8 with one broken byte",
        labelled("utf-8", "Grüße und Küsse, jörg\u00e4".encode()[:-1]),
        text="Grüße und Küsse",
    )
    yield nasty("utf-8 overlong", labelled("utf-8", b"a\xc0\xafb"), text="a")
    yield nasty("utf-16 without a mark", labelled("utf-16", "Grüße", "utf-16-be"), text="Grüße")
    yield nasty("utf-16le", labelled("utf-16le", "Grüße", "utf-16-le"), text="Grüße")
    yield nasty("utf-16 that is ascii", labelled("utf-16", "Hello!"), text="Hello!")
    for label, codec, word in (
        ("windows-1250", "cp1250", "Žluťoučký"),
        ("windows-1257", "cp1257", "Ačiū"),
        ("windows-1258", "cp1258", "Việt"),
        ("koi8-u", "koi8-u", "Привіт"),
        ("x-mac-roman", "mac-roman", "Grüße"),
        ("x-mac-cyrillic", "mac-cyrillic", "Привет"),
        ("tis-620", "cp874", "สวัสดี"),
        ("iso-8859-8-i", "iso8859-8", "שלום"),
        ("windows-1256", "cp1256", "مرحبا"),
        ("ibm866", "cp866", "Привет"),
        ("csisolatin2", "iso8859-2", "Łódź"),
    ):
        encoded = word.encode(codec) if label != "windows-1258" else b"Vi\xea\xf2t"
        yield nasty(label, labelled(label, encoded), text="Vi" if label == "windows-1258" else word)
    yield nasty(
        "charset named elsewhere",
        mixed(
            b"Content-Type: text/plain; charset=koi8-r\r\n\r\n" + "Да".encode("koi8-r"),
            b"\r\n\r\n" + "Привет".encode("koi8-r"),
        ),
        text="Привет",
    )


def words() -> Iterator[Nasty]:
    def subject(name: str, value: str | bytes, read: str) -> Nasty:
        return nasty(f"word: {name}", mail("Hello", b"Subject: " + _bytes(value)), subject=read)

    yield subject("cut inside a character", "=?utf-8?B?5L2g5Q==?= =?utf-8?B?pb0=?=", "你好")
    yield subject("cut inside a gbk character", "=?gb2312?B?xOM=?=\r\n =?GB2312?Q?=BA?= =?gb2312?Q?=C3?=", "你好")
    yield subject("b and q mixed", "=?utf-8?B?5L2g?= =?utf-8?Q?=E5=A5=BD?=", "你好")
    yield subject("with a language", "=?utf-8*en?Q?Gr=C3=BC=C3=9Fe?=", "Grüße")
    yield subject("without its end", "=?utf-8?Q?Gr=C3=BC=C3=9Fe", "Grüße")
    yield subject("with blanks", "=?utf-8?Q?Gr=C3=BC=C3=9Fe an dich?=", "Grüße an dich")
    yield subject("with blanks in base64", "=?utf-8?B?5L2g 5aW9?=", "你好")
    yield subject("folded inside", "=?utf-8?B?5L2g\r\n 5aW9?=", "你好")
    yield subject("with question marks", "=?utf-8?Q?Why?_=C3=BC?=", "Why? ü")
    yield subject("no charset", "=??Q?abc?=", "abc")
    yield subject("unknown charset", "=?x-nothing?Q?Gr=C3=BC=C3=9Fe?=", "Grüße")
    yield subject("codec that is no charset", "=?punycode?Q?abc-?=", "abc-")
    yield subject("unknown encoding", "=?utf-8?X?abc?=", "=?utf-8?X?abc?=")
    yield subject("empty", "=?utf-8?Q??=", "")
    yield subject("bad base64", "=?utf-8?B?!!!?= ok", "ok")
    yield subject("one letter of base64", "=?utf-8?B?Q?=", "")
    yield subject("bad quoted-printable", "=?utf-8?Q?a=ZZ=4?=", "a=ZZ=4")
    yield subject("within a word", "a=?utf-8?Q?b?=c", "abc")
    yield subject("in another", "=?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?=", "=?utf-8?Q?x?=")
    yield subject("utf-7", "=?utf-7?Q?Gr+APwA3w-e?=", "Grüße")
    yield subject("iso-2022-jp", "=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは")
    yield subject("raw utf-8", "Grüße 你好".encode(), "Grüße 你好")
    yield subject("raw latin-1", "Grüße".encode("latin-1"), "Grüße")
    yield nasty(
        "word: raw gbk",
        mail("x", b"Subject: " + "你好吗".encode("gbk"), "Content-Type: text/plain; charset=gbk"),
        subject="你好吗",
    )
    yield nasty(
        "word: in a quoted name", mail("x", f'From: "=?utf-8?Q?J=C3=B6rg?=" <{EVE}>'), display="Jörg", sender=EVE
    )


def shapes() -> Iterator[Nasty]:
    yield nasty("nothing", b"", text="", count=0)
    yield nasty("one byte", b"x", text="x")
    yield nasty("one line feed", b"\n", text="")
    yield nasty("one colon", b":", count=0)
    yield nasty("only nul", b"\0" * 1_000, text="")
    yield nasty("nul everywhere", mail("Hello").replace(b"", b"\0"), count=0)
    yield nasty("only carriage returns", b"\r" * 1_000, text="")
    yield nasty("binary", bytes(range(256)) * 40)
    yield nasty("gzip as a mail", gzip.compress(mail(), mtime=0))
    yield nasty("gzip as a body", mail(gzip.compress(b"x" * 10_000, mtime=0)), subject="My order")
    yield nasty(
        "header without a body", b"From: ann@customer.example\r\nSubject: My order", subject="My order", text=""
    )
    yield nasty("body without a header", b"\r\nHello there", text="Hello there", sender="")
    yield nasty("text without a header", b"Hello there,\nhow are you?\n", text="Hello there,")
    yield nasty(
        "no blank line",
        b"From: ann@customer.example\nSubject: My order\nHello there\nsecond line\n",
        subject="My order",
        text="Hello there\nsecond line",
    )
    yield nasty(
        "no blank line, a blank one later",
        b"From: ann@customer.example\nSubject: My order\nHello there\n\nBye\n",
        subject="My order",
        text="Hello there\n\nBye",
    )
    yield nasty(
        "unindented fold",
        b"From: ann@customer.example\nSubject: My\nlate order\nTo: help@shop.example\n\nHello\n",
        subject="My late order",
        text="Hello",
    )
    yield nasty(
        "unindented parameter", b"From: a@b.c\nContent-Type: text/html;\ncharset=utf-8\n\n<b>Hello</b>", text="Hello"
    )
    yield nasty(
        "banner before the header",
        b"This mail was scanned.\nFrom: ann@customer.example\nSubject: My order\n\nHello",
        subject="My order",
        text="Hello",
    )
    yield nasty("lone carriage returns", mail("Hello").replace(b"\r\n", b"\r"), subject="My order", text="Hello")
    yield nasty("cr cr lf", mail("Hello").replace(b"\r\n", b"\r\r\n"), subject="My order", text="Hello")
    yield nasty(
        "mixed line ends",
        b"From: ann@customer.example\nSubject: My order\r\nTo: help@shop.example\n\r\nHello\rthere\r\nAnn",
        subject="My order",
        text="Hello\nthere\nAnn",
    )
    yield nasty(
        "mbox line",
        b"From ann@customer.example Tue Nov 24 15:00:00 2026\n" + mail("Hello"),
        subject="My order",
        text="Hello",
    )
    yield nasty(
        "escaped mbox line",
        b">From ann@customer.example Tue Nov 24 15:00:00 2026\r\n" + mail("Hello"),
        subject="My order",
    )
    yield nasty("blank lines first", b"\r\n\r\n" + mail("Hello"), subject="My order", text="Hello")
    yield nasty("utf-8 mark first", b"\xef\xbb\xbf" + mail("Hello"), subject="My order")
    yield nasty("utf-16 mail", mail("Hello").decode().encode("utf-16"))
    yield nasty("overlong line", mail(b"word " * 40_000), text="word word")
    yield nasty("overlong line without blanks", mail(b"x" * 200_000), text="x" * 1_000)
    yield nasty("header of blanks", mail("Hello", b"Subject: " + b" " * 10_000 + b"x"), subject="x")
    yield nasty("header name of 10 KB", mail("Hello", b"X" * 10_000 + b": y"), text="Hello")
    yield nasty(
        "blank line of blanks",
        b"From: ann@customer.example\nSubject: My order\n \t \n\nHello",
        subject="My order",
        text="Hello",
    )


def encodings() -> Iterator[Nasty]:
    def encoded(name: str, encoding: str | bytes, body: bytes, text: str) -> Nasty:
        return nasty(name, mail(body, b"Content-Transfer-Encoding: " + _bytes(encoding)), text=text)

    words64 = b64encode(b"Hello there, Ann")
    yield encoded("base64 with junk", "base64", b"SGVs!bG8=\r\nIHRo*ZXJl", "Hello there")
    yield encoded("base64 with padding within", "base64", b"SGVsbG8=IHRoZXJl", "Hello there")
    yield encoded(
        "base64 blocks in a row", "base64", b64encode(b"Hello") + b"\r\n" + b64encode(b" there"), "Hello there"
    )
    yield encoded(
        "base64 for urls", "base64", b64encode("ÿÿÿ Grüße".encode()).replace(b"+", b"-").replace(b"/", b"_"), "Grüße"
    )
    yield encoded("base64 without padding", "base64", b"SGVsbG8", "Hello")
    yield encoded("base64 with a letter too many", "base64", words64 + b"Q", "Hello there, Ann")
    yield encoded("base64 that is text", "base64", b"?!$%&", "")
    yield encoded("base64 of padding", "base64", b"====", "")
    yield encoded("base64 in other case", "BASE64;", words64, "Hello there, Ann")
    yield encoded("base64 in quotes", '"base64"', words64, "Hello there, Ann")
    yield encoded("base64 with a comment", "base64 (MIME)", words64, "Hello there, Ann")
    yield encoded("quoted-printable with a soft end", "quoted-printable", b"Hello=", "Hello")
    yield encoded("quoted-printable that is invalid", "quoted-printable", b"a=XYb=4 =\r\nc", "a=XYb=4 c")
    yield encoded("quoted-printable in small letters", "quoted-printable", b"Gr=c3=bc=c3=9fe", "Grüße")
    yield encoded("quoted printable misspelt", "quoted printable", b"a=3Db", "a=b")
    yield encoded("uuencode", "x-uuencode", b"begin 644 a\n" + b2a_uu(b"Hello there") + b"`\nend\nmore", "Hello there")
    yield encoded(
        "uuencode with wrong lengths", "uuencode", b"begin 644 a\n" + b"!" + b2a_uu(b"Hello")[1:] + b"end\n", "H"
    )
    yield encoded("uuencode that is text", "uuencode", b"\x80\x81\n~~~~\n\xff\n", "")
    yield encoded("unknown encoding", "x-rot13", b"Hello", "Hello")
    yield encoded("8bit with a semicolon", "8bit;", "Grüße".encode(), "Grüße")
    yield encoded("encoding of 60 KB", "x" * 60_000, b"Hello", "Hello")
    yield nasty(
        "encoding of a multipart",
        mail(
            b"--cut\r\n\r\nHello\r\n--cut--",
            "Content-Type: multipart/mixed; boundary=cut",
            "Content-Transfer-Encoding: base64",
        ),
        text="Hello",
    )
    yield nasty(
        "two encodings",
        mail(words64, "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: 7bit"),
        text="Hello there, Ann",
    )


def boundaries() -> Iterator[Nasty]:
    def bounded(name: str, parameter: str | bytes, line: str | bytes, text: str = "Hello", **expect: Any) -> Nasty:
        body = b"--" + _bytes(line) + b"\r\n\r\nHello\r\n--" + _bytes(line) + b"--\r\n"
        return nasty(
            f"boundary: {name}", mail(body, b"Content-Type: multipart/mixed; " + _bytes(parameter)), text=text, **expect
        )

    yield bounded("wrong", "boundary=other", "real", warns="boundary: guessed")
    yield bounded("missing", "charset=utf-8", "real", warns="boundary: guessed")
    yield bounded("empty", 'boundary=""', "real", warns="boundary: guessed")
    yield bounded("quoted oddly", "boundary='real'", "'real'")
    yield bounded("open quote", 'boundary="real', "real")
    yield bounded("blanks around", 'boundary = " real "; x=y', " real")
    yield bounded("trailing blanks on the line", "boundary=real", "real \t ")
    yield bounded("with regex signs", 'boundary="a.*+?[(|)]{9}^$\\\\"', "a.*+?[(|)]{9}^$\\")
    yield bounded("rfc 2231", "boundary*0=re; boundary*1=al", "real")
    yield bounded("rfc 2231 encoded", "boundary*=us-ascii'en're%61l", "real")
    yield bounded("overlong", f"boundary={'x' * 5_000}", "x" * 5_000)
    yield bounded("8 bit", "boundary=ré".encode(), "ré".encode())
    yield bounded("with a comment", "boundary=real (x)", "real")
    yield nasty(
        "boundary: prefix of another",
        mail(
            b"--a\r\nContent-Type: multipart/alternative; boundary=aa\r\n\r\n--aa\r\n\r\nHello\r\n--aa--\r\n--a\r\n"
            b"Content-Type: x/y\r\n\r\nz\r\n--a--",
            "Content-Type: multipart/mixed; boundary=a",
        ),
        text="Hello",
        count=1,
    )
    yield nasty(
        "boundary: same within",
        mail(
            b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nHello\r\n--a--\r\n--a--",
            "Content-Type: multipart/mixed; boundary=a",
        ),
        text="Hello",
    )
    yield nasty(
        "boundary: never closed", mail(b"--a\r\n\r\nHello", "Content-Type: multipart/mixed; boundary=a"), text="Hello"
    )
    yield nasty(
        "boundary: only closed", mail(b"Hello\r\n--a--", "Content-Type: multipart/mixed; boundary=a"), text="Hello"
    )
    yield nasty("boundary: no parts", mail(b"", "Content-Type: multipart/mixed; boundary=a"), text="")
    yield nasty("multipart without a boundary", mail(b"Hello", "Content-Type: multipart/mixed"), text="Hello")
    yield nasty(
        "multipart/digest",
        mail(b"--a\r\n\r\nSubject: x\r\n\r\ny\r\n--a--", "Content-Type: multipart/digest; boundary=a"),
        count=1,
    )
    yield nasty("parts without headers", mixed("Hello there", "second"), text="Hello there")
    yield nasty("parts of headers only", mixed("Content-Type: text/plain", "X: y"), count=0)
    yield nasty(
        "mails within mails, 60 deep",
        mail("Content-Type: message/rfc822\r\n\r\n" * 60 + "x", "Content-Type: message/rfc822"),
    )
    yield nasty("invalid content type", mail("Hello", "Content-Type: text"), text="Hello")
    yield nasty("content type of semicolons", mail("Hello", "Content-Type: " + ";" * 5_000), text="Hello")
    yield nasty(
        "external body is never fetched",
        attached('Content-Type: message/external-body; access-type=URL; URL="http://x/"'),
    )


def names() -> Iterator[Nasty]:
    def named(name: str, value: str | bytes, file: str | None = None) -> Nasty:
        disposition = b"Content-Disposition: attachment; " + _bytes(value)
        expect = {"count": 1} if file is None else {"files": [file]}
        return nasty(f"name: {name}", attached("Content-Type: application/pdf", disposition), text="Hello", **expect)

    yield named("path", 'filename="../../etc/passwd"', "passwd")
    yield named("windows path", 'filename="C:\\\\..\\\\temp\\\\a.pdf"', "a.pdf")
    yield named("encoded path", "filename*=utf-8''..%2F..%2Fetc%2Fpasswd", "passwd")
    yield named("turned round", 'filename="=?utf-8?Q?invoice=E2=80=AEfdp.exe?="', "invoicefdp.exe")
    yield named("nul", b'filename="a.pdf\0.exe"')
    yield named("crlf", 'filename="=?utf-8?Q?a=0D=0AX-Evil:_b.pdf?="')
    yield named("quotes", 'filename="a\\"b.pdf"')
    yield named("empty", 'filename=""')
    yield named("dots", 'filename=".."')
    yield named("blanks", 'filename="   "')
    yield named("device", 'filename="CON"')
    yield named("1 MB", b'filename="' + b"n" * 1_000_000 + b'.pdf"')
    yield named("segments out of order", "filename*1=ld.pdf; filename*0=o", "old.pdf")
    yield named("segments and words", "filename*0*=utf-8''R%C3%A9; filename*1=sum.pdf", "Résum.pdf")
    yield named("unknown charset", "filename*=x-nothing''R%C3%A9sum.pdf", "Résum.pdf")
    yield named("no charset", "filename*=R%C3%A9sum.pdf", "Résum.pdf")
    yield named("damaged percent", "filename*=utf-8''a%ZZ%4.pdf", "a%ZZ%4.pdf")
    yield named("numbers that are large", "filename*9999=b.pdf; filename*0=a", "ab.pdf")
    yield named("not quoted", "filename=my order (1).pdf", "my order (1).pdf")
    yield named("surrogates", b'filename="=?utf-7?Q?+2AA-.pdf?="')
    yield nasty(
        "name: disposition nobody knows",
        attached("Content-Type: x/y", "Content-Disposition: whatever; filename=a.b"),
        files=["a.b"],
    )


def loops() -> Iterator[Nasty]:
    yield nasty("our own mail comes back", mail("x", "X-Liana-Loop: abc"), auto=True)
    yield nasty("a forged loop header in other case", mail("x", "x-LIANA-loop : zzz"), auto=True)
    yield nasty("auto-submitted", mail("x", "Auto-Submitted: auto-replied; owner-email=x"), auto=True)
    yield nasty("auto-submitted no", mail("x", "Auto-Submitted: no (a person)"), text="x")
    yield nasty("precedence bulk", mail("x", "Precedence: BULK "), auto=True)
    yield nasty("null return path", b"Return-Path: <>\r\n" + mail(), auto=True)
    yield nasty(
        "a report without parts", mail("x", "Content-Type: multipart/report; report-type=delivery-status"), auto=True
    )
    yield nasty(
        "a report of junk",
        mail(
            b"--a\r\nContent-Type: message/delivery-status\r\n\r\n" + b"\0\xff: \n\n" * 500 + b"\r\n--a--",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=a",
        ),
        auto=True,
    )
    yield nasty(
        "a status of success",
        mail(
            b"--a\r\n\r\nok\r\n--a\r\nContent-Type: message/delivery-status\r\n\r\n"
            b"Action: delivered\r\nStatus: 2.0.0\r\n\r\n--a--",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=a",
        ),
        bounce=False,
        auto=True,
    )
    yield nasty(
        "a person quotes a bounce", mail("I got this: 550 5.1.1 user unknown. What now?"), auto=False, bounce=False
    )


def dates_and_ids() -> Iterator[Nasty]:
    for value in (
        "1 Jan 0000 00:00:00 +0000",
        "1 Jan 99999 00:00:00 +0000",
        "31 Feb 2026 10:00:00",
        "1 Jan 2026 25:61:61",
        "now",
        "31 Dec 9999 23:00:00 -1200",
        "1 Jan 0001 00:00:00 +1200",
        "\u0661 Jan 2026 99:00",
        "1 Jan 2026 10:00:00 +9999",
    ):
        yield nasty(f"date: {value}", mail("x", f"Date: {value}"), date=None)
    yield nasty(
        "date: negative zone", mail("x", "Date: Tue, 24 Nov 2026 10:00:00 -1130"), date="2026-11-24T21:30:00+00:00"
    )
    yield nasty("date: of 1 MB", mail("x", b"Date: " + b"1 Jan " * 170_000), date=None)
    yield nasty("date: three digits", mail("x", "Date: 24 Nov 126 10:00:00 GMT"), date="2026-11-24T10:00:00+00:00")
    yield nasty("date: of C", mail("x", "Date: Tue Nov 24 10:00:00 2026"), date="2026-11-24T10:00:00+00:00")
    yield nasty("id: empty", mail("x", "Message-ID: <>"), missing=True)
    yield nasty("id: blank", mail("x", "Message-ID:"), missing=True)
    yield nasty("id: 100 KB", mail("x", "Message-ID: <" + "a" * 100_000 + "@b>"), missing=True)
    yield nasty("id: without brackets", mail("x", "Message-ID: a@b"), id="a@b")
    yield nasty("id: with blanks", mail("x", "Message-ID: < a @ b >"), id="a@b")
    yield nasty("id: many", mail("x", "Message-ID: " + "<a@b> " * 5_000), id="a@b")
    yield nasty("id: two headers", mail("x", "Message-ID: <a@b>", "Message-ID: <c@d>"), id="a@b")
    yield nasty("references: junk", mail("x", "References: <<<>>> <a@b <c@d> >e@f<"), references=1)
    yield nasty("references: text", mail("x", "In-Reply-To: Your message of Tuesday <a@b> (sic)"), text="x")


def pages() -> Iterator[Nasty]:
    yield nasty("html: comment never closed", html("<p>Hello</p><!-- <p>rest"), text="Hello")
    yield nasty("html: cdata never closed", html("<p>Hello</p><![CDATA[ rest"), text="Hello")
    yield nasty("html: script never closed", html("<p>Hello</p><script>alert(1)"), text="Hello")
    yield nasty("html: style never closed", html("<p>Hello</p><style>p{"), text="Hello")
    yield nasty("html: title never closed", html("<p>Hello</p><title>x"), text="Hello")
    yield nasty("html: attribute never closed", html('<p>Hello</p><a href="x'), text="Hello")
    yield nasty("html: greater-than in an attribute", html('<p title="a>b">Hello</p>'), text="Hello")
    yield nasty("html: nul in a tag", html(b"<p>Hello</p><scr\0ipt>x</script>"), text="Hello")
    yield nasty("html: tags in capitals", html("<SCRIPT>no</SCRIPT><P>Hello</P>"), text="Hello", lacks="no")
    yield nasty("html: entities that do not exist", html("Hello &nothing; &#99999999999; &#x; &"), text="Hello")
    yield nasty(
        "html: meta of another charset",
        mail(b'<meta charset="koi8-r"><p>' + "Привет".encode("koi8-r"), "Content-Type: text/html"),
        text="Привет",
    )
    yield nasty(
        "html: utf-16 in its meta only",
        mail('<meta charset="utf-16"><p>Grüße', "Content-Type: text/html"),
        text="Grüße",
    )
    yield nasty("html: blank", html(" \n "), text="")


def bombs() -> list[Bomb]:
    return [*_header_bombs(), *_shape_bombs(), *_encoding_bombs(), *_html_bombs(), *_text_bombs(), *_bounce_bombs()]


def _header_bombs() -> Iterator[Bomb]:
    def header(name: str, value: Callable[[int], bytes], size: int, field: bytes = b"Subject", **expect: Any) -> Bomb:
        return Bomb(name, lambda n: mail("Hello", field + b": " + value(n)), size, {"text": "Hello", **expect})

    yield header("recipients", lambda n: b", ".join(b"a%d@b.example" % i for i in range(n)), 100_000, b"To")
    yield Bomb(
        "recipient headers",
        lambda n: mail("Hello", *(b"To: a%d@b.example" % i for i in range(n))),
        20_000,
        {"text": "Hello"},
    )
    yield header("subject of 1 MB", lambda n: b"a " * n, 500_000)
    yield header("encoded words", lambda n: b"=?utf-8?B?w6Q=?= " * n, 20_000)
    yield header("encoded words of two charsets", lambda n: b"=?utf-8?B?w6Q=?= =?gbk?B?xOM=?= " * n, 10_000)
    yield header(
        "encoded words of unknown charsets", lambda n: b" ".join(b"=?x-%d?B?w6Q=?=" % i for i in range(n)), 10_000
    )
    yield header("words that never end", lambda n: b"=?utf-8?b?" * n, 100_000)
    yield header("beginnings of words", lambda n: b"=?" * n, 500_000)
    yield header("words of question marks", lambda n: b"=?a?q?" + b"?" * n, 60_000)
    yield header("words with a far end", lambda n: b"=?a?q?x" * n + b"?=", 9_000)
    yield header("backslashes", lambda n: b'"' + b"\\" * n, 60_000, b"From")
    yield header("quotes", lambda n: b'"' * n + b"a@b", 60_001, b"From")
    yield header("escaped quotes", lambda n: b'"' + b'\\"' * n, 30_000, b"From")
    yield header("open comments", lambda n: b"(" * n, 60_000, b"From")
    yield header("open brackets", lambda n: b"<" * n + b"a@b", 60_000, b"From")
    yield header("bracketed nothing", lambda n: b"<>" * n, 30_000, b"From")
    yield header("at signs", lambda n: b"@" * n, 60_000, b"From")
    yield header("colons", lambda n: b":" * n, 60_000, b"To")
    yield header("semicolons", lambda n: b";" * n, 60_000, b"To")
    yield header("groups", lambda n: b"g: a@b.c; " * n, 6_000, b"To")
    yield header(
        "references",
        lambda n: b" ".join(b"<%d@b.example>" % i for i in range(n)),
        100_000,
        b"References",
        references=200,
    )
    yield header("open references", lambda n: b"<" * n, 60_000, b"References")
    yield header("references without brackets", lambda n: b"a" * n, 60_000, b"In-Reply-To")
    yield header(
        "rfc 2231 segments",
        lambda n: b"text/plain; " + b"; ".join(b"name*%d*=a" % i for i in range(n)),
        100_000,
        b"Content-Type",
    )
    yield header("types", lambda n: b"text/plain; " + b"a/" * n, 30_000, b"Content-Type")
    yield header("charset label", lambda n: b"text/plain; charset=" + b"a:(" * n, 20_000, b"Content-Type")
    yield header("dates", lambda n: b"1 Jan 26 " * n, 100_000, b"Date", date=None)
    yield header("content language", lambda n: b"en-" * n, 20_000, b"Content-Language")
    yield header("folds", lambda n: b"a\r\n" + b" x\r\n" * n + b" b", 100_000)
    yield header("lines without a name", lambda n: b"a\r\n" + b"x\r\n" * n + b"X: y", 100_000, text="x")
    yield Bomb(
        "header lines",
        lambda n: mail("Hello", *(b"X-%d: y" % i for i in range(n))),
        100_000,
        {"sender": "ann@customer.example"},
    )
    yield Bomb(
        "delivered-to lines",
        lambda n: mail("Hello", *(b"Delivered-To: %d@b.c" % i for i in range(n))),
        15_000,
        {"text": "Hello"},
    )
    yield Bomb(
        "blanks for a name", lambda n: mail("Hello", b"X" + b" " * n), 400_000, {"sender": "ann@customer.example"}
    )


def _shape_bombs() -> Iterator[Bomb]:
    kind = b"Content-Type: multipart/mixed; boundary=b\r\n"
    yield Bomb("parts", lambda n: kind + b"\r\n" + b"--b\r\n\r\nx\r\n" * n, 10_000, {"text": "x"})
    yield Bomb("parts within parts", _nested, 500, {"warns": "depth"})
    yield Bomb(
        "multiparts side by side",
        lambda n: (
            kind
            + b"\r\n"
            + (b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n" + b"--c\r\n\r\nx\r\n" * 30) * n
        ),
        1_000,
        {"text": "x"},
    )
    yield Bomb(
        "parts without headers or blank lines",
        lambda n: kind + b"\r\n" + (b"--b\r\n" + b"x\r\n" * 3_000) * n,
        600,
        {"text": "x"},
    )
    yield Bomb(
        "parts of header lines",
        lambda n: kind + b"\r\n" + (b"--b\r\n" + b"a: b\r\n" * 1_000 + b"\r\nx\r\n") * n,
        600,
        {},
    )
    yield Bomb(
        "parts of loose header lines",
        lambda n: kind + b"\r\n" + (b"--b\r\n" + b"a: b\r\n" + b"x\r\n" * 99) * n,
        2_000,
        {},
    )
    yield Bomb("boundary lines", lambda n: kind + b"\r\n" + b"--b\r\n" * n, 2_000_000, {})
    yield Bomb("lines like the boundary", lambda n: kind + b"\r\n" + b"--bx\r\n" * n, 1_000_000, {})
    yield Bomb("lines like many boundaries", _prefixes, 100_000, {"warns": "boundary"})
    yield Bomb("dashes", lambda n: kind + b"\r\n" + b"\n--" * n, 1_000_000, {})
    yield Bomb(
        "line like a boundary with blanks",
        lambda n: b"Content-Type: multipart/mixed\r\n\r\n" + (b"--a" + b" " * 5_000 + b"x\r\n") * n,
        200,
        {},
    )
    yield Bomb("the same boundary within", lambda n: (kind + b"\r\n--b\r\n") * n + b"\r\nx", 5_000, {})
    yield Bomb("mails within mails", lambda n: b"Content-Type: message/rfc822\r\n\r\n" * n, 50_000, {})
    yield Bomb(
        "digest",
        lambda n: kind.replace(b"mixed", b"digest") + b"\r\n" + b"--b\r\n\r\nSubject: x\r\n\r\ny\r\n" * n,
        10_000,
        {},
    )
    yield Bomb(
        "attachments",
        lambda n: kind + b"\r\n" + b"--b\r\nContent-Type: a/b; name=x\r\n\r\ny\r\n" * n,
        10_000,
        {"count": 200},
    )
    yield Bomb("charsets to be detected", _undetectable, 1_000, {})
    yield Bomb("blank lines", lambda n: mail(b"a" + b"\n" * n + b"b"), 1_000_000, {"text": "a"})
    yield Bomb("nul", lambda n: b"\0" * n, 2_000_000, {"text": ""})
    yield Bomb("carriage returns", lambda n: b"\r" * n, 2_000_000, {"text": ""})
    yield Bomb("mbox lines", lambda n: b"From " * n, 200_000, {})


def _encoding_bombs() -> Iterator[Bomb]:
    def encoded(name: str, encoding: bytes, unit: bytes, size: int) -> Bomb:
        return Bomb(
            name, lambda n: mail(unit * n, b"Content-Transfer-Encoding: " + encoding), size, {"subject": "My order"}
        )

    def charset(label: str, unit: bytes, size: int) -> Bomb:
        return Bomb(f"{label} of {unit[:8]!r}", lambda n: labelled(label, unit * n), size, {"subject": "My order"})

    yield encoded("base64 in one line", b"base64", b"QUJD", 2_500_000)
    yield encoded("base64 of padding only", b"base64", b"=", 5_000_000)
    yield encoded("base64 of short blocks", b"base64", b"YQ==\n", 1_000_000)
    yield encoded("base64 of junk", b"base64", b"*", 5_000_000)
    yield encoded("quoted-printable of equals signs", b"quoted-printable", b"=", 5_000_000)
    yield encoded("quoted-printable of soft ends", b"quoted-printable", b"=\n", 2_000_000)
    yield encoded("uuencode of short lines", b"x-uuencode", b"!a\n", 1_000_000)
    yield encoded("uuencode of junk", b"x-uuencode", b"M" + b"~" * 60 + b"\n", 50_000)
    yield charset("iso-2022-jp", b"\x1b$B\xff", 500_000)
    yield charset("iso-2022-jp", b"\x1b$B", 500_000)
    yield charset("iso-2022-jp", b"\x1b$B-!", 500_000)
    yield charset("iso-2022-kr", b"\x0e", 2_000_000)
    yield charset("iso-2022-kr", b"\x0ea\x0f", 500_000)
    yield charset("utf-7", b"+", 2_000_000)
    yield charset("utf-7", b"+AGE-", 500_000)
    yield charset("hz", b"~{", 1_000_000)
    yield charset("hz", b"~", 1_000_000)
    yield charset("gb2312", b"\x81", 2_000_000)
    yield charset("big5", b"\xff", 2_000_000)
    yield charset("utf-8", b"\xff", 2_000_000)
    yield charset("utf-16", b"\0\xd8", 1_000_000)
    yield charset("x-unknown", bytes(range(128, 256)), 20_000)
    yield charset("utf-8", "\U0001f600\0".encode(), 400_000)


def _html_bombs() -> Iterator[Bomb]:
    units = {
        "divisions": (b"<div>", 50_000),
        "stray beginnings of tags": (b"<a ", 30_000),
        "less-than signs": (b"<", 500_000),
        "comments": (b"<!--", 125_000),
        "declarations": (b"<!", 250_000),
        "cdata": (b"<![CDATA[", 60_000),
        "processing": (b"<?", 250_000),
        "open attributes": (b'<a href="', 60_000),
        "odd attributes": (b'<a ">', 100_000),
        "scripts": (b"<script>", 60_000),
        "styles": (b"<style>a{}", 50_000),
        "half styles": (b"<style><a>", 50_000),
        "heads": (b"<head>", 80_000),
        "ends": (b"</", 250_000),
        "ends of scripts": (b"</script ", 60_000),
        "entities": (b"&amp;", 100_000),
        "half entities": (b"&", 500_000),
        "numbers": (b"&#x", 150_000),
        "long entities": (b"&" + b"a" * 30, 15_000),
        "quotes": (b"<blockquote>x", 40_000),
        "lists": (b"<ul><li>x", 50_000),
        "tables": (b"<table><tr><td>x", 30_000),
        "meta": (b"<meta ", 80_000),
        "css": (b'<p style="' + b"a:b;" * 200 + b'">', 600),
        "pre": (b"<pre>\n\n", 70_000),
        "blanks": (b"<p> \t", 100_000),
        "tag of blanks": (b"<p" + b" " * 500, 1_000),
        "spaces": (b" ", 900_000),
    }
    for name, (unit, size) in units.items():
        yield Bomb(
            f"html: {name}", lambda n, unit=unit: html(b"<p>Hello</p>" + unit * n), size, {"subject": "My order"}
        )  # type: ignore[misc]
    yield Bomb("html: parts", lambda n: mixed(*[b"Content-Type: text/html\r\n\r\n" + b"<div>" * 300] * n), 900, {})


def _text_bombs() -> Iterator[Bomb]:
    units = {
        "quotes": (b">", 1_000_000),
        "quoted lines": (b"> x\n", 200_000),
        "quotes by turns": (b"> x\ny\n", 100_000),
        "attributions": (b"12.12.2016 10:00 a@b.c wrote\n", 20_000),
        "attributions with colons": (b"On 12.12.2016 10:00 a@b.c wrote:\n\n", 20_000),
        "dates": (b"12.12.2016\n\n", 50_000),
        "at signs": (b"a@" * 200 + b"\n", 3_000),
        "digits": (b"1" * 400 + b"\n", 3_000),
        "years": (b"2016 " * 80 + b"\n", 3_000),
        "headings": (b"From: a\n\n", 60_000),
        "headings by turns": (b"From: a\nx\n", 60_000),
        "rules": (b"-" * 400 + b"\n", 3_000),
        "titled rules": (b"-----a-----\n\n", 60_000),
        "half titled rules": (b"---" + b"a" * 390 + b"\n", 3_000),
        "wrote": (b"wrote " * 60 + b"\n", 3_000),
        "hours": (b"12:00 " * 60 + b"\n", 3_000),
        "taglines": (b"hello\nsent from " + b"x" * 380 + b"\n", 3_000),
        "signatures": (b"a\n-- \n", 60_000),
        "cut marks": (b"##-" + b"x" * 98 + b"\n", 10_000),
        "blanks": (b" ", 1_000_000),
        "long words": (b"x" * 400 + b"\n", 3_000),
        "soft breaks": (b"word \n", 100_000),
        "begins of files": (b"begin 644 a\n", 60_000),
        "files": (b"begin 644 a\n" + b2a_uu(b"x" * 45) + b"`\nend\n", 5_000),
        "lines of a file": (b"M" + b"a" * 60 + b"\n", 20_000),
        "signed": (b"-----BEGIN PGP SIGNED MESSAGE-----\n", 20_000),
        "pgp signatures": (b"-----BEGIN PGP SIGNATURE-----\n", 20_000),
        "pgp headers": (b"-----BEGIN PGP SIGNATURE-----\n" + b"A: b\n" * 9 + b"a\n" * 400, 500),
        "pgp messages": (b"-----BEGIN PGP MESSAGE-----\n", 20_000),
    }
    for name, (unit, size) in units.items():
        yield Bomb(f"text: {name}", lambda n, unit=unit: mail(b"Hello\n" + unit * n), size, {"text": "Hello"})  # type: ignore[misc]
    yield Bomb(
        "text: flowed",
        lambda n: mail(b"Hello \n" * n, "Content-Type: text/plain; format=flowed; delsp=yes"),
        100_000,
        {},
    )
    yield Bomb(
        "text: calendar",
        lambda n: mail(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + b"SUMMARY:x\\n\n y\n" * n, "Content-Type: text/calendar"),
        60_000,
        {},
    )


def _bounce_bombs() -> Iterator[Bomb]:
    daemon = ("Return-Path: <>", "From: MAILER-DAEMON@x.example", "Subject: Undeliverable: x")
    units = {
        "addresses": (b"<" + b"a" * 60 + b".", 20_000),
        "local parts": (b"a" * 64 + b"@", 20_000),
        "codes": (b"5.1.1.", 100_000),
        "replies": (b"550 5.1.1", 50_000),
        "rules": (b"-", 1_000_000),
        "warnings": (b"\nwarning: ", 50_000),
        "ids": (b"message-id: <", 50_000),
        "copies": (b"\n--- ", 100_000),
        "recipients": (b"to:   ", 100_000),
    }
    for name, (unit, size) in units.items():
        yield Bomb(f"bounce: {name}", lambda n, unit=unit: mail(unit * n, *daemon), size, {"auto": True})  # type: ignore[misc]
    yield Bomb(
        "bounce: groups",
        lambda n: mail(
            b"--b\nContent-Type: message/delivery-status\n\n" + b"a: b\n\n" * n,
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        ),
        100_000,
        {"auto": True},
    )
    yield Bomb(
        "bounce: fields",
        lambda n: mail(
            b"--b\nContent-Type: message/delivery-status\n\n" + b"Status: 5.1.1\n" * n,
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        ),
        100_000,
        {"auto": True},
    )


def _nested(depth: int) -> bytes:
    return (
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
        + b"\r\nx"
    )


def _prefixes(lines: int) -> bytes:
    """Each level's boundary is a prefix of the next, and lines that begin like all of them."""
    levels = [b"Content-Type: multipart/mixed; boundary=%s\n\n--%s\n" % ((b"b" * n,) * 2) for n in range(1, 40)]
    return b"".join(levels) + b"\nx" + (b"\n--" + b"b" * 60) * lines


def _undetectable(parts: int) -> bytes:
    content = bytes(range(160, 256)) * 3
    return mixed(*(b"Content-Type: text/plain; charset=x-%d\r\n\r\n%d " % (n, n) + content for n in range(parts)))


def nasty(name: str, raw: bytes, **expect: Any) -> Nasty:
    return Nasty(name, raw, expect)


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def differences(read: ParsedMail, expect: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is not as expected: {what: (found, wanted)}."""
    text = expect.get("text", "")
    found: dict[str, Any] = {
        "subject": read.subject,
        "text": text if text in read.text and (text or not read.text) else read.text[:200],
        "lacks": expect.get("lacks", "") if expect.get("lacks", "") not in read.text else None,
        "sender": read.sender.email,
        "sender_not": expect.get("sender_not") if expect.get("sender_not") != read.sender.email else None,
        "display": read.sender.name,
        "domain": read.from_domain,
        "to_count": len(read.to),
        "count": len(read.attachments),
        "files": [attachment.name for attachment in read.attachments],
        "auto": bool(read.auto),
        "bounce": bool(read.bounce),
        "dkim": read.dkim_domains,
        "id": read.message_id,
        "missing": read.message_id.endswith("@missing"),
        "references": len(read.references),
        "date": read.date and read.date.isoformat(),
        "warns": next(
            (expect["warns"] for w in read.warnings if w.startswith(expect.get("warns", "?"))), read.warnings
        ),
    }
    return {what: (found[what], wanted) for what, wanted in expect.items() if found[what] != wanted}


def violations(read: ParsedMail, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    """Which of the promises that hold for every mail are broken."""
    promises = {
        "is parsed": not [w for w in read.warnings if w.startswith("unparsed")],
        "few warnings": len(read.warnings) <= 50 and all(len(w) <= 500 for w in read.warnings),
        "text within limits": len(read.text) <= limits.text and len(read.html or "") <= limits.html,
        "lists within limits": max(map(len, (read.to, read.cc, read.reply_to))) <= limits.recipients
        and len(read.references) <= limits.references
        and len(read.attachments) <= limits.attachments,
        "subject within limits": len(read.subject) <= 2_000,
        "headers within limits": sum(len(n) + len(v) for n, v in read.headers) <= 2 * limits.header_block,
        "a reply as soon as a text": bool(read.reply_text.strip()) == bool(read.text.strip()),
        "an id": bool(read.message_id) and "<" not in read.message_id and ">" not in read.message_id,
        "safe names": all(
            a.name and len(a.name) <= 120 and not set('/\\:<>"|?*') & set(a.name) for a in read.attachments
        ),
        "true sizes": all(a.size == len(a.content) for a in read.attachments),
        "an aware date": read.date is None or read.date.tzinfo is UTC,
        "a bare sender": not set("<>, \n\t") & set(read.sender.email),
        "json": bool(json.dumps(as_json(read), ensure_ascii=False).encode("utf-8", "surrogatepass")),
    }
    return [name for name, kept in promises.items() if not kept] + _unsafe_fields(read)


def _unsafe_fields(read: ParsedMail) -> list[str]:
    return sorted(
        {path for path, text in _texts(read, "") if (_UNSAFE if path in _OF_LINES else _NO_LINE).search(text)}
    )


# Control characters, what turns text round, what parts lines, and what UTF-8 cannot write.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_NO_LINE = re.compile(_UNSAFE.pattern.replace("\x08\x0b-", ""))
_OF_LINES = {".text", ".reply_text", ".html", ".attached_mail.text"}


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item, path)
    elif is_dataclass(value):
        for field in fields(value):
            if not (isinstance(value, Attachment) and field.name == "content"):
                yield from _texts(getattr(value, field.name), f"{path}.{field.name}")
