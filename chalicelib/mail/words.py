"""What mail programs write, in many languages. Data only; the rules are in `quotes` and `verdicts`.

A new language is one more line in each list. Everything is lower-case; words are matched whole.
"""

WROTE = frozenset(
    """
    wrote writes said schrieb schreibt geschrieben escribió escribio escribe écrit ecrit
    scritto scrive scrisse escreveu schreef geschreven skrev skrifaði kirjoitti napisał
    napisał(a) napisała napisal napsal napsal(a) napsala napísal napisao napisala írta scris
    yazdı yazmış написал написал(а) написала написав написа пише пишет пишут напісаў έγραψε
    γράφει כתב כתבה كتب viết menulis rašė rakstīja kirjutas escrigué escriure idatzi scríobh
    """.split()  # noqa: SIM905 - reads as words
)
WROTE_ENDINGS = (
    "写道",
    "寫道",
    "写到",
    "書きました",
    "のメール",
    "님이 작성",
    "작성",
)  # no space before them

HEADINGS = {
    "from": """
        from von de da van från fra lähettäjä od от feladó kimden gönderen 发件人 寄件者 寄件人 差出人
        送信者 보낸사람 보낸이 من מאת από expéditeur mittente remitente afzender absender nadawca
        odesílatel expeditor отправитель odosielateľ pošiljatelj від відправник dari frá
        saatja nuo no
        """,
    "date": """
        sent date gesendet datum envoyé envoyéle enviado enviadoel enviadoem fecha data
        inviato verzonden skickat sendt dato lähetetty päivämäärä wysłano wysłane odesláno
        отправлено дата elküldve dátum küldve tarih gönderildi 发送时间 日期 傳送日期 寄件日期 送信日時 日時
        보낸날짜 날짜 נשלח تاريخ ημερομηνία στάλθηκε messagedu trimis dataora sendetidspunkt
        poslano odoslané надіслано gönderilmetarihi time tanggal dikirim
        """,
    "to": """
        to an à a para aan till til vastaanottaja do komu кому címzett kime alıcı 收件人 收件者 宛先
        받는사람 받는이 אל إلى προς pour per către catre destinatario destinataire za kepada saaja
        kam
        """,
    "cc": "cc kopie copieà copia kopi kopia dw копия копія 抄送 副本 másolatotkap bilgi cópia",
    "subject": """
        subject betreff objet asunto assunto oggetto onderwerp ämne emne aihe temat předmět
        predmet тема tárgy konu 主题 主旨 件名 제목 נושא الموضوع θέμα subiect zadeva perihal efni
        teema title
        """,
}
HEADING_OF = {word: kind for kind, words in HEADINGS.items() for word in words.split()}

# What telephones and free mailers sign with. Regular expressions, at the start of a line.
TAGLINES = (
    r"sent (from|via|with) ",
    r"get outlook for",
    r"gesendet (mit|von)|von meinem .{2,40} gesendet|diese nachricht wurde von meinem",
    r"envoyé (de|depuis|à partir|avec|par)",
    r"enviado (desde|do|de|a partir|con|pelo)",
    r"inviato (da|con)",
    r"verzonden (vanaf|met|via|van)|verstuurd vanaf",
    r"skickat från|sendt fra|lähetetty ",
    r"wysłan[oe] z|odesláno (z|ze)|odoslané z|poslané z|poslano (iz|s) ",
    r"отправлено (с|из)|надіслано з|στάλθηκε από|trimis de pe",
    r"elküldve .{2,40}készülék|.{2,30}'d[ae]n gönderildi",
    r"发自我的|從我的|从我的|來自我的|发送自",
    r"iphone ?から|.{0,20}から送信|나의 .{2,20}에서|내 .{2,20}에서",
    r"yahoo mail",
)

# One of these tells a tagline from a sentence ("Sent via DHL, and not here yet").
DEVICES = (
    r"\b(my|mein\w*|mon|ma|mi|meu|minha|mijn|min|mio|mojego|mého|moj\w*)\b",
    r"i(phone|pad|pod)|android|samsung|galaxy|huawei|xiaomi|blackberry|outlook|yahoo|gmail|proton|thunderbird",
    r"mobile|phone|telefon|téléphone|smartphone|handy|tablet|windows|\bmail\b|我的|に|から|나의|내 ",
)

# How an absence or automatic answer begins its subject. Regular expressions.
AWAY = (
    r"\[?auto(matic|mated|mātisk)?[ -]{0,2}(reply|response|responder)",
    r"out of (the )?office|away from (the )?office|vacation|on holiday",
    r"automatische? ?(antwort|antwoord)\w*|autoantwort|abwesen\w*|ich bin nicht im büro|afwezig",
    r"réponse automatique|absence du bureau",
    r"respuesta automática|fuera de la oficina|resposta automática|fora do escritório",
    r"risposta automatica|fuori sede",
    r"auto(matisk[ta]? ?)?svar|fraværs|frånvaro|automaattinen vastaus|poissa ",
    r"odpowiedź automatyczna|automatyczna odpowiedź|nieobecno|automatická odpověď|mimo kancelář",
    r"automatikus válasz|házon kívül|otomatik yanıt|ofis dışında|răspuns automat",
    r"автоответ|автоматическ\w+ ответ|нет на месте|αυτόματη απάντηση",
    r"自動(応答|返信)|不在(通知|のため)|自动(回复|答复)|自動回覆|外出",
    r"자동 ?(회신|응답)|부재중",
    r"complaint about message from [\d.]+$",  # Hotmail's abuse reports carry no other sign
)
