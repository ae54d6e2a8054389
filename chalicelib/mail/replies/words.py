"""What mail programs write, in many languages. Data only; the rules are in `headings`, `attributions`, `signatures`
and `banners`.

A new language is one more line in each list. Everything is compared `folded`, so it may be written with its accents.
Patterns are regular expressions, as many lines as one likes.
"""

import re
import sys
import unicodedata
from functools import cached_property

_ACCENTS = re.compile("[\u0300-\u036f]+")
_PLAIN = dict(zip("łđøıʼ’", "ldoi''", strict=True))  # what Unicode does not take apart
_STROKES = re.compile(f"[{''.join(_PLAIN)}]")


def folded(text: str) -> str:
    """In small letters, and without the accents of Latin, Greek and Cyrillic: programs and people leave them out."""
    return text.lower() if text.isascii() else _unaccented(text.casefold())


class Phrases:
    """One expression of all lines of a vocabulary, for folded text. Compiled when it is first asked: together they
    would cost a cold start 40 ms."""

    def __init__(self, alternatives: str, *, ending: str = "") -> None:
        self._alternatives, self._ending = alternatives, ending

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        lines = _unaccented(self._alternatives).strip().splitlines()
        return re.compile(f"(?:{'|'.join(line.strip() for line in lines)}){self._ending}")

    def match(self, text: str) -> re.Match[str] | None:
        return self._compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self._compiled.fullmatch(text)

    def search(self, text: str, end: int = sys.maxsize) -> re.Match[str] | None:
        """Within the first `end` characters."""
        return self._compiled.search(text, 0, end)


def _unaccented(text: str) -> str:
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    return _STROKES.sub(lambda stroke: _PLAIN[stroke[0]], bare)


# Matched whole.
WROTE = frozenset(
    folded(
        """
        wrote writes said quoting schrieb schreibt geschrieben zitat escribió escribe écrit citation scritto
        scrive scrisse escreveu escreve citando schreef schrijft geschreven citeren skrev skriver citerar
        skrifaði kirjoitti kirjoittaa kirjutas rakstīja raksta rašė rašo napisał napisała napisana pisze napsal
        napsala píše napísal napísala napisao napisala napisali piše написао написала пише пишува напиша írta
        írja scris scrie написа писа έγραψε γράφει написал написав пишет писал писав піша напісаў yazdı yazmış
        yazıyor כתב כתבה كتب كتبت كتابة نوشت نوشته लिखा viết menulis escriure escrigué escriu escribiu idatzi
        scríobh missatge
        """
    ).split()
)
# Languages that put no space before them: anywhere in the line.
WROTE_ENDINGS = ("写道", "寫道", "写到", "写了", "書きました", "のメール", "님이 작성", "작성", "เขียน", "ने लिखा")

# Such a word makes a sentence a person's, not a program's. Patterns for text as it is written: Danes write a small "i".
FIRST_PERSON = r"""
    \b(I(?!\.)|[Mm]y|[Ii]ch|[Mm]eine?[nmrs]?|[Ii]k|[Mm]ijn|[Jj]ag|[Yy]o|[Яя]|[Мм]не|[Мм]о[йяю])\b|\b[Jj]['’]ai\b|我
"""
SECOND_PERSON = r"""
    \b([Yy]ou|[Ww]e|Sie|Ihr|[Vv]ous|[Uu]sted(es)?|[Vv]ocês?|[Вв]ы|[Мм]ы)\b|您|你
"""

# Written without their spaces. `other` is read over.
HEADINGS = {
    "from": """
        from von de da van från fra lähettäjä od frá saatja no nuo siuntėjas de_la de_la_part_de šalje од ад от
        від від_кого από αποστολέας feladó kimden gönderen kimdən göndərən מאת من المرسل از فرستنده प्रेषक จาก ผู้ส่ง
        từ người_gửi dari daripada pengirim 发件人 寄件者 寄件人 差出人 送信者 送信元 보낸사람 보낸이 발신자
        발신인 expéditeur mittente remitente remetente afzender absender avsändare avsender afsender nadawca
        odesílatel odosielateľ expeditor отправитель відправник отправител подател pošiljatelj pošiljalac nork
        igorlea bidaltzailea ó
        """,
    "date": """
        sent date date/time sent_at sent_on received gesendet gesendet_am datum envoyé envoyé_le date_d'envoi
        enviado enviado_el enviada enviada_em enviado_em enviat enviat_el fecha fecha_de_envío data inviato
        verzonden verzonden_op skickat skickades sendt sendt_den dato lähetetty päivämäärä päiväys dagsetning
        saadetud kuupäev nosūtīts datums išsiųsta data_ir_laikas wysłano wysłane data_wysłania odesláno odoslané
        dátum poslano poslato послато датум испратено дата изпратено отправлено дата_отправления надіслано
        відправлено дата_надсилання адпраўлена elküldve elküldés küldve trimis trimisă dată data_ora στάλθηκε
        ημερομηνία αποστολή tarih gönderildi gönderilme_tarihi gönderme_tarihi göndərildi tarix נשלח תאריך
        נשלח_בתאריך تاريخ التاريخ تم_الإرسال تاريخ_الإرسال أُرسلت ارسال_شده تاریخ भेजा_गया दिनांक भेजने_की_तिथि तारीख
        ส่ง ส่งเมื่อ วันที่ đã_gửi ngày ngày_gửi dikirim terkirim tanggal waktu dihantar tarikh 发送时间 发送日期
        发件时间 日期 时间 傳送日期 寄件日期 傳送時間 時間 送信日時 送信日 日時 日付 보낸날짜 보낸시간 날짜 일시
        bidalia bidaltze-data data_eta_ordua seolta dáta sendetidspunkt message_du time
        """,
    "to": """
        to an à a para aan naar na на till til vastaanottaja do komu кому címzett kime alıcı kimə 收件人 收件者 宛先
        送信先 받는사람 받는이 수신자 수신인 אל إلى المرسل_إليه به گیرنده προς pour per per_a destinatari către catre
        destinatario destinataire empfänger ontvanger mottagare modtager mottaker za prima за прима каму kam
        adresāts gavėjas iki adressaat saaja до प्रति को प्राप्तकर्ता ถึง đến tới gửi_đến gửi người_nhận kepada untuk
        ke hartzailea nori chuig get vastaanottajat
        """,
    "cc": """
        cc bcc copy kopie kopie_an copie copie_à copia copia_para cc_to c.c. kopi kopia dw udw копия копія копие
        копија 抄送 副本 密件副本 másolat másolatot_kap bilgi cópia kopija kópia κοιν. κοινοποίηση עותק نسخة
        رونوشت 参照 참조 สำเนา đồng_gửi tembusan
        """,
    "subject": """
        subject betreff objet asunto assunto oggetto onderwerp ämne emne aihe otsikko temat předmět predmet тема
        tárgy konu mövzu 主题 主旨 標題 件名 제목 נושא الموضوع موضوع θέμα subiect zadeva naslov наслов предмет
        относно perihal efni teema tēma temats тэма विषय เรื่อง หัวเรื่อง chủ_đề tiêu_đề subjek subyek hal assumpte
        gaia ábhar title re betr. betreft
        """,
    "other": """
        reply-to reply_to antwort_an répondre_à responder_a rispondi_a antwoord_aan importance priority
        wichtigkeit priorität importancia importância priorità urgentie prioritet attachments attachment anlagen
        anlage anhänge anhang pièces_jointes adjuntos archivos_adjuntos anexos allegati bijlagen bijlage bilagor
        vedhæftede_filer vedlegg liitteet załączniki přílohy prílohy вложения ekler 附件 添付ファイル 첨부파일
        重要性 重要度 mailed-by signed-by organization message-id list-id sensitivity
        """,
}
HEADING_OF = {
    folded(word).replace("_", ""): kind for kind, words in reversed(HEADINGS.items()) for word in words.split()
}

# Stems in the title of a message within a message: original, previous, forwarded, redirected.
TITLES = tuple(
    stem.replace("_", " ")
    for stem in folded(
        """
        original forwarded reply_message previous_message reply_above ursprüngliche weitergeleitet d'origine
        transféré réexpédié transmis reenvia encaminhad reencaminhad originale inoltrat oorspronkelijk
        doorgestuurd ursprungligt vidarebefordra oprindelig videresend opprinnelig alkuperäinen välitetty
        upprunale áframsen algne edastatud sākotnēj pārsūtī pradinis persiųst pradinė oryginaln pierwotna
        przekaz původní přeposl přeposíl předan pôvodn preposl izvirn posredovan izvorn proslije prosleđ
        оригинал изворн прослед прослеђ eredeti továbbít inițial redirecționat препра изворна αρχικ προωθ исходн
        переадрес пересыла пересила пересла перасла перенаправл зыходн вихідн оригінал özgün orijinal iletilen
        yönlendir yönləndir מקורית שהועבר הועבר מועבר الأصلية أصلية توجيه محولة اصلی هدایت फॉरवर्ड मूल_संदेश अग्रेषित
        ต้นฉบับ ส่งต่อ gốc chuyển_tiếp pesan_asli terusan diteruskan mesej_asal dimajukan 原始 原邮件 原郵件 转发
        轉寄 轉發 元のメッセージ 転送 원본 전달 orixinal jatorriz birbidal bunteacht ar_aghaidh
        """
    ).split()
)

# "Reply above this line", as other desks ask for it. Patterns.
REPLY_LINES = r"""
    (reply|respond|type|write|text|comment)\b.{0,40} above this line
    (oberhalb|uber) (dieser|der) (linie|zeile)
    au[- ]dessus de cette ligne|(encima|arriba) de esta linea|acima d(esta|a) linha|sopra (questa|la) (linea|riga)
    boven deze (regel|lijn)|ovanfor denna (rad|linje)|over denne linje|powyzej tej linii|nad tento radek
    выше этои (линии|строки)|bu satirin ustune|此行(之)?上方|此行以上|この行(より|の)上|이 줄 위
"""

# "My answers are within your text." Patterns.
INLINE_ANSWERS = r"""
    (answer\w*|comment\w*|repl\w+|respon\w+|see) .{0,30}(in[- ]?line|in (red|blue|green|bold)|in your text)
    (answers?|comments?|replies|responses?) (are |is )?below|^in[- ]?line\b
    (antwort\w*|anmerkung\w*|kommentar\w*|siehe) .{0,30}(im text|in (rot|blau|grün)|inline)
    (réponses?|commentaires?|voir) .{0,30}(dans le texte|en (rouge|bleu|vert))
    (respuestas?|comentarios?) .{0,30}(en el texto|en (rojo|azul|verde))
    (respostas?|comentários?) .{0,30}(no texto|em (vermelho|azul|verde))
    (risposte|risposta|commenti) .{0,30}(nel testo|in (rosso|blu|verde))
    (antwoord\w*|reactie\w*|opmerking\w*) .{0,30}(in de tekst|in het (rood|blauw|groen))
    (odpowied\w+|komentarz\w*) .{0,30}(w tekście|na (czerwono|niebiesko))
    (ответ\w*|комментари\w*) .{0,30}(в тексте|красным|синим)
    (答复|回复|回答|回覆).{0,12}(红色|蓝色|紅色|藍色|文中|原文)|(回答|返信|コメント).{0,12}(インライン|赤字|青字|文中)
    (답변|답).{0,12}(본문|빨간|파란)
"""

# What telephones and free mailers sign with. Patterns at the start of a line; a device follows.
TAGLINES = r"""
    sent (from|via|with|by|using)\s|sent úr\s|(sent|get|download|posted) (from|by|with)\s
    gesendet (mit|von|vom|aus|über)|versendet (mit|von)
    (diese|die) (nachricht|e-?mail|mail) wurde (von|mit|vom) .{2,60}(gesendet|verschickt)$
    (von|vom|mit|aus) .{2,40}(gesendet|verschickt)$
    envoyé(e)? (de|d'|d’|depuis|à partir|avec|par|via)
    envia(do|da|t) (desde|do|da|de|des|a partir|con|com|pelo|por|dende|via|amb)
    inviat[oa] (da|dal|con|tramite)|mandat[oa] da
    verzonden (vanaf|met|via|van|vanuit|door)|verstuurd (vanaf|met|via|van)
    skickat (från|med|via)|sendt (fra|med|via|med)|lähetetty\s|saadetud\s|nosūtīts (no|ar)|išsiųsta (iš|naudojant)
    wysłan[oea] (z|ze|przez)|odesláno (z|ze|pomocí)|odoslané (z|zo|pomocou)|poslané z|posla[nt]o (iz|z|s|sa|preko)\s
    послато са|испратено од|изпратено (от|с)|отправлен[оа] (с|из|через|от)|надіслано (з|із|за)|адпраўлена з
    відправлено з
    στάλθηκε (από|με|μέσω)|εστάλη από|trimis (de pe|de la|din|cu)|elküldve\s|küldve\s
    נשלח (מ|מה|באמצעות)|تم (الإرسال|إرسال).{0,20} (من|بواسطة)|أ(ُ)?رسلت من|مرسل من|ارسال شده از|ارسال از
    ส่งจาก|đã gửi (từ|bằng)|được gửi từ|gửi từ|dikirim (dari|melalui|menggunakan)|dihantar (daripada|dari|melalui)
    发自|發自|发送自|發送自|來自|来自|從.{1,20}(傳送|發送)|从.{1,20}发送|使用.{1,20}(发送|傳送)
    seolta ó|bidalia\s
"""
# Languages that end with the verb.
TAGLINE_ENDINGS = r"""
    '?(d[ae]n|nden|ndan|umdan|ümden|imden|ımdan) gönderil(di|miştir)|umdan göndərildi|(ile|den|dan) gönderildi
    から送信(されました)?|から送信しています|(에서|로|으로) (보냄|보냈습니다|보낸 메일입니다|발송|전송됨|보내드립니다)
    [을를] 사용하여 보냄|से भेजा गया|tik bidalia|bidalita|küldve
"""
# Complete without a device: the name of the program stands in them.
ADVERTISEMENTS = r"""
    (\S{1,20} ){0,3}outlook\S{0,3} (\S{1,12} ){0,2}(android|ios|iphone|ipad|windows|mac)\S{0,6}$
    (android|ios)\S{0,2} (\S{1,6} )?outlook\S{0,3} ?(edinin|indir|다운로드|を入手)$|provenance : courrier
    .{0,30}(consider|think of) the environment|.{0,20}(pensez|penser) à l'environnement|bitte denken sie an die umwelt
    (get|download|try|hämta|hent|få|skaff|lataa|hanki|stáhnout|získejte|pobierz( program)?|tải|dapatkan) .{0,30}outlook
    (obtener|obtenir|obter( o)?|baixe( o)?|télécharger|téléchargez|scarica|ottieni|descargar|descarga) .{0,30}outlook
    (скачать|загрузить|завантажити|получить|获取|獲取|下载|下載|取得) .{0,30}outlook|.{0,20}版 ?outlook ?(获取|下载)
    outlook .{2,30}(beziehen|holen|herunterladen|downloaden|edinin|indir|を入手|获取|下載|取得|다운로드|letöltése)
    (get|download|try) .{3,30} for (ios|android|iphone|ipad|mac|windows)$
    yahoo ?mail: .{3,60}$|yahoo ?メール
    .{0,30}(message|courriel|correo|e-?mail|письмо|сообщение|wiadomość).{0,120}\b(avast|avg|kaspersky|eset|norton)\b
    .{0,30}(message|courriel|correo|e-?mail|письмо|сообщение|wiadomość).{0,120}\b(mcafee|bitdefender|sophos|mailscanner)\b
    (virus[- ]?free|virenfrei|(garanti )?sans virus|libre de virus|livre de vírus|sem vírus).{0,40}(avast|avg|www)
    (privo di virus|virusvrij|virusfri|bez wirus|без вирусов|不含病毒|无病毒|ウイルス).{0,40}(avast|avg|www)
    https?://(www\.)?(avast|avg)\.com\S{0,200}$
"""
# One of these tells a tagline from a sentence ("Sent via DHL, and not here yet").
DEVICES = r"""
    \b(my|mein\w{0,2}|mon|ma|mi|meu|minha|mijn|min|mitt|mio|mia|mojego|mého|moj\w{0,3}|mog|meva|nire|mana|mano)\b
    \b(minu|моего|моя|мојот|мог|майго|mój|saya|của tôi|μου)\b
    i(phon|pad|pod|os)|android|samsung|galaxy|huawei|honor|xiaomi|redmi|oneplus|oppo|pixel|nokia|motorola|xperia
    blackberry|fairphone|outlook|yahoo|gmail|gmx|web\.de|t-online|telekom|aol|proton|tuta|thunderbird|k-9|fairemail
    spark|superhuman|airmail|mailspring|mailbird|em client|zoho|mail\.ru|яндекс|yandex|icloud|apple|polymail|newton
    blue ?mail|typeapp|unterwegs|\bnine\b|hey\.com|missive|roundcube|windows|macbook|vodafone
    mobile|phone|telefon|téléphone|smartphone|smarttelefon|handy|tablet|mobil|móvil|celular|cellulare|telefono
    teléfono|telemóvel|puhelin|mail[ -]app\b|application mail|мобильн|телефон|смартфон|планшет|почт
    我的|手机|手機|邮箱|郵箱|信箱|スマートフォン|スマホ|携帯|に|나의|내\s|휴대폰|네이버|메일|다음|שלי|آیفون|من$|मेरे|ของฉัน
"""

# What lists and notification services put below. Patterns at the start of a line.
FOOTERS = r"""
    \[?you (received|are receiving|have received) this.{0,40}(because|as|since) you.{0,6} (subscribed|a member)
    \[?you (received|are receiving|have received) this.{0,40}(because|as|since) you.{0,6} (commented|signed up)
    to (unsubscribe|stop receiving).{0,40}(from this|this group|this list|emails|send an?|visit|click)
    reply to this e?-?mail directly|view (it|this (email|message|discussion)) (on|in|at|online)
    sie erhalten diese (nachricht|e-?mail|mail),? weil|vous (recevez|avez reçu) ce (message|courriel|mail) (car|parce)
    (has recibido|recibes|recibió) este (mensaje|correo) porque|hai ricevuto questo messaggio perché
    você (está recebendo|recebeu) (esta|essa) mensagem porque|u ontvangt dit bericht omdat
    вы получили это (письмо|сообщение), (потому|поскольку|так)|您(之所以)?收到(此|这|本)(封)?(邮件|消息)
    このメールは.{2,40}(登録|購読)
"""

# Two of them in one last paragraph make a legal notice. Patterns.
NOTICES = (
    r"""
    confidential|privileged|vertraulich|confidentiel|confidencia|riservat|vertrouwelijk|konfidentiell|fortrolig
    luottamuksel|poufn|duvern|bizalmas|конфиденциал|конфіденц|gizli|εμπιστευτικ|סודי|سري|机密|保密|機密|秘密|기밀
    """,
    r"""
    intended (solely |only |exclusively )?(for|recipient)|intended addressee
    (richtige|bestimmungsgemasse|vorgesehene)r? (adressat|empfanger)|nicht der (richtige|beabsichtigte|vorgesehene)
    (n'etes pas|au) (le |seul )?destinataire|(ses|leurs) destinataires|(no es|no sea|uso exclusivo).{0,20}destinatari
    (nao (e|for|seja)|uso exclusivo).{0,20}destinatario|(non (e|siete|siate)|esclusivamente).{0,20}destinatari
    (niet de|uitsluitend).{0,20}(geadresseerde|bestemd)|avsedda mottagar|tiltænkte modtager|tarkoitettu|adresat
    adresatem|prijemce|cimzett|адресат|получател|alici|收件人|接收者|错收|誤收|列出的个人|受信者|宛先|수신인
    """,
    r"""
    (please|immediately) (notify|advise|inform|delete|contact)\s|(informieren|benachrichtigen|verstandigen) sie
    (avertir|informer|aviser|prevenir).{0,20}expediteur
    (notifi|avis|inform|comuni)\w{0,6}.{0,30}(remitente|remetente|mittente)
    (waarschuw|informeer|verzoeken).{0,40}(afzender|retour)|meddela avsandaren|nadawc|odesilatel|felado|отправител
    通知发件人|通知寄件人|告知发件人|送信者|발신자
    """,
    r"""
    delete (it|this|the)|destroy|vernichten|loschen|detrui|supprim|elimin\w{1,4}|borr\w{1,4}|apag\w{1,3}
    cancell\w{1,4}|distrugg|verwijder|radera|slette|usun|smaz|torol|удалит|видал|silin|删除|刪除|削除|破棄|삭제
    """,
    r"""
    (any )?(unauthori[sz]ed|disclosure|dissemination|distribution|copying).{0,60}(prohibited|forbidden|unlawful)
    (unbefugte|weitergabe).{0,60}(nicht gestattet|untersagt|unzulassig)|(strictement|autorisée est) interdit
    estrictamente prohibid|prohibida|proibida|vietat|verboden|zabronion|запрещ|禁止
    """,
)

# A gateway's warning begins with such a word, after marks such as `*` and `[`. Patterns.
WARNINGS = r"""
    caution|warning|attention|alert|notice|important|external|be careful|security|think before|vorsicht|achtung
    warnung|hinweis|extern\w{0,2}|avertissement|prudence|mise en garde|precaucion|atencion|advertencia|aviso|cuidado
    atencao|attenzione|avviso|esterno|let op|waarschuwing|opgelet|varning|obs|advarsel|bemærk|huomio|varoitus|uwaga
    ostrzezenie|upozorneni|upozornenie|pozor|varovani|figyelem|figyelmeztetes|atentie|внимание|осторожно
    предупреждение|увага|dikkat|uyari|προσοχη|זהירות|שים לב|تنبيه|تحذير|注意|警告|提醒|提示|外部|주의|경고|社外
"""
# Or it speaks of the mail it stands in.
THIS_MAIL = r"""
    this (e-?mail|message|mail|sender)|the sender of|diese (e-?mail|nachricht|mail)|ce (message|courriel|mail)
    cet e-?mail|este (correo|mensaje|e-?mail)|esta mensagem|questo messaggio|questa e-?mail|deze e-?mail|dit bericht
    ta wiadomosc|это (письмо|сообщение)|此(邮件|郵件)|このメール
"""
# What it says: that the mail is from outside, that links bite, that the sender should be known. Patterns.
OUTSIDE = r"""
    (mail|message|sender).{0,60}(outside|external)|external (e-?)?(mail|message|sender|source)
    outside (of )?(the|your|our) (organi[sz]ation|company|network|institution|university|group)
    (mail|nachricht|absender).{0,60}(ausserhalb|extern)|extern\w{0,2} (e-?)?(mail|absender|nachricht|quelle)
    (courriel|message|mail|expediteur).{0,60}(extern|exterieur|en dehors)|externe.{0,20}(courriel|expediteur)
    (correo|mensaje|remitente|mail).{0,60}(extern|fuera)|(mail|mensagem|remetente).{0,60}(extern|de fora|fora da)
    (mail|messaggio|mittente).{0,60}(estern)|(mail|bericht|afzender).{0,60}(extern|buiten)
    externe (e-?)?(afzender|mail)
    (e-?post\w{0,12}|mail\w{0,3}|avsandare|afsender|avsender|melding|besked).{0,60}(extern|ekstern|utanfor|utenfor)
    (mail\w{0,3}|afsender|besked).{0,60}(udefra|uden for)
    extern avsandare|ekstern (e-?)?(afsender|avsender)|(sahkoposti|viesti).{0,60}ulkopuol
    (wiadomosc|mail|nadawc).{0,60}(spoza|zewnetrzn)|(mail|zprava|sprava).{0,60}(extern|mimo)
    (uzenet|mail|level).{0,60}kulso|(mesaj|mail).{0,60}(extern|din afara)
    (письмо|сообщение|отправител|лист).{0,60}(внешн|извне|за пределами|зовнішн)|внешн\w{0,4} (отправител|почт)
    (e-?posta|ileti).{0,60}(disindan|dis kaynak|harici)|(μηνυμα|mail).{0,60}εξωτερικ|(הודעה|דוא).{0,60}(חיצוני|מחוץ)
    (رسالة|بريد|الرسالة).{0,60}(خارج)
    (邮件|郵件|信件).{0,20}(外部|外网|以外)|外部(邮件|郵件|发件人|寄件者)|(メール|送信者).{0,20}(社外|外部|組織外)|(社外|外部).{0,10}メール|(메일|이메일).{0,20}외부
    외부.{0,10}(메일|발신)
"""
HARM = r"""
    \blinks?\b|attachment|anhang|anlagen|liens|pieces jointes|enlaces|adjunt|anexos|allegat|bijlage|koppeling|lankar
    bilagor|bilaga|lenker|vedleg|vedhæft|liitte|linkk|zalaczn|\blink\w{0,4}\b|priloh|odkaz|mellekl|hivatkoz|atasament
    ссылк|вложен|посиланн|вкладен|baglanti|ekleri|συνημμεν|συνδεσμ|קישור|קבצים|روابط|مرفق|链接|連結|鏈接|附件|リンク|添付|링크|첨부
"""
SENDER = r"""
    (recogni[sz]e|know|trust|verif\w{1,4}|unknown|unfamiliar).{0,40}(sender|source|content)|content is safe|phishing
    absender|expediteur|remitente|remetente|mittente|afzender|avsandare|afsender|avsender|lahettaja|nadawc|odesilatel
    felado|отправител|відправник|gonderen|αποστολε|השולח|المرسل|发件人|寄件|送信者|差出人|보낸|발신
"""
# These are banners whatever follows. Patterns.
BANNERS = r"""
    zjqcmqryfpfptbanner(start|end)|this message is from an? (external|untrusted|unknown) sender
    you have not previously corresponded with this sender
    (learn|find out) why this is important|erfahren sie, warum dies wichtig|(découvrez|en savoir plus sur) pourquoi
    (obtenga|más) información (sobre|acerca de) por qué|saiba por que isso|scopri perché è importante
    meer informatie over waarom|läs om varför|få mere at vide om, hvorfor|dowiedz się, dlaczego
    了解(此操作的重要性|为什么|為什麼)
    (some people who received this message|you) (don't|don’t|do not) often get e?-?mail from
    (sie|einige personen).{0,60} erhalten nicht (oft|haufig) (eine )?e-?mails? von
    (vous|certaines personnes).{0,60} (n'obtenez|ne recevez|ne recoivent|n’obtenez) pas souvent
    (no suele|no sueles|algunas personas).{0,60}(recibir|reciben) (correo|mensajes)
    no (suele|acostumbra a) recibir correo
    (voce nao costuma|nao e comum).{0,30}receb|non (si ricevono|ricevi) spesso|u ontvangt niet vaak e-?mail
    du far inte ofta e-?post|du (far|mottar) ikke ofte|czesto nie otrzymujesz|вы нечасто получаете|你(们)?通常不会收到
    您不(经常|常)收到|您不常收到|通常このメール|.{0,80}からのメールを受け取る(こと)?は(あまり|ほとんど)
"""
# All that such a line may say, between brackets or stars. Patterns.
TAGS = r"""
    ext(ern(al|e|er|o|a)?)?([ -](e-?mail|sender|mail|message|source|absender|nachricht|courriel))?
    (e-?mail|courriel|correo|mail|message|remitente|mittente|afzender)[ -]extern[eoa]?|externe? afzender
    外部(邮件|郵件|メール)?|社外(メール)?|외부 ?메일
"""
