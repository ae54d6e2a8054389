import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.machines.signs import answers_by_itself, machine_mail
from chalicelib.mail.machines.words import ANSWERS, ANSWERS_BEFORE_COLON
from chalicelib.mail.parse import parse_mail
from tests.mail.letters import letter


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto-Submitted": "auto-replied"}, "auto-submitted"),
        ({"Auto-Submitted": "auto-generated; x=y"}, "auto-submitted"),
        ({"Auto-Submitted": "auto-replied (vacation)"}, "auto-submitted"),
        ({"Auto-Submitted": "no"}, None),
        ({"Auto-Submitted": "No (a person)"}, None),
        ({"Precedence": "bulk"}, "bulk"),
        ({"Precedence": "auto_reply"}, "auto-reply"),
        ({"Precedence": "first-class"}, None),
        ({"List-Id": "<news.example>"}, "list"),
        ({"List-Unsubscribe": "<mailto:leave@news.example>"}, "list"),
        ({"X-Autoreply": "yes"}, "auto-reply"),
        ({"X-Autorespond": "my order"}, "auto-reply"),
        ({"X-Loop": "x"}, "loop"),
        ({"X-OTRS-Loop": "True"}, "loop"),
        ({"X-RT-Loop-Prevention": "desk.example"}, "loop"),
        ({"X-Liana-Loop": "t-1"}, "own-loop"),
        ({"Return-Path": "<>"}, "null-return-path"),
        ({"Return-Path": "<bounces+1@list.example>"}, "daemon"),
        ({"Return-Path": "<shop-bounces@list.example>"}, "daemon"),
        ({"Return-Path": "<prvs=1234567890=ann@customer.example>"}, None),
        ({"From": "Mail <MAILER-DAEMON@mx.example>"}, "daemon"),
        ({"From": "no-reply@bank.example"}, "daemon"),
        ({"From": "ne-pas-repondre@poste.example"}, "daemon"),
        ({"From": "nicht-antworten@bahn.example"}, "daemon"),
        ({"From": "nora.reply@bank.example"}, None),
        ({"From": "norea@bank.example"}, None),
        ({"Subject": "=?utf-8?B?6Ieq5Yqo5Zue5aSNOiDmgqjlpb0=?="}, "auto-reply-subject"),
        (
            {"Content-Type": "multipart/report; report-type=disposition-notification"},
            "report:disposition-notification",
        ),
        ({"Content-Type": "multipart/report; report-type=delivery-status"}, "report:delivery-status"),
        ({"Content-Type": "message/feedback-report"}, "report:feedback-report"),
        ({"Content-Type": "text/calendar; method=REPLY"}, "calendar"),
        ({"Content-Type": "text/calendar; method=REQUEST"}, None),
        ({"Sender": "Google Calendar <calendar-notification@google.com>"}, "calendar"),
        ({"X-Auto-Response-Suppress": "All"}, None),
        ({}, None),
    ],
)
def test_machines_are_told_from_people(headers: dict[str, str], reason: str | None) -> None:
    raw = letter(**{name.replace("-", "_"): value for name, value in headers.items()})

    assert parse_mail(raw).auto == reason


@pytest.mark.parametrize(
    ("what", "headers", "reason"),
    [
        (
            "a person on Exchange",
            {
                "X-Auto-Response-Suppress": "DR, OOF, AutoReply",
                "X-MS-Has-Attach": "",
                "X-MS-Exchange-Organization-AuthAs": "Internal",
                "Thread-Index": "AdoX",
            },
            None,
        ),
        (
            "a person's mail that a rule of Exchange passes on",
            {"X-MS-Exchange-Inbox-Rules-Loop": "info@customer.example", "Resent-From": "info@customer.example"},
            None,
        ),
        ("a telephone behind an SMS gateway", {"From": "15551234567@txt.att.net", "Subject": ""}, None),
        (
            "Jira",
            {
                "From": '"Bo (Jira)" <jira@desk.example>',
                "X-JIRA-FingerPrint": "4f1b",
                "Auto-Submitted": "auto-generated",
            },
            "auto-submitted",
        ),
        ("ServiceNow", {"From": "desk@corp.service-now.com", "X-ServiceNow-Generated": "true"}, "auto-generated"),
        (
            "a post to a Google group",
            {"List-ID": "<desk.googlegroups.com>", "Precedence": "list", "Sender": "desk@googlegroups.com"},
            "list",
        ),
        ("Exchange on holiday", {"X-MS-Exchange-Generated-Message-Source": "Mailbox Rules Agent"}, "auto-generated"),
        (
            "a DMARC report",
            {
                "From": "dmarcreport@provider.example",
                "Subject": "Report Domain: shop.example Submitter: p Report-ID: 1",
            },
            "auto-reply-subject",
        ),
        (
            "a challenge",
            {"From": "carl@customer.example", "Subject": "Your email requires verification verify#k4J-17"},
            "auto-reply-subject",
        ),
        (
            "a report that all is well",
            {"Content-Type": "multipart/report; report-type=delivery-status"},
            "report:delivery-status",
        ),
        ("cron", {"From": "root@web.example", "X-Cron-Env": "<SHELL=/bin/sh>"}, "auto-generated"),
    ],
)
def test_mail_of_well_known_programs(what: str, headers: dict[str, str], reason: str | None) -> None:
    raw = letter(**{name.replace("-", "_"): value for name, value in headers.items()})

    assert parse_mail(raw).auto == reason, what


SUBJECTS = [
    ("en", "Automatic reply: My order", "Automatic reply lights broken"),
    ("en", "Out of Office AutoReply: your parcel", "Out of office chairs?"),
    ("en", "[Auto-Reply] We got your mail", "Auto reply does not stop"),
    ("en", "AUTO: Ann Lee is out of the office (returning 3 May)", "Nobody is out of the office"),
    ("en", "Out of the office", "Vacation rental question"),
    ("en", "I am currently out of the office!", "Holiday booking"),
    ("en", "Auto-response: ticket 4711", "Automatic door does not close"),
    ("de", "Automatische Antwort: Urlaub", "Automatische Türen klemmen"),
    ("de", "Abwesenheitsnotiz: Bestellung", "Auto kaputt"),
    ("de", "Abwesend: Rechnung 12", "Abwesend bei der Zustellung"),
    ("de", "Außer Haus", "Außer Haus lieferbar?"),
    ("fr", "Réponse automatique : Commande", "Réponse automatique reçue trois fois, pourquoi ?"),
    ("fr", "Absence du bureau: facture", "Absence du livreur"),
    ("es", "Respuesta automática: Pedido", "Respuesta automática incorrecta"),
    ("es", "Fuera de la oficina", "Fuera de la oficina no llega el paquete"),
    ("pt", "Resposta automática: Encomenda", "Resposta automática errada no site"),
    ("it", "Risposta automatica: Ordine", "Risposta automatica sbagliata"),
    ("it", "Fuori sede: fattura", "Fuori sede cercasi tecnico"),
    ("nl", "Automatisch antwoord: Bestelling", "Automatisch antwoord klopt niet"),
    ("nl", "Afwezig: factuur", "Afwezig bij levering"),
    ("sv", "Automatiskt svar: Order", "Automatiskt svar var fel"),
    ("sv", "Frånvaro: Ann", "Frånvaro av kvitto"),
    ("no", "Automatisk svar: Ordre", "Automatisk svar er feil"),
    ("da", "Autosvar: Ordre", "Autosvar virker ikke"),
    ("fi", "Automaattinen vastaus: Tilaus", "Automaattinen vastaus on väärä"),
    ("fi", "Poissa: lasku", "Poissa paketista yksi osa"),
    ("is", "Sjálfvirkt svar: Pöntun", "Sjálfvirkt svar er rangt"),
    ("pl", "Odpowiedź automatyczna: Zamówienie", "Odpowiedź automatyczna jest błędna"),
    ("cs", "Automatická odpověď: Objednávka", "Automatická odpověď je špatně"),
    ("sk", "Automatická odpoveď: Objednávka", "Automatická odpoveď je zlá"),
    ("sl", "Samodejni odgovor: Naročilo", "Samodejni odgovor ni pravi"),
    ("hr", "Automatski odgovor: Narudžba", "Automatski odgovor nije točan"),
    ("sr", "Аутоматски одговор: Поруџбина", "Аутоматски одговор није тачан"),
    ("hu", "Automatikus válasz: Rendelés", "Automatikus válasz hibás"),
    ("ro", "Răspuns automat: Comandă", "Răspuns automat greșit"),
    ("bg", "Автоматичен отговор: Поръчка", "Автоматичен отговор с грешка"),
    ("ru", "Автоматический ответ: Заказ", "Автоматический ответ пришёл дважды"),
    ("ru", "Автоответ: заказ", "Автоответчик сломан"),
    ("uk", "Автоматична відповідь: Замовлення", "Автоматична відповідь помилкова"),
    ("el", "Αυτόματη απάντηση: Παραγγελία", "Αυτόματη απάντηση λάθος"),
    ("tr", "Otomatik yanıt: Sipariş", "Otomatik yanıt yanlış"),
    ("he", "תשובה אוטומטית: הזמנה", "תשובה אוטומטית שגויה"),
    ("ar", "رد تلقائي: طلب", "رد تلقائي خاطئ"),
    ("fa", "پاسخ خودکار: سفارش", "پاسخ خودکار اشتباه"),
    ("lt", "Automatinis atsakymas: Užsakymas", "Automatinis atsakymas neteisingas"),
    ("lv", "Automātiska atbilde: Pasūtījums", "Automātiska atbilde nepareiza"),
    ("et", "Automaatvastus: Tellimus", "Automaatvastus on vale"),
    ("ca", "Resposta automàtica: Comanda", "Resposta automàtica equivocada"),
    ("eu", "Erantzun automatikoa: Eskaera", "Erantzun automatikoa okerra"),
    ("vi", "Trả lời tự động: Đơn hàng", "Trả lời tự động bị sai"),
    ("th", "ตอบกลับอัตโนมัติ: คำสั่งซื้อ", "ตอบกลับอัตโนมัติผิด"),
    ("id", "Balasan otomatis: Pesanan", "Balasan otomatis salah"),
    ("ms", "Balasan automatik: Pesanan", "Balasan automatik salah"),
    ("ja", "自動応答: ご注文", "自動応答が届きません"),
    ("ja", "【自動返信】お問い合わせありがとうございます", "自動返信メールが届きません"),
    ("ja", "不在通知: 会議", "不在通知が入っていました"),
    ("zh", "自动回复: 您好", "自动回复为什么没有"),
    ("zh", "自動回覆：訂單", "自動回覆錯誤"),
    ("zh", "外出: 会议", "外出几天，请周五送货"),
    ("ko", "자동 회신: 주문", "자동 회신이 이상해요"),
    ("ko", "부재중: 주문", "부재중에 온 택배"),
]


@pytest.mark.parametrize(("language", "machine", "person"), SUBJECTS)
def test_only_a_whole_phrase_at_its_start_makes_a_subject_automatic(language: str, machine: str, person: str) -> None:
    assert answers_by_itself(machine), language
    assert not answers_by_itself(person), language


def test_every_language_has_a_subject_in_the_table() -> None:
    assert {language for language, _, _ in SUBJECTS} == set(ANSWERS)


@pytest.mark.parametrize("phrase", [p for phrases in ANSWERS.values() for p in phrases.split("|")])
def test_every_phrase_counts_before_a_colon_and_in_no_sentence(phrase: str) -> None:
    assert answers_by_itself(f"{phrase.upper()}: my order")
    assert not answers_by_itself(f"{phrase} is what I got")
    assert not answers_by_itself(f"RE: {phrase}: my order")


@pytest.mark.parametrize("word", ANSWERS_BEFORE_COLON.split("|"))
def test_words_of_absence_count_only_before_a_colon(word: str) -> None:
    assert answers_by_itself(f"{word}: my order")
    assert not answers_by_itself(word)


def test_our_own_domain_and_an_empty_envelope_sender_are_machines() -> None:
    person = (("from", "ann@shop.example"),)

    assert machine_mail(person) is None
    assert machine_mail(person, own_domains={"shop.example"}) == "own-domain"
    assert machine_mail(person, envelope_source="") == "null-return-path"


@pytest.mark.parametrize("method", ["REPLY", "counter", "DECLINECOUNTER"])
def test_an_answer_to_an_invitation_is_a_calendars(method: str) -> None:
    assert machine_mail((("from", "ann@customer.example"),), calendar_method=method) == "calendar"


def test_an_invitation_is_a_persons() -> None:
    assert machine_mail((("from", "ann@customer.example"),), calendar_method="REQUEST") is None


def test_a_subject_is_read_to_200_characters() -> None:
    assert not answers_by_itself(" " * 200 + "Automatic reply: late")


NAMES = st.sampled_from(
    ["from", "subject", "return-path", "sender", "content-type", "auto-submitted", "precedence", "x-liana-loop", "to"]
)


@given(st.lists(st.tuples(NAMES | st.text(), st.text())), st.none() | st.text(), st.text())
def test_no_header_breaks_the_question(headers: list[tuple[str, str]], source: str | None, method: str) -> None:
    answer = machine_mail(headers, envelope_source=source, loop_token="t", calendar_method=method)

    assert answer is None or answer
