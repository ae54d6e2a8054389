"""How mail programs and people write: data for the tests of what is new in a mail.

`LANGUAGES` has what every program translates, `PROGRAMS` what single ones do, `BANNERS` and `TAILS` what others add,
`LETTERS` what people write that looks like any of these.
"""

from dataclasses import dataclass

AUTHOR = "Shop <help@shop.example>"


@dataclass(frozen=True)
class Language:
    """`wrote`: lines that open a quote. `labels`: From, Sent, To, Subject of Outlook. The rest are titles."""

    tag: str
    wrote: tuple[str, ...]
    labels: str
    original: str
    forwarded: str
    tagline: str

    def block(self, form: str = "{label}: {value}") -> str:
        values = (AUTHOR, "23.11.2026 10:00", "Ann Lee", "Your order")
        pairs = zip(self.labels.split("|"), values, strict=True)
        return "\n".join(form.format(label=label, value=value) for label, value in pairs)


def _language(tag: str, labels: str, original: str, forwarded: str, tagline: str, *wrote: str) -> Language:
    return Language(tag, tuple(w.replace("SHOP", AUTHOR) for w in wrote), labels, original, forwarded, tagline)


# `SHOP` stands for the author.
# fmt: off
LANGUAGES = (
    _language(
        "en", "From|Sent|To|Subject", "Original Message", "Begin forwarded message", "Sent from my iPhone",
        "On Mon, Nov 23, 2026 at 10:00 AM SHOP wrote:", "On 23 Nov 2026, at 10:00, SHOP wrote:",
    ),
    _language(
        "de", "Von|Gesendet|An|Betreff", "Ursprüngliche Nachricht", "Anfang der weitergeleiteten Nachricht",
        "Von meinem iPhone gesendet",
        "Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb SHOP:", "SHOP schrieb am Mo. 23. Nov. 2026 um 10:00:",
    ),
    _language(
        "fr", "De|Envoyé|À|Objet", "Message d'origine", "Début du message transféré", "Envoyé de mon iPhone",
        "Le lun. 23 nov. 2026 à 10:00, SHOP a écrit :", "Le 23 nov. 2026 à 10:00, SHOP a écrit :",
    ),
    _language(
        "es", "De|Enviado el|Para|Asunto", "Mensaje original", "Inicio del mensaje reenviado",
        "Enviado desde mi iPhone",
        "El lun, 23 nov 2026 a las 10:00, Shop (<help@shop.example>) escribió:",
        "El 23 nov 2026, a las 10:00, SHOP escribió:",
    ),
    _language(
        "pt-BR", "De|Enviada em|Para|Assunto", "Mensagem original", "Início da mensagem encaminhada",
        "Enviado do meu iPhone",
        "Em seg., 23 de nov. de 2026 às 10:00, SHOP escreveu:", "Em 23 de nov. de 2026, à(s) 10:00, SHOP escreveu:",
    ),
    _language(
        "pt-PT", "De|Enviado|Para|Assunto", "Mensagem Original", "Início da mensagem reencaminhada",
        "Enviado a partir do meu iPhone",
        "SHOP escreveu (segunda, 23/11/2026 à(s) 10:00):", "No dia 23/11/2026, às 10:00, SHOP escreveu:",
    ),
    _language(
        "it", "Da|Inviato|A|Oggetto", "Messaggio originale", "Inizio messaggio inoltrato", "Inviato da iPhone",
        "Il giorno lun 23 nov 2026 alle ore 10:00 SHOP ha scritto:",
        "Il giorno 23 nov 2026, alle ore 10:00, SHOP ha scritto:",
    ),
    _language(
        "nl", "Van|Verzonden|Aan|Onderwerp", "Oorspronkelijk bericht", "Begin doorgestuurd bericht",
        "Verstuurd vanaf mijn iPhone",
        "Op ma 23 nov 2026 om 10:00 schreef SHOP:", "Op 23 nov 2026 om 10:00 heeft SHOP het volgende geschreven:",
    ),
    _language(
        "sv", "Från|Skickat|Till|Ämne", "Ursprungligt meddelande", "Vidarebefordrat brev", "Skickat från min iPhone",
        "Den mån 23 nov. 2026 kl 10:00 skrev SHOP:", "23 nov. 2026 kl. 10:00 skrev SHOP:",
    ),
    _language(
        "da", "Fra|Sendt|Til|Emne", "Oprindelig meddelelse", "Start på videresendt besked", "Sendt fra min iPhone",
        "Den man. 23. nov. 2026 kl. 10.00 skrev SHOP:", "Den 23. nov. 2026 kl. 10.00 skrev SHOP:",
    ),
    _language(
        "nb", "Fra|Sendt|Til|Emne", "Opprinnelig melding", "Videresendt melding", "Sendt fra min iPhone",
        "man. 23. nov. 2026 kl. 10:00 skrev SHOP:", "Den 23.11.2026 10:00, skrev Shop:",
    ),
    _language(
        "fi", "Lähettäjä|Lähetetty|Vastaanottaja|Aihe", "Alkuperäinen viesti", "Välitetty viesti alkaa",
        "Lähetetty iPhonesta",
        "ma 23. marrask. 2026 klo 10.00 Shop (help@shop.example) kirjoitti:", "SHOP kirjoitti 23.11.2026 kello 10.00:",
    ),
    _language(
        "is", "Frá|Sent|Til|Efni", "Upprunaleg skilaboð", "Áframsent bréf", "Sent úr iPhone",
        "Þann mán., 23. nóv. 2026 kl. 10:00 skrifaði SHOP:",
    ),
    _language(
        "et", "Saatja|Saadetud|Adressaat|Teema", "Algne kiri", "Edastatud kiri", "Saadetud minu iPhone'ist",
        "Kontakt Shop (<help@shop.example>) kirjutas kuupäeval E, 23. november 2026 kell 10:00:",
    ),
    _language(
        "lv", "No|Nosūtīts|Kam|Tēma", "Sākotnējais ziņojums", "Pārsūtīts ziņojums", "Nosūtīts no mana iPhone",
        "pirmd., 2026. g. 23. nov., plkst. 10:00 — lietotājs Shop (<help@shop.example>) rakstīja:",
    ),
    _language(
        "lt", "Nuo|Išsiųsta|Kam|Tema", "Pradinis laiškas", "Persiųstas laiškas", "Išsiųsta iš mano iPhone",
        "2026-11-23, pr, 10:00 SHOP rašė:",
    ),
    _language(
        "pl", "Od|Wysłano|Do|Temat", "Wiadomość oryginalna", "Początek przekazywanej wiadomości", "Wysłane z iPhone'a",
        "pon., 23 lis 2026 o 10:00 SHOP napisał(a):",
        "Wiadomość napisana przez SHOP w dniu 23 lis 2026, o godz. 10:00:",
        "W dniu 23.11.2026 o 10:00, Shop pisze:",
    ),
    _language(
        "cs", "Od|Odesláno|Komu|Předmět", "Původní zpráva", "Začátek přeposílané zprávy", "Odesláno z mého iPhonu",
        "po 23. 11. 2026 v 10:00 odesílatel SHOP napsal:", "23. 11. 2026 v 10:00, SHOP:",
    ),
    _language(
        "sk", "Od|Odoslané|Komu|Predmet", "Pôvodná správa", "Začiatok preposlanej správy", "Odoslané z iPhonu",
        "po 23. 11. 2026 o 10:00 SHOP napísal(a):", "Dňa 23. 11. 2026 o 10:00 používateľ SHOP napísal:",
    ),
    _language(
        "sl", "Od|Poslano|Za|Zadeva", "Izvirno sporočilo", "Začetek posredovanega sporočila", "Poslano z mojega iPhona",
        "V V pon., 23. nov. 2026 ob 10:00 je oseba SHOP napisala:", "Dne 23.11.2026 ob 10:00 je Shop napisal(a):",
    ),
    _language(
        "hr", "Šalje|Poslano|Prima|Predmet", "Izvorna poruka", "Proslijeđena poruka", "Poslano s mog iPhonea",
        "pon, 23. stu 2026. u 10:00 SHOP napisao je:", "Dana 23. stu 2026., u 10:00, SHOP je napisao:",
    ),
    _language(
        "sr-Cyrl", "Од|Послато|За|Наслов", "Оригинална порука", "Прослеђена порука", "Послато са мог iPhone-а",
        "пон, 23. нов 2026. у 10:00 SHOP је написао/ла:",
    ),
    _language(
        "sr-Latn", "Od|Poslato|Za|Naslov", "Originalna poruka", "Prosleđena poruka", "Poslato sa mog iPhone-a",
        "pon, 23. nov 2026. u 10:00 SHOP je napisao/la:",
    ),
    _language(
        "bs", "Od|Poslano|Prima|Tema", "Originalna poruka", "Proslijeđena poruka", "Poslano sa mog iPhone-a",
        "SHOP je napisao/la dana pon, 23. nov 2026. u 10:00:",
    ),
    _language(
        "hu", "Feladó|Elküldve|Címzett|Tárgy", "Eredeti üzenet", "Továbbított levél kezdete",
        "Elküldve az iPhone-omról",
        "SHOP ezt írta (időpont: 2026. nov. 23., H, 10:00):",
        "2026. nov. 23. dátummal, 10:00 időpontban SHOP írta:",
    ),
    _language(
        "ro", "De la|Trimis|Către|Subiect", "Mesaj original", "Începutul mesajului redirecționat",
        "Trimis de pe iPhone-ul meu",
        "În lun., 23 nov. 2026 la 10:00, SHOP a scris:", "Pe 23 nov. 2026, la 10:00, SHOP a scris:",
    ),
    _language(
        "bg", "От|Изпратено|До|Относно", "Оригинално съобщение", "Препратено съобщение", "Изпратено от моя iPhone",
        "На пн, 23.11.2026 г. в 10:00 SHOP написа:",
    ),
    _language(
        "mk", "Од|Испратено|До|Предмет", "Изворна порака", "Проследена порака", "Испратено од мојот iPhone",
        "На 23.11.2026 во 10:00, SHOP напиша:",
    ),
    _language(
        "el", "Από|Στάλθηκε|Προς|Θέμα", "Αρχικό μήνυμα", "Έναρξη προωθημένου μηνύματος", "Στάλθηκε από το iPhone μου",
        "Στις Δευ 23 Νοε 2026 στις 10:00 π.μ., ο/η SHOP έγραψε:",
    ),
    _language(
        "ru", "От|Отправлено|Кому|Тема", "Исходное сообщение", "Начало переадресованного сообщения",
        "Отправлено с iPhone",
        "пн, 23 нояб. 2026 г. в 10:00, SHOP:", "Понедельник, 23 ноября 2026, 10:00 +03:00 от SHOP:",
        '23.11.2026, 10:00, "Shop" <help@shop.example>:', "23.11.2026 10:00, Shop пишет:",
    ),
    _language(
        "uk", "Від|Надіслано|Кому|Тема", "Оригінальне повідомлення", "Початок листа, що пересилається",
        "Надіслано з iPhone",
        "пн, 23 лист. 2026 р. о 10:00 SHOP пише:",
    ),
    _language(
        "be", "Ад|Адпраўлена|Каму|Тэма", "Зыходнае паведамленне", "Перасланае паведамленне",
        "Адпраўлена з майго iPhone",
        "пн, 23 ліс 2026 г. у 10:00 SHOP піша:",
    ),
    _language(
        "tr", "Kimden|Gönderildi|Kime|Konu", "Özgün İleti", "İletilen ileti başlangıcı", "iPhone'umdan gönderildi",
        "SHOP, 23 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:", "SHOP şunları yazdı (23 Kas 2026 10:00):",
    ),
    _language(
        "az", "Kimdən|Göndərildi|Kimə|Mövzu", "Orijinal mesaj", "Yönləndirilmiş mesaj", "iPhone-umdan göndərildi",
        "SHOP, 23 noy 2026, 10:00 tarixində yazdı:",
    ),
    _language(
        "he", "מאת|נשלח|אל|נושא", "הודעה מקורית", "תחילת ההודעה שהועברה", "נשלח מה-iPhone שלי",
        "\u200fבתאריך יום ב׳, 23 בנוב׳ 2026 ב-10:00 מאת \u200fShop\u200f <help@shop.example\u200f>:\u200f",
        "בתאריך 23 בנוב׳ 2026, בשעה 10:00, SHOP כתב/ה:",
    ),
    _language(
        "ar", "من|تم الإرسال|إلى|الموضوع", "الرسالة الأصلية", "بداية الرسالة المعاد توجيهها", "تم الإرسال من iPhone",
        "في الاثنين، 23 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة SHOP:",
        "في ٢٣ نوفمبر ٢٠٢٦، الساعة ١٠:٠٠ ص، كتب/كتبت SHOP:",
    ),
    _language(
        "fa", "از|ارسال شده|به|موضوع", "پیام اصلی", "پیام هدایت‌شده", "ارسال شده از iPhone من",
        "در تاریخ دوشنبه ۲۳ نوامبر ۲۰۲۶ ساعت ۱۰:۰۰ SHOP نوشت:",
    ),
    _language(
        "hi", "प्रेषक|भेजा गया|प्रति|विषय", "मूल संदेश", "अग्रेषित संदेश", "मेरे iPhone से भेजा गया",
        "सोम, 23 नव॰ 2026 को 10:00 am बजे को SHOP ने लिखा:",
    ),
    _language(
        "th", "จาก|ส่ง|ถึง|เรื่อง", "ข้อความต้นฉบับ", "ข้อความที่ส่งต่อ", "ส่งจาก iPhone ของฉัน",
        "ในวันที่ จ. 23 พ.ย. 2026 เวลา 10:00 SHOP เขียนว่า:",
    ),
    _language(
        "vi", "Từ|Đã gửi|Đến|Chủ đề", "Thư gốc", "Thư được chuyển tiếp", "Đã gửi từ iPhone của tôi",
        "Vào Th 2, 23 thg 11, 2026 vào lúc 10:00 SHOP đã viết:",
    ),
    _language(
        "id", "Dari|Dikirim|Kepada|Perihal", "Pesan Asli", "Pesan terusan dimulai", "Dikirim dari iPhone saya",
        "Pada tanggal Sen, 23 Nov 2026 pukul 10.00 SHOP menulis:",
    ),
    _language(
        "ms", "Daripada|Dihantar|Kepada|Subjek", "Mesej Asal", "Mesej yang dimajukan", "Dihantar daripada iPhone saya",
        "Pada Isn, 23 Nov 2026 pada 10:00 PG SHOP menulis:",
    ),
    _language(
        "zh-Hans", "发件人|发送时间|收件人|主题", "原始邮件", "下面是被转发的邮件", "发自我的iPhone",
        "SHOP 于2026年11月23日周一 10:00写道：", "在 2026年11月23日，上午10:00，SHOP 写道：",
        'At 2026-11-23 10:00:00, "Shop" <help@shop.example> wrote:',
    ),
    _language(
        "zh-Hant", "寄件者|寄件日期|收件者|主旨", "原始郵件", "以下是轉寄的郵件", "從我的 iPhone 傳送",
        "SHOP 於 2026年11月23日 週一 上午10:00寫道：", "在 2026年11月23日 上午10:00，SHOP 寫道：",
    ),
    _language(
        "ja", "差出人|送信日時|宛先|件名", "元のメッセージ", "転送されたメッセージ", "iPhoneから送信",
        "2026年11月23日(月) 10:00 SHOP:", "2026/11/23 10:00、SHOPのメール:",
    ),
    _language(
        "ko", "보낸 사람|보낸 날짜|받는 사람|제목", "원본 메시지", "전달된 메시지", "나의 iPhone에서 보냄",
        "2026년 11월 23일 (월) 오전 10:00, SHOP님이 작성:", "2026. 11. 23. 오전 10:00, SHOP 작성:",
    ),
    _language(
        "ca", "De|Enviat el|Per a|Assumpte", "Missatge original", "Inici del missatge reenviat",
        "Enviat des del meu iPhone",
        "Missatge de SHOP del dia dl., 23 de nov. 2026 a les 10:00:", "El 23 nov 2026, a les 10:00, SHOP va escriure:",
    ),
    _language(
        "gl", "De|Enviado|Para|Asunto", "Mensaxe orixinal", "Mensaxe reenviada", "Enviado dende o meu iPhone",
        "O luns, 23 nov 2026 ás 10:00, Shop (<help@shop.example>) escribiu:",
    ),
    _language(
        "eu", "Nork|Bidalia|Nori|Gaia", "Jatorrizko mezua", "Birbidalitako mezua", "Nire iPhonetik bidalia",
        "Shop (<help@shop.example>) igorleak hau idatzi du (2026 aza. 23(a), al. (10:00)):",
    ),
    _language(
        "ga", "Ó|Seolta|Chuig|Ábhar", "Bunteachtaireacht", "Teachtaireacht curtha ar aghaidh", "Seolta ó m'iPhone",
        "Ar Luan 23 Samh 2026 ag 10:00, scríobh SHOP:",
    ),
)
# fmt: on

# Thunderbird's "On #date, #author wrote:", by its localisations.
THUNDERBIRD = """
W dniu 13.05.2026 o 09:12, Support pisze:
Dne 13. 05. 26 v 9:12 Support napsal(a):
Dňa 13.05.2026 o 9:12 Support napísal(a):
13.05.2026 9:12, Support пишет:
Il 13/05/2026 09:12, Support ha scritto:
Op 13-05-2026 om 09:12 schreef Support:
Em 13/05/2026 09:12, Support escreveu:
El 13/5/26 a las 9:12, Support escribió:
On 2026/05/13 9:12, Support wrote:
2026. 05. 13. 9:12 keltezéssel, Support írta:
Den 2026-05-13 kl. 09:12, skrev Support:
Support kirjoitti 13.5.2026 klo 9.12:
13.05.2026 09:12 tarihinde Support yazdı:
Στις 13/5/26 09:12, ο/η Support έγραψε:
2026-05-13 오전 9:12에 Support 이(가) 쓴 글:
Support 於 2026/5/13 上午 09:12 寫道:
在 2026/5/13 9:12, Support 写道:
בתאריך 13/05/2026 09:12, Support כתב:
Support kirjutas 13.05.2026 kell 09:12:
2026-05-13 09:12, Support rašė:
V 13. 05. 2026 ob 09:12 je Support napisal(a):
Den 13.05.2026 kl. 09.12 skrev Support:
Vào 13/05/2026 09:12, Support đã viết:
في 13/5/2026 9:12 ص، كتب Support:
La 13.05.2026 09:12, Support a scris:
На 13.5.2026 г. в 9:12 ч., Support написа:
13.05.26 09:12, Support пише:
""".strip().splitlines()

# What programs write above and around the mail they answer, all of it: `=== name` and the text.
_PROGRAMS = """
=== Thunderbird, author only
Shop wrote:
> old
=== Thunderbird, author first
Shop schrieb am 23.11.2026 um 10:00:
> old
=== Roundcube
On 2026-11-23 10:00, Shop wrote:
> old
=== Roundcube, German
Am 2026-11-23 10:00, schrieb Shop:
> old
=== Horde
Quoting Shop <help@shop.example>:

> old
=== Horde, German
Zitat von Shop <help@shop.example>:

> old
=== Gnus
Shop <help@shop.example> writes:

> old
=== Mutt
On Mon, Nov 23, 2026 at 10:00:00AM +0100, Shop wrote:
> old
=== Evolution
On Mon, 2026-11-23 at 10:00 +0100, Shop wrote:
> old
=== KMail
On Monday, 23 November 2026 10:00:00 CET Shop wrote:
> old
=== Pine
On Mon, 23 Nov 2026, Shop wrote:

> old
=== SOGo
On Monday, November 23, 2026 10:00 CET, Shop <help@shop.example> wrote:

old
=== Spark
On Nov 23, 2026 at 10:00 +0100, Shop <help@shop.example>, wrote:

old
=== Zoho
---- On Mon, 23 Nov 2026 10:00:00 +0100 Shop <help@shop.example> wrote ----

old
=== Zoho, with a rule
============ On Mon, 23 Nov 2026 10:00:00 +0100 Shop <help@shop.example> wrote ============
old
=== Proton
------- Original Message -------
On Monday, November 23rd, 2026 at 10:00 AM, Shop <help@shop.example> wrote:

> old
=== Tutanota
23 Nov 2026, 10:00 by help@shop.example:

> old
=== HEY
On November 23, 2026, Shop <help@shop.example> wrote:

old
=== Superhuman
On Mon, Nov 23, 2026 at 10:00 AM, Shop < help@shop.example > wrote:

old
=== Yahoo
On Monday, November 23, 2026, 10:00:00 AM GMT+1, Shop <help@shop.example> wrote:

old
=== Yahoo Mail on Android
Sent from Yahoo Mail on Android

  On Mon, Nov 23, 2026 at 10:00, Shop<help@shop.example> wrote:   old
=== Gmail, broken address
On Mon, Nov 23, 2026 at 10:00 AM A Long Name of a Shop <
customer.service@shop.example> wrote:

> old
=== Gmail, broken after the date
On Mon, Nov 23, 2026 at 10:00 AM
Shop
<help@shop.example>
wrote:

> old
=== Gmail, linked address
On Mon, Nov 23, 2026 at 10:00 AM Shop <help@shop.example<mailto:help@shop.example>> wrote:
old
=== Outlook for Mac
On 11/23/26, 10:00 AM, "Shop" <help@shop.example> wrote:

    old
=== name first, broken
A Very Long Name of a Shop with Many Departments and Many People
<help@shop.example> ezt írta (időpont: 2026. nov. 23., H, 10:00):

> old
=== Samsung
-------- Original message --------
From: Shop <help@shop.example>
Date: 11/23/26  10:00 AM  (GMT+01:00)
To: ann@customer.example
Subject: Your order

old
=== BlackBerry
  Original Message
From: help@shop.example
Sent: Monday, November 23, 2026 10:00 AM
To: Ann
Reply To: help@shop.example
Subject: Your order

old
=== GMX
Gesendet: Montag, 23. November 2026 um 10:00 Uhr
Von: Shop <help@shop.example>
An: ann@customer.example
Betreff: Your order
old
=== T-Online
-----Original-Nachricht-----
Betreff: Your order
Datum: 2026-11-23T10:00:00+0100
Von: Shop <help@shop.example>
An: ann@customer.example

old
=== Orange
> Message du 23/11/26 10:00
> De : Shop <help@shop.example>
> A : ann@customer.example
> Objet : Your order
>
> old
=== Orange, new
envoyé : 23 novembre 2026 à 10:00
de : Shop <help@shop.example>
à : ann@customer.example
objet : Your order

old
=== Free, Zimbra
----- Mail original -----
De: Shop <help@shop.example>
À: ann@customer.example
Envoyé: Lundi 23 Novembre 2026 10:00:00
Objet: Your order

old
=== QQ
------------------ 原始邮件 ------------------
发件人: "Shop" <help@shop.example>;
发送时间: 2026年11月23日(星期一) 上午10:00
收件人: "Ann"<ann@customer.example>;
主题: Your order

old
=== QQ, English
------------------ Original ------------------
From: "Shop"<help@shop.example>;
Date: Mon, Nov 23, 2026 10:00 AM
To: Ann;
Subject: Your order

old
=== NetEase
---- 回复的原邮件 ----
| 发件人 | Shop<help@shop.example> |
| 发送日期 | 2026年11月23日 10:00 |
| 收件人 | Ann |
| 主题 | Your order |
old
=== Naver
-----Original Message-----
From: "Shop"<help@shop.example>
To: Ann
Cc:
Sent: 2026-11-23 (월) 10:00:00
Subject: Your order

old
=== Daum
--------- 원본 메일 ---------
보낸사람: Shop
받는사람: Ann
날짜: 2026년 11월 23일
제목: Your order

old
=== Hotmail
Subject: Your order
From: help@shop.example
To: ann@customer.example
Date: Mon, 23 Nov 2026 10:00:00 +0000

old
=== Lotus Notes
From:	Shop <help@shop.example>
To:	Ann Lee
Date:	23.11.2026 10:00
Subject:	Your order


old
=== Outlook, paragraphs
From: Shop <help@shop.example>

Sent: Monday, November 23, 2026 10:00 AM

To: Ann

Subject: Your order

old
=== Outlook, all fields
________________________________
From: Shop <help@shop.example>
Sent: Monday, November 23, 2026 10:00 AM
To: Ann
Cc: Bob; Eve
Reply-To: help@shop.example
Subject: Your order
Importance: High
Attachments: a.pdf

old
=== Outlook, From and Sent
From: Shop <help@shop.example>
Sent: Monday, November 23, 2026 10:00 AM

old
=== Outlook, one line
From: Shop <help@shop.example> Sent: Monday, November 23, 2026 10:00 AM To: Ann Subject: Your order
old
=== Outlook, mailto
From: Shop [mailto:help@shop.example]
Sent: Monday, November 23, 2026 10:00 AM
To: Ann
Subject: Your order

old
=== bullets
- From: Shop <help@shop.example>
- Date: Mon, 23 Nov 2026
- To: Ann
- Subject: Your order

old
=== GitHub
—
Reply to this email directly, view it on GitHub, or unsubscribe.
=== Zendesk
##- Please type your reply above this line -##
old
=== Jira
—-—-—-—
Reply above this line.

old
=== Freshdesk, German
--- Bitte antworten Sie oberhalb dieser Zeile ---

old
=== quoted with bars
Shop wrote:

| old
| older
=== quoted with initials
SH> old
SH> older
=== nested
On 23 Nov 2026, at 10:00, Shop <help@shop.example> wrote:

> On 22 Nov 2026, Ann wrote:
>
>> older
>
> old
=== chained
On 23 Nov 2026, at 10:00, Shop <help@shop.example> wrote:


old

On 22 Nov 2026, at 9:00, Ann <a@b.example> wrote:

older
=== Outlook for Android, French
Télécharger Outlook pour Android<https://aka.ms/AAb9ysg>
________________________________
De : Support <support@shop.example>
Envoyé : mercredi 13 mai 2026 09:12:11
À : Ann Lee <ann@customer.example>
Objet : Re: commande

Bonjour
=== Outlook, Spanish
De: Soporte <soporte@shop.example>
Fecha: miércoles, 13 de mayo de 2026, 9:12
Para: Ann Lee <ann@customer.example>
Asunto: Pedido

Hola Ann
=== Gmail, signed below
On Wed, May 13, 2026 at 9:12 AM Support <support@shop.example> wrote:

> Hello Ann
>
> please send photos

--

Ann Lee
CEO
=== roundcube ru
Support писал 2026-05-13 09:12:
> Здравствуйте
=== roundcube fr
Le 2026-05-13 09:12, Support a écrit :
> Bonjour
=== K-9 Mail
--
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.

Am 13. Mai 2026 09:12:11 MESZ schrieb Support <support@shop.example>:
>Hallo
>Ann
=== FairEmail
May 13, 2026 9:12:11 AM Support <support@shop.example>:

> Hello
=== iPhone, German
Von meinem iPhone gesendet

> Am 13.05.2026 um 09:12 schrieb Support <support@shop.example>:
>
> Hallo Ann
=== yahoo old
________________________________
 From: Support <support@shop.example>
To: Ann Lee <ann@customer.example>
Sent: Wednesday, May 13, 2026 9:12 AM
Subject: Re: lamp


Hello Ann
=== yahoo de
Am Mittwoch, 13. Mai 2026, 09:12:11 MESZ hat Support <support@shop.example> Folgendes geschrieben:

 Hallo Ann
=== yahoo fr
    Le mercredi 13 mai 2026 à 09:12:11 UTC+2, Support <support@shop.example> a écrit :

 Bonjour
=== yahoo es
    El miércoles, 13 de mayo de 2026, 09:12:11 CEST, Support <support@shop.example> escribió:

 Hola
=== web.de


Gesendet: Mittwoch, 13. Mai 2026 um 09:12 Uhr
Von: "Support" <support@shop.example>
An: ann@web.example
Betreff: Ihre Bestellung

Hallo Ann
=== Mail.ru
--
Анна Ли
Отправлено из Почты Mail.ru

>Среда, 13 мая 2026, 9:12 +03:00 от Support <support@shop.example>:
>
>Здравствуйте
=== Yandex, telephone
Отправлено из мобильной Яндекс Почты


13.05.2026, 09:12, Support <support@shop.example>:

Здравствуйте
=== Yandex


13.05.2026, 09:12, "Support" <support@shop.example>:
Здравствуйте, Анна
=== GroupWise
>>> Support <support@shop.example> 13.05.2026 09:12 >>>
Hello Ann
=== GroupWise, quoted name
>>> "Support" <support@shop.example> 13/05/26 09:12 >>>

Hello Ann,

we got it.
=== Open-Xchange
> Support <support@shop.example> hat am 13.05.2026 09:12 CEST geschrieben:
>
>
> Hallo Ann
=== Open-Xchange, unmarked
  Support <support@shop.example> hat am 13.05.2026 09:12 CEST geschrieben:


  Hallo Ann
=== mailbird
On 5/13/2026 9:12:11 AM, Support <support@shop.example> wrote:
Hello Ann
=== eM Client, new
------ Original Message ------
From "Support" <support@shop.example>
To "Ann" <ann@customer.example>
Date 5/13/2026 9:12:11 AM
Subject lamp

Hello
=== The Bat
Wednesday, May 13, 2026, 9:12:11 AM, you wrote:

S> Hello Ann
S> please send photos
=== windows live mail
From: Support
Sent: Wednesday, May 13, 2026 9:12 AM
To: Ann Lee
Subject: Re: lamp

Hello Ann
=== Outlook for Mac, new
From: Support <support@shop.example>
Date: Wednesday, 13 May 2026 at 09:12
To: Ann Lee <ann@customer.example>
Subject: Re: lamp

Hello
=== Samsung, Portuguese
Enviado do meu celular Samsung

Em qua, 13 de mai de 2026 09:12, Support <support@shop.example> escreveu:
> Olá
=== Orange, telephone
Envoyé depuis l'application Mail Orange

----------------------------------------

De : Support <support@shop.example>
Date : 13/05/2026 09:12
À : ann@orange.example
Objet : lampe

Bonjour
=== Galaxy, French
Envoyé de mon Galaxy A52 5G Orange


-------- Message d'origine --------
De : Support <support@shop.example>
Date : 13/05/2026 09:12 (GMT+01:00)
À : ann@orange.example
Objet : lampe

Bonjour
=== fa gmail
در تاریخ چهارشنبه ۱۳ مهٔ ۲۰۲۶، ۹:۱۲ Support <support@shop.example> نوشت:

> سلام
=== Gmail, German, broken
Am Di., 12. Mai 2026 um 14:03 Uhr schrieb Kundenservice
<service@shop.example>:

> Lorem ipsum dolor sit amet, consectetur adipiscing elit.
> Morbi auctor lacus in metus vehicula.
=== Gmail, German, name first
Kundenservice <service@shop.example> schrieb am Di., 12. Mai 2026, 14:03:

> Lorem ipsum dolor sit amet, consectetur adipiscing elit.
> Morbi auctor lacus in metus vehicula.
=== Outlook, German, Markdown
**Von:** Kundenservice <service@shop.example>
**Gesendet:** Dienstag, 12. Mai 2026 14:03
**An:** Ann Lee <ann@x.example>
**Betreff:** AW: Paket

Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== T-Online, no address
-----Original-Nachricht-----
Von: Kundenservice <service@shop.example>
Betreff: AW: Paket
Datum: 12.05.2026, 14:03 Uhr
An: ann@t-online.example

Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== telekom app
Gesendet mit der Telekom Mail App


-------- Ursprüngliche Nachricht --------
Von: Kundenservice
Datum: Dienstag 12. Mai 2026 14:03
An: ann
Betreff: Paket

Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== 1&1, German
> Kundenservice <service@shop.example> hat am 12. Mai 2026 um 14:03 geschrieben:
>
>
> Lorem ipsum dolor sit amet, consectetur adipiscing elit.
> Morbi auctor lacus in metus vehicula.
=== Gmail, narrow space
On Tue, May 12, 2026 at 2:03\N{NARROW NO-BREAK SPACE}PM Shop <s@shop.example> wrote:

> Lorem ipsum dolor sit amet, consectetur adipiscing elit.
> Morbi auctor lacus in metus vehicula.
=== Gmail, Markdown link
On Tue, May 12, 2026 at 2:03 PM Shop <[s@shop.example](mailto:s@shop.example)> wrote:

> Lorem ipsum dolor sit amet, consectetur adipiscing elit.
> Morbi auctor lacus in metus vehicula.
=== Google Groups
On Tuesday, May 12, 2026 at 2:03:22 PM UTC+2 s...@shop.example wrote:

> x

--
You received this message because you are subscribed to the Google Groups "x" group.
To view this discussion visit https://groups.example/d/x.
=== Mailman
On Tue, 12 May 2026 14:03:22 +0200
Shop <s@shop.example> wrote:

> x
_______________________________________________
Users mailing list -- users@lists.example
To unsubscribe send an email to users-leave@lists.example
=== Seznam
---------- Původní e-mail ----------
Od: Shop <s@shop.example>
Komu: ann@seznam.example
Datum: 12. 5. 2026 14:03:22
Předmět: Re: Lampa
Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== seznam2
---------- Původní zpráva ----------
Od: Shop
Datum: 12. 5. 2026
Předmět: Lampa
Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== interia
Od: "Shop" <s@shop.example>
Do: ann@interia.example;
Wysłane: 14:03 Wtorek 2026-05-12
Temat: Lampa

Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== o2
Dnia 12 maja 2026 14:03 Shop &lt;s@shop.example&gt; napisał(a):
Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== libero2
----Messaggio originale----
Da: s@shop.example
Data: 12-mag-2026 14.03
A: <ann@libero.example>
Ogg: Lampada

Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== laposte
> Message du 12/05/26 14:03
> De : "Shop"
> A : ann@laposte.example
> Copie à :
> Objet : Re: lampe
>
> x
=== sfr
========================================
Message du : 12/05/2026 14:03
De : "Shop" <s@shop.example>
A : ann@sfr.example
Copie à :
Sujet : Re: lampe

Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== seznam en
---------- Original e-mail ----------
From: Shop <s@shop.example>
To: a@b.example
Date: 5/12/2026 2:03:22 PM
Subject: x
Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== ukr.net
12 травня 2026, 14:03:22, від "Shop" <s@shop.example>:

> x
=== ukr.net2
--- Оригінальне повідомлення ---
Від кого: "Shop" <s@shop.example>
Дата: 12 травня 2026, 14:03:22

Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== citromail
Shop <s@shop.example> ezt írta 2026. máj.. 12., K-n 14:03:22 időpontban:

> x
=== freemail hu
-------- Eredeti levél --------
Feladó: Shop < s@shop.example (Link -> mailto:s@shop.example) >
Dátum: 2026 május 12 14:03:22
Tárgy: lámpa
Címzett: Ann < a@b.example >

Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== uol
De: "Shop" <s@shop.example>
Enviada: 2026/05/12 14:03:22
Para: ann@uol.example
Assunto: Re: lampada

Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== terra
Em Ter 12/05/26 14:03, Shop s@shop.example escreveu:
> x
=== Outlook, Markdown
* * *

**From:** Shop <s@shop.example>
**Sent:** Tuesday, May 12, 2026 2:03:22 PM
**To:** Ann
**Subject:** lamp

Lorem ipsum dolor sit amet, consectetur adipiscing elit.
Morbi auctor lacus in metus vehicula.
=== aol app
On Tuesday, May 12, 2026, Bob <bob@x.example> wrote:

Hello Ann,

would Friday suit you?

Bob
=== yahoo classic
--- On Tue, 5/12/26, Bob <bob@x.example> wrote:


From: Bob <bob@x.example>
Subject: Friday
To: "Ann" <ann@x.example>
Date: Tuesday, May 12, 2026, 2:03 PM


Hello Ann,

would Friday suit you?

Bob
=== Outlook, names only
_____________________________________________
From: Bob Ray
Sent: 12 May 2026 14:03
To: Ann Lee


Hello Ann,

would Friday suit you?

Bob
=== Outlook, one bold line
*From:* Bob <bob@x.example> *Sent:* 12 May 2026 14:03 *To:* Ann <ann@x.example> *Subject:* Friday

Hello Ann,

would Friday suit you?

Bob
=== Gmail of 2014
2026-05-12 14:03 GMT+02:00 Bob Ray <bob@x.example>:

> Hello Ann,
>
> would Friday suit you?
>
> Bob
=== gmail no year
On May 12, 14:03, Bob Ray <bob@x.example> wrote:

> Hello Ann,
>
> would Friday suit you?
>
> Bob
=== weekday only
On Tuesday, Bob Ray wrote:
> Hello Ann,
>
> would Friday suit you?
>
> Bob
=== lotus wrote
Bob Ray/LON/ACME wrote on 12/05/2026 14:03:22:

> Hello Ann,
>
> would Friday suit you?
>
> Bob
=== date first, no On
At 14:03 12/05/2026, Bob Ray wrote:
> Hello Ann,
>
> would Friday suit you?
>
> Bob
=== eudora
At 02:03 PM 5/12/2026 -0500, you wrote:
>Hello Ann,
>would Friday suit you?
=== newsreader
In article <abc@x.example>, Bob Ray <bob@x.example> writes:
> Hello Ann,
>
> would Friday suit you?
>
> Bob
=== claws
On Tue, 12 May 2026 14:03:22 +0200
Bob Ray <bob@x.example> wrote:

> Hello Ann,
>
> would Friday suit you?
>
> Bob
=== sylpheed de
Am Tue, 12 May 2026 14:03:22 +0200
schrieb Bob Ray <bob@x.example>:

> Hello Ann,
>
> would Friday suit you?
>
> Bob
=== mailspring
On May 12 2026, at 2:03 pm, Bob Ray <bob@x.example> wrote:
Hello Ann,

would Friday suit you?

Bob
=== bluemail
Get BlueMail for Android
On May 12, 2026, at 14:03, Bob Ray <bob@x.example> wrote:
Hello Ann,

would Friday suit you?

Bob
=== pl samsung
-------- Oryginalna wiadomość --------
Od: Bob Ray <bob@x.example>
Data: 12.05.2026 14:03 (GMT+01:00)
Do: ann@x.example
Temat: Piątek

Hello Ann,

would Friday suit you?

Bob
=== ru samsung
-------- Исходное сообщение --------
От: Bob Ray <bob@x.example>
Дата: 12.05.2026 14:03 (GMT+03:00)
Кому: ann@x.example
Тема: Пятница

Hello Ann,

would Friday suit you?

Bob
=== ro yahoo
În marți, 12 mai 2026 la 14:03:22 EEST, Bob Ray <bob@x.example> a scris:

Hello Ann,

would Friday suit you?

Bob
=== el outlook
Από: Bob Ray <bob@x.example>
Αποστολή: Τρίτη, 12 Μαΐου 2026 14:03
Προς: Ann
Θέμα: x

Hello Ann,

would Friday suit you?

Bob
=== tr mobile
Kimden: Bob Ray <bob@x.example>
Tarih: 12 Mayıs 2026 14:03
Alıcı: Ann
Konu: x

Hello Ann,

would Friday suit you?

Bob
=== he outlook
מאת: Bob Ray <bob@x.example>
נשלח: יום שלישי 12 מאי 2026 14:03
אל: Ann
נושא: x

Hello Ann,

would Friday suit you?

Bob
=== bg abv
-------- Оригинално писмо --------
От: Bob Ray bob@x.example
Относно: x
До: ann@abv.example
Изпратено на: 12.05.2026 14:03

Hello Ann,

would Friday suit you?

Bob
=== sk azet
---------- Pôvodná správa ----------
Od: Bob Ray <bob@x.example>
Komu: ann@azet.example
Dátum: 12.5.2026
Predmet: x

Hello Ann,

would Friday suit you?

Bob
=== vi outlook mobile
________________________________
From: Bob Ray <bob@x.example>
Sent: Thứ Ba, Tháng Năm 12, 2026 2:03 CH
To: Ann
Subject: x

Hello Ann,

would Friday suit you?

Bob
=== escaped
On Tue, May 12, 2026 at 2:03 PM Bob Ray &lt;bob@x.example&gt; wrote:
Hello Ann,

would Friday suit you?

Bob
=== indented
	On Tue, May 12, 2026 at 2:03 PM Bob Ray <bob@x.example> wrote:
	Hello Ann,

would Friday suit you?

Bob
=== Gmail, broken with the quote
On Tue, May 12, 2026 at 2:03 PM Bob Ray
<bob@x.example>
> wrote:
>
> Hello
=== es wrote 2
Bob Ray <bob@x.example> escribió el mar., 12 may. 2026 14:03:

Hello Ann,

would Friday suit you?

Bob
=== nl outlook mobile
Outlook voor Android downloaden<https://aka.ms/AAb9ysg>
________________________________
Van: Bob Ray <bob@x.example>
Verzonden: dinsdag 12 mei 2026 14:03
Aan: Ann
Onderwerp: x

Hello Ann,

would Friday suit you?

Bob
=== nl ziggo
----- Oorspronkelijk bericht -----
Van: "Bob Ray" <bob@x.example>
Aan: ann@ziggo.example
Verzonden: Dinsdag 12 mei 2026 14:03
Onderwerp: x

Hello Ann,

would Friday suit you?

Bob
=== de exchange mobil
Von meinem Windows Phone gesendet
________________________________
Von: Bob Ray<mailto:bob@x.example>
Gesendet: 12.05.2026 14:03
An: Ann<mailto:ann@x.example>
Betreff: x

Hello Ann,

would Friday suit you?

Bob
=== de outlook neu
Outlook für iOS beziehen<https://aka.ms/o0ukef>
________________________________
Von: Bob Ray <bob@x.example>
Gesendet: Dienstag, Mai 12, 2026 2:03 PM
An: Ann <ann@x.example>
Betreff: x

Hello Ann,

would Friday suit you?

Bob
=== windows mail
Gesendet von Mail für Windows 10

Von: Bob Ray
Gesendet: Dienstag, 12. Mai 2026 14:03
An: Ann
Betreff: x

Hello Ann,

would Friday suit you?

Bob
=== Zendesk, quoted
On Tue, May 12, 2026 at 2:03 PM Bob (Shop) <support@shop.zendesk.example> wrote:

> ##- Please type your reply above this line -##
> Hello
=== Connectwise
*** Reply above this line to add a note to the ticket ***

Hello Ann,

would Friday suit you?

Bob
"""
PROGRAMS = {
    name: history
    for name, _, history in (part.partition("\n") for part in ("\n" + _PROGRAMS.strip()).split("\n=== ")[1:])
}

# What gateways put above a mail from outside, parted by `===`.
_BANNERS = """
CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless
you recognize the sender and know the content is safe.
===
CAUTION: This email originated from outside of the organization. Do not
click links or open attachments unless you recognize the sender and know the
content is safe.
===
*** EXTERNAL EMAIL ***
Think before you click links or open attachments.
===
EXTERNAL EMAIL
===
[EXTERNAL EMAIL]
===
[External] This message came from outside your organization.
===
This Message Is From an External Sender
This message came from outside your organization.
===
You don't often get email from ann@customer.example. Learn why this is
important<https://aka.ms/LearnAboutSenderIdentification>
===
Some people who received this message don't often get email from ann@customer.example.
Learn why this is important
===
VORSICHT: Externe E-Mail. Klicken Sie nicht auf Links und öffnen Sie keine Anhänge, wenn Sie den Absender nicht
kennen.
===
Achtung: Diese E-Mail stammt von außerhalb der Organisation. Öffnen Sie keine Anhänge von unbekannten Absendern.
===
Sie erhalten nicht oft eine E-Mail von ann@customer.example. Erfahren Sie, warum dies wichtig ist
===
ATTENTION : courriel externe. Ne cliquez pas sur les liens et n'ouvrez pas les pièces jointes à moins de
connaître l'expéditeur.
===
PRECAUCIÓN: Este correo electrónico se originó fuera de la organización. No haga clic en enlaces ni abra
archivos adjuntos a menos que reconozca al remitente.
===
ATENÇÃO: Este e-mail veio de fora da organização. Não clique em links nem abra anexos se não reconhecer o
remetente.
===
ATTENZIONE: questa e-mail proviene dall'esterno dell'organizzazione. Non cliccare sui link e non aprire gli
allegati se non si conosce il mittente.
===
LET OP: deze e-mail is afkomstig van buiten de organisatie. Klik niet op links en open geen bijlagen als u de
afzender niet kent.
===
VARNING: Detta e-postmeddelande kommer från en extern avsändare. Klicka inte på länkar och öppna inte bilagor om
du inte känner igen avsändaren.
===
ADVARSEL: Denne e-mail kommer fra en ekstern afsender. Klik ikke på links og åbn ikke vedhæftede filer.
===
UWAGA: Ta wiadomość pochodzi spoza organizacji. Nie klikaj linków ani nie otwieraj załączników.
===
UPOZORNĚNÍ: Tento e-mail pochází od externího odesílatele. Neklikejte na odkazy a neotvírejte přílohy.
===
ВНИМАНИЕ: Это письмо от внешнего отправителя. Не переходите по ссылкам и не открывайте вложения.
===
DİKKAT: Bu e-posta kuruluş dışından gönderilmiştir. Bağlantılara tıklamayın ve ekleri açmayın.
===
注意：此邮件来自外部发件人，请勿点击链接或打开附件。
===
注意：此郵件來自組織外部，請勿點擊連結或開啟附件。
===
注意：このメールは社外から送信されました。リンクや添付ファイルを開く際は注意してください。
===
주의: 이 메일은 외부에서 발송되었습니다. 링크나 첨부파일을 열지 마십시오.
===
ZjQcmQRYFpfptBannerStart
This Message Is From an External Sender
This message came from outside your organization.
ZjQcmQRYFpfptBannerEnd
===
⚠ External email - treat with caution
===
EXTERNE E-MAIL: Seien Sie vorsichtig bei Links und Anhängen!
===
Dit bericht is afkomstig van een externe afzender. Wees voorzichtig met links en bijlagen.
===
*** ATTENZIONE: mail proveniente dall'esterno. Non aprire allegati o link se non si è certi del mittente ***
===
EXTERNAL SENDER - This message originated outside of ACME. Use caution when opening attachments or clicking
links.
===
WARNING: This email was sent from outside your organisation. Please do not click links or open attachments
unless you recognise the source of this email and know the content is safe.
"""
BANNERS = _BANNERS.strip().split("\n===\n")

# What stands below a letter and is none of it, likewise.
_TAILS = """
--
Ann Lee
Customer Ltd
===
--
Ann Lee
Customer Ltd
+44 20 7946 0000
https://customer.example
===
_______________________
Ann Lee
===
__
Ann Lee
===
—
Ann Lee
===
-- Ann Lee
===
Sent from my iPhone
===
Sent from my iPhone, please excuse typos.
===
Sent from my Samsung Galaxy smartphone.
===
Sent from Mail<https://go.microsoft.com/fwlink/?LinkId=550986> for Windows 10
===
Sent from Mail for Windows
===
Sent from Outlook for Android<https://aka.ms/AAb9ysg>
===
Get Outlook for iOS<https://aka.ms/o0ukef>
===
Get Outlook for Android
===
Sent from Outlook Mobile
Get Outlook for iOS
===
Sent with Proton Mail secure email.
===
Sent with [Proton Mail](https://proton.me/) secure email.
===
Sent from Yahoo Mail for iPhone
===
Yahoo Mail: Search, Organize, Conquer
===
Sent via Superhuman
===
Sent from Gmail Mobile
===
Sent from my Fairphone
===
Sent from BlueMail for Android
===
<Sent from my iPad>
===
*Sent from my Pixel 8*
===
Von meinem Samsung Galaxy Smartphone gesendet.
===
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
===
Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.
===
Gesendet mit der Telekom Mail App
===
Gesendet von Mail für Windows
===
Outlook für iOS beziehen
===
Télécharger Outlook pour iOS
===
Envoyé depuis mon appareil Galaxy
===
Envoyé à partir d'Outlook pour Android
===
Obtener Outlook para iOS
===
Enviado desde mi Huawei de Movistar
===
Obter o Outlook para Android
===
Scarica Outlook per iOS
===
Download Outlook voor Android
===
Verzonden vanuit Mail voor Windows
===
Hämta Outlook för iOS
===
Pobierz program Outlook dla systemu Android
===
Отправлено из мобильной Почты Mail.ru
===
Отправлено с мобильного устройства Samsung
===
发自我的华为手机
===
发自网易邮箱大师
===
來自 Yahoo奇摩電子信箱 Android 版
===
Outlook for iOS を入手
===
Android 版 Outlook 获取
===
네이버 메일앱에서 보냈습니다.
===
Virus-free. www.avast.com
===
Virenfrei. www.avast.com
===
This email has been checked for viruses by Avast antivirus software.
https://www.avast.com/antivirus
===
Diese E-Mail wurde von AVG auf Viren geprüft.
http://www.avg.com
===
_______________________________________________
list mailing list
list@lists.example
https://lists.example/mailman/listinfo/list
===
--
You received this message because you are subscribed to the Google Groups "shop" group.
To unsubscribe from this group and stop receiving emails from it, send an email to s@groups.example.
===
You received this message because you are subscribed to the Google Groups "shop" group.
To unsubscribe from this group and stop receiving emails from it, send an email to s@groups.example.
===
This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the
intended recipient, please notify the sender and delete this e-mail.
===
Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie
bitte sofort den Absender und vernichten Sie diese Mail.
===
Ce message et ses pièces jointes sont confidentiels. Si vous n'êtes pas le destinataire, merci d'en avertir
l'expéditeur et de le détruire.
===
Este mensaje es confidencial. Si usted no es el destinatario, por favor notifique al remitente y elimínelo.
===
本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人。如果您错收了本邮件，请您立即通知发件人并删除本邮件。
===
ᐧ
===
Please consider the environment before printing this e-mail
===
De informatie in dit e-mailbericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde. Indien u niet
de geadresseerde bent, verwijder dan dit bericht.
===
Данное сообщение является конфиденциальным. Если вы не являетесь адресатом, пожалуйста, удалите его.
===
Get BlueMail for Android
===
---
Ann Lee
Lee Ltd
"""
TAILS = _TAILS.strip().split("\n===\n")

# What telephones and programs sign with.
TAGLINES = """
Sent from my HUAWEI P30 lite
Sent from my Verizon, Samsung Galaxy smartphone
Sent from my T-Mobile 5G Device
Sent from my OnePlus
Sent from AOL on Android
Sent from the all-new AOL app for iOS
Sent from ProtonMail mobile
Sent from Nine<http://www.9folders.com/>
Sent from Spark
Sent with Spark
Sent from Mailspring (https://getmailspring.com/), the best free email app for work
Sent using Zoho Mail
Sent via the Samsung Galaxy S21 5G, an AT&T 5G smartphone
Sent from my BlackBerry 10 smartphone on the Virgin Mobile network.
Von meinem Huawei-Mobiltelefon gesendet
Von Samsung-Tablet gesendet
Gesendet mit BlueMail
Diese Nachricht wurde mit der WEB.DE iOS App gesendet
Gesendet von Yahoo Mail auf Android
Gesendet von Outlook für Android<https://aka.ms/AAb9ysg>
Von unterwegs gesendet
Envoyé depuis mon mobile Orange
Envoyé de Yahoo Mail pour Android
Envoyé à partir de Courrier pour Windows
Envoyé de mon appareil Samsung de Bouygues
Provenance : Courrier pour Windows 10
Enviado desde Yahoo Mail para Android
Enviado desde Correo para Windows
Obtenga Outlook para Android
Enviado desde mi Samsung Mobile de Claro
Enviado via iPhone
Enviado do Yahoo Mail no Android
Enviado do Email para Windows
Inviato da Yahoo Mail su Android
Inviato dal mio dispositivo Samsung
Inviato da Posta per Windows
Ottieni Outlook per Android
Verzonden vanaf mijn Galaxy
Verstuurd vanaf Yahoo Mail op Android
Outlook voor iOS downloaden
Skickat från Outlook för Android
Sendt fra Mail til Windows
Hent Outlook til iOS
Last ned Outlook for Android
Lähetetty Samsung Galaxy -älypuhelimesta.
Hanki Outlook for Android
Wysłano z Yahoo Mail na Androida
Wysłano z telefonu Samsung Galaxy
Pobierz Outlook na system Android
Odesláno z aplikace Outlook pro Android
Získejte Outlook pro iOS
Odesláno z mobilu
Отправлено с моего мобильного устройства
Отправлено из Mail.ru для Android
Скачайте Outlook для Android
Получите Outlook для Android
Надіслано з пристрою Galaxy
Galaxy cihazımdan gönderildi
Android için Outlook'u edinin
Yahoo Mail'den gönderildi
Windows için Posta ile gönderildi
发自我的 Galaxy
获取 Outlook for iOS
從我的 Galaxy 傳送
取得 iOS 版 Outlook
Galaxyから送信
Windows のメールから送信
Galaxy에서 보냄
iOS용 Outlook 다운로드
내 iPhone에서 보냄
iPhone을 사용하여 보냄
נשלח מהמכשיר Galaxy שלי
قم بالحصول على Outlook لـ Android
أُرسلت من هاتف Samsung
Được gửi từ thiết bị Galaxy của tôi
Dikirim dari Yahoo Mail di Android
Dikirim dari ponsel cerdas Samsung Galaxy saya
ส่งจาก Yahoo Mail บน Android
Trimis de pe telefonul meu Samsung
Elküldve a Samsung Galaxy okostelefonomról
Küldve a Galaxy készülékemről
Στάλθηκε από τη συσκευή Galaxy μου
Poslano s Galaxyja
Изпратено от Outlook за Android
Вземете Outlook за Android
""".strip().splitlines()

# Letters that are new from their first word to their last, parted by `===`.
_LETTERS = """
Hello,

the password mail never arrives. I checked spam. The sender should be no-reply@shop.example and the subject: "Reset".

From: which address do you send?
To: ann@x.example is mine.

Thanks
===
Bitte ändern Sie meine Lieferadresse:

Alt: Musterstr. 1
Neu: Beispielweg 2
An: Ann Lee
Datum: ab 12.05.2026

Danke
===
Reklamation

Von: Ann Lee
An: Kundendienst
Datum: 12.05.2026

Die Lampe ist kaputt.
===
Hi team,

I have been charged twice, on 12.05.2026 at 10:30 and on 12.05.2026 at 10:31. My bank wrote:
"two debits".

Please refund.
===
--------------------
ORDER 4711
--------------------

lamp: broken
shade: missing

--------------------
Please send new ones.
===
** Urgent **

The lamp caught fire on 12.05.2026 10:00!

** Please call **

Ann
===
Hi

> 1. Is it in stock?

You said yes.

> 2. When will it ship?

You said Monday. It is Friday.
===
Dear Sirs

attached my CV.

___

Experience:
2020-2024 Lamp Ltd
2024-2026 Shade Ltd

Education:
2016-2020 School

___

Skills:
lamps, shades

Ann
===
To whom it may concern:

Subject: cancellation
Date: 12 May 2026

I cancel my subscription with effect from 12.06.2026.

Ann Lee, ann@x.example
===
Hello, here is the chat:

[12.05.2026, 10:00] Bob: hi
[12.05.2026, 10:01] Ann: where is my lamp?
[12.05.2026, 10:02] Bob: coming:

It did not come.
===
12.05.2026 10:00 - Bob: hi
12.05.2026 10:01 - Ann: hi

That is all I have.
===
Tracking:
2026-05-12 10:00 Berlin: arrived
2026-05-13 11:00 Paris: departed:
2026-05-14 12:00 lost

What now?
===
客服你好：

2026年5月12日 10:00，我给 help@shop.example 写了邮件：
没有回复。

请尽快处理！
===
こんにちは。

件名：返品について
日時：5月12日

返品したいです。
===
안녕하세요.

제목: 환불
날짜: 2026년 5월 12일

환불해 주세요.
===
Здравствуйте!

Тема: возврат
Кому: отдел продаж

Хочу вернуть лампу.
===
مرحبا،

الموضوع: استرجاع
التاريخ: 12 مايو

أريد استرجاع المصباح.
===
Hello

My e-mail provider says: "This message has been checked for viruses" and deletes your attachment. Can you send it again?

Ann
===
Please unsubscribe me.

To unsubscribe from this list I clicked the link, but nothing happened. What else can I do?

Ann
===
You are receiving this because you are a member of staff: the heating is broken. Please have it repaired.

Ann
===
The invoice is wrong.

This message is intended for your accounting department, please forward it; the amounts are confidential.

Ann Lee
===
Is this mail from you?

CAUTION: your account is locked. Click the link to open the attachment.

It looks like phishing to me.
===
External lamp arrived broken!

Please help.
===
Attention: external delivery company says the sender is unknown. The parcel goes back today unless you call them,
please do it now.

Ann
===
Notice

I hereby give notice on my flat lamp rental.

Ann
===
Important: send the mail to the external address, not to the one outside the organisation.

Ann
===
I have two phones.

Sent from my old phone: works
Sent from my new phone: does not work

Why?
===
Von meinem Konto wurde zweimal abgebucht, die Bestätigung haben Sie von meinem Handy gesendet.
Bitte prüfen.
===
Gesendet von DHL am Montag, bis heute nicht da.

Wo ist es?
===
Enviado por DHL el lunes y no llegó.

¿Dónde está?
===
Envoyé par Colissimo lundi, toujours pas arrivé.

Merci
===
发自北京的包裹还没有到。

请查一下。
===
来自你们网站的链接打不开。
请修复。
===
Yes
-
No
-
Maybe
===
A

--

B

--

C is the longest of the three and ends here.
===
Code:

```
> npm start
> error
```

What now?
===
Dear Bob,

On Tuesday you wrote that the lamp ships on Friday.
On Friday you wrote that it ships on Monday:
which one is it?

Ann
===
Rechnung 4711 vom 12.05.2026, 10:00 Uhr, gesendet an ann@x.example:
Betrag falsch.

Bitte korrigieren.
===
Il 12/05/2026 alle 10:00 ho scritto a help@shop.example:
nessuna risposta.

Ann
===
Em 12/05/2026 às 10:00 escrevi para help@shop.example:
sem resposta.

Ann
===
12.05.2026 в 10:00 я написал на help@shop.example:
ответа нет.

Анна
===
W dniu 12.05.2026 o 10:00 napisałam do help@shop.example:
brak odpowiedzi.

Anna
===
Op 12-05-2026 om 10:00 schreef ik naar help@shop.example:
geen antwoord.

Ann
===
Le 12/05/2026 à 10:00 j'ai écrit à help@shop.example :
pas de réponse.

Ann
===
El 12/05/2026 a las 10:00 escribí a help@shop.example:
sin respuesta.

Ana
===
Am 12.05.2026 um 10:00 habe ich an help@shop.example geschrieben:
keine Antwort.

Ann
===
Dear team,

my details are as follows:
Name: Ann Lee
Address: 1 High Street
To: be delivered on Monday
Date: 12 May 2026, 10:00

Thanks
Ann
===
Hello

Here is the mail I got from you on 12 May 2026 at 10:15:
"We will refund you"

But nothing came.
===
Hello,

I ordered on 12.05.2026 and wrote to you twice:
1. on 13.05.2026 at 10:00
2. on 14.05.2026 at 11:00

No answer!

Ann
===
Steps:
1. Open the app
2. Click on "Sent from my iPhone" in the settings
3. It crashes

---
Version 3.2
---
Log:
12:00:01 start
12:00:02 crash

What shall I do?
===
Am 12. Mai um 10:30 war Ihr Techniker da:
er hat nichts gefunden.

Was nun?
===
Le 12 mai à 10h30 votre technicien a écrit dans son rapport :
Rien trouvé.

Et maintenant ?
===
客服您好，

我的订单号：4711
收件人：李安
地址：上海市
主题公园门票两张

请尽快处理。
===
Guten Tag,

Von: Berlin
Nach: Paris
Am: 12.05.2026

Bitte umbuchen.

MfG
===
Hi,
--
Ann here again. The lamp you sent me is still broken and nobody has answered since last week, what is going on there,
please tell me now. I will not wait any longer than this Friday.

Regards
===
The error says:

From: mailer@shop.example
Status: 5.1.1

What does it mean?
===
Thanks for writing!
On Monday I will be at home from 10:00 to 12:00, my number is 555-1234:
please call.
===
Cancel order 4711:
I wrote to support@shop.example on 12 May 2026 at 10:00 and asked:
- where is it?
- when will it come?
===
A table:

| item | qty |
|------|-----|
| lamp | 2 |

Please confirm.
===
I got your mail.

Sent from my phone number +44 20 7946 0000 was an SMS to you; did it arrive?
===
Re the lamp:
yes
Re the shade:
no
===
# Title

Some **bold** text

> a quote I make myself

and my comment on it.

* * *

footer of mine which is part of the letter and rather long, I think, it goes on.
===
It fails:

2026-05-12 14:03:22 ERROR mail to a@b.example failed:
  Timeout
2026-05-12 14:04:00 INFO retry

Can you help?
===
I get this:

To: a@b.example
Subject: test

and then nothing arrives at my side. Why is that so?
===
Hello, my lamp is broken.

- Ann
===
Opening hours:
Mon 10:00-12:00:
Tue 10:00-12:00:

Which of them is right?
===
Order form

Date: 12.05.2026 14:03
From: Ann Lee
Phone: 555-1234
To: Shop

2 lamps please
===
Name: Ann
Email: ann@x.example
Subject: Lamp
Message: It is broken since 12.05.2026 14:03, see http://x.example
===
Your colleague Bob wrote me on Monday that the lamp would be sent:
it was not.

Ann
===
As I wrote on 12.05.2026 at 14:03 to support@shop.example:
the lamp is broken.

Please answer.
===
Sie haben mir am 12.05.2026 um 14:03 geschrieben, dass
- die Lampe kommt
- der Schirm fehlt

Nichts kam.
===
Laut Ihrer Mail vom 12.05.2026, 14:03 Uhr:
Lieferung in 3 Tagen.

Wo bleibt sie?
===
Bonjour,

le 12/05/2026 à 14:03 vous avez écrit :
« la lampe arrive demain »

Elle n'est pas là.
===
Could you check the headers?

I replied on 12.05.2026, 14:03.

From me: yes
To you: no
===
Dates that suit me:
12.05.2026 10:00
13.05.2026 11:00:

Which one?
===
Hi,

your driver, Bob Ray <bob@x.example>, said:
"tomorrow"

but he never came.
===
Hello,
I have two questions:

1) When will you send it? You wrote: "on 12 May 2026 at 10:00":
is that still true?
2) To: whom do I send it back?

Thanks
===
> ich hatte gefragt ob es geht

Ja, das geht. Bitte am 12.05.2026 um 10:00 liefern.
===
Please forward this message to your manager.

---

Dear manager,

I am unhappy.

Ann
===
Original receipt attached.

-- see page 2 --

Thank you
===
Betreff: Rechnung 4711

Sehr geehrte Damen und Herren,

bitte um Kopie.

Datum: 12.05.2026
Ann
===
Betreff: Rechnung 4711
Datum: 12.05.2026
An: Buchhaltung

bitte um Kopie.
===
Hi, the mobile app logs me out.

Sent from the app store reviews team? I got a strange mail.

Ann
===
Can you resend the message? I deleted it by mistake, it was confidential, please notify me when done.

Thank you, and please delete my old address.
===
我昨天写到：灯坏了。

你们没有回复。
===
2026年5月12日 10:00 我收到了包裹：
灯坏了。
===
Answers:

Q: Are you 18?
> yes
Q: Do you agree?
> no

That is all.
===
My order (12.05.2026, 10:00, ann@x.example):
2 lamps

Where is it?
"""
LETTERS = [letter.strip("\n") for letter in _LETTERS.split("\n===\n")]
