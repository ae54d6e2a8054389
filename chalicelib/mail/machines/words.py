"""What machines write in subjects and reports, in many languages. Data only; the rules are in `machines` and `bounces`.

A new language is one more line in each list. Everything is lower-case.
"""

# How an automatic answer begins its subject: whole phrases, as Exchange, Outlook, Notes, GroupWise, cPanel and the
# vacation programs of the large providers say it. A colon, a closing bracket or the end must follow.
ANSWERS = {
    "en": "auto reply|auto-reply|autoreply|auto response|auto-response|autoresponse|auto responder|autoresponder|"
    "automatic reply|automatic response|automated reply|automated response|vacation reply|"
    "vacation response|out of office|out of the office|out-of-office|out of office reply|out of office autoreply|"
    "out of office auto reply|out of office message|away from the office|i am out of the office|"
    "i am currently out of the office|away from my mail|i am on vacation",
    "de": "automatische antwort|automatische rückantwort|autom. antwort|automatische e-mail-antwort|autoantwort|"
    "abwesenheitsnotiz|abwesenheitsmeldung|abwesenheitsnachricht|abwesenheitsassistent|außer haus|nicht im büro|"
    "ich bin nicht im büro|automatische eingangsbestätigung",
    "fr": "réponse automatique|reponse automatique|absence du bureau|absent du bureau|absente du bureau|"
    "message d'absence|notification d'absence|avis d'absence",
    "es": "respuesta automática|respuesta automatica|fuera de la oficina|fuera de oficina|autorrespuesta",
    "pt": "resposta automática|resposta automatica|fora do escritório|ausência temporária|ausência do escritório",
    "it": "risposta automatica|fuori sede|fuori ufficio|assente dall'ufficio",
    "nl": "automatisch antwoord|automatische beantwoording|automatische reactie|afwezigheidsbericht|"
    "afwezigheidsmelding|niet op kantoor",
    "sv": "automatiskt svar|autosvar|frånvaromeddelande|ej på kontoret|inte på kontoret",
    "no": "automatisk svar|fraværsmelding|ikke på kontoret|ikke til stede",
    "da": "autosvar|fraværsbesked|ikke på kontoret",
    "fi": "automaattinen vastaus|poissaoloilmoitus|poissa toimistosta|automaattivastaus",
    "is": "sjálfvirkt svar",
    "pl": "odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|poza biurem",
    "cs": "automatická odpověď|mimo kancelář",
    "sk": "automatická odpoveď|mimo kancelárie|mimo kancelárii",
    "sl": "samodejni odgovor|samodejno sporočilo o odsotnosti",
    "hr": "automatski odgovor|izvan ureda",
    "sr": "аутоматски одговор",
    "hu": "automatikus válasz|házon kívül",
    "ro": "răspuns automat|raspuns automat|absent din birou|în afara biroului",
    "bg": "автоматичен отговор|извън офиса",
    "ru": "автоматический ответ|автоответ|автоответчик|нет на месте|вне офиса",
    "uk": "автоматична відповідь|автовідповідь",
    "el": "αυτόματη απάντηση|εκτός γραφείου",
    "tr": "otomatik yanıt|otomatik cevap|ofis dışında",
    "he": "תשובה אוטומטית|מענה אוטומטי|מחוץ למשרד",
    "ar": "رد تلقائي|الرد التلقائي|رد آلي|خارج المكتب",
    "fa": "پاسخ خودکار",
    "lt": "automatinis atsakymas",
    "lv": "automātiska atbilde|automātiskā atbilde",
    "et": "automaatvastus|automaatne vastus",
    "ca": "resposta automàtica|fora de l'oficina",
    "eu": "erantzun automatikoa",
    "vi": "trả lời tự động|thư trả lời tự động",
    "th": "ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ",
    "id": "balasan otomatis|jawaban otomatis",
    "ms": "balasan automatik",
    "ja": "自動応答|自動返信|自動返信メール|不在通知|不在応答|不在のお知らせ",
    "zh": "自动答复|自动回复|自動回覆|自動回复|不在办公室|不在辦公室|外出时的自动答复|外出自动回复|外出通知",
    "ko": "자동 회신|자동회신|자동 응답|자동응답|자동 답장|부재중|부재 중|부재 중 알림",
}

# Words that people use of themselves too: only with a colon do they begin an automatic answer.
ANSWERS_BEFORE_COLON = (
    "abwesend|abwesenheit|afwezig|absent|frånvaro|frånvarande|fravær|poissa|assente|ausente|nieobecność|nieobecny|"
    "nepřítomnost|odsoten|отсутствую|外出|不在"
)

# Whole forms of subjects that only programs write. Regular expressions, searched for from the first character.
FORMS = (
    r"auto: .{1,80} is out of the office",  # Notes
    r".{1,80} is out of the office \(returning ",  # Notes
    r"(\[preview\] )?report domain: \S{1,255} submitter: ",  # RFC 7489 7.2.1.1, RFC 8460 5.3
    r"complaint about message from [\d.]{7,15}$",  # Hotmail's abuse reports carry no other sign
    r"your email requires verification verify#",  # challenge and response
    r"please confirm your message$",  # TMDA
)

# Anywhere in the subject of a report that a mail did not arrive, or not yet.
BOUNCE_SUBJECTS = {
    "en": "undeliver|delivery failed|delivery failure|delivery has failed|delivery status|delivery notification|"
    "delivery report|delivery problem|delivery error|delivery delayed|delayed mail|failure notice|failure delivery|"
    "mail delivery system|mail delivery failed|mail failed|mail failure|returned mail|returned e-mail|mail error|"
    "mail system error|message delivery|message undelivered|not delivered|could not be deliver|could not deliver|"
    "couldn't be delivered|unable to deliver|unable to be delivered|nondeliverable|non-deliverable|not deliverable|"
    "could not send m|couldn't send|error sending|cannot send message|message delayed|returning message to sender|"
    "returned to sender|return to sender|returning to sender|message you sent|rejected|see transcript|bounce|"
    "mail delivery status|mail status report|message status|postmaster notify|delivery unsuccessful|"
    "unsuccessful delivery|unknown user|user unknown|mailbox full|over quota|blocked by",
    "de": "unzustellbar|nicht zugestellt|nicht zustellbar|zustellung fehlgeschlagen|zustellung der nachricht|"
    "zustellfehler|zustellungsfehler|zustellung verzögert|verzögerte zustellung|unzustellbare|mail-fehler|"
    "konnte nicht übermittelt",
    "fr": "non remis|non-remise|échec de la remise|échec de remise|échec de distribution|échec de l'envoi|"
    "échec d'envoi|échec de livraison|non distribu|non délivré|remise différée|remise retardée|retard de remise|"
    "impossible de remettre|état de remise|undelivered mail|courrier retourné|échec",
    "es": "no se puede entregar|no se pudo entregar|no se ha podido entregar|no entregado|no entregable|"
    "error de entrega|error en la entrega|fallo en la entrega|entrega fallida|mensaje devuelto|correo devuelto|"
    "estado de entrega|entrega retrasada",
    "pt": "não entregue|não foi possível entregar|não é possível entregar|falha na entrega|falha de entrega|"
    "erro de entrega|mensagem devolvida|status de entrega|estado de entrega|impossível entregar|não pôde ser entregue",
    "it": "non recapitabile|mancato recapito|mancata consegna|impossibile recapitare|impossibile consegnare|"
    "non consegnat|non recapitat|errore di consegna|stato del recapito|avviso di mancata consegna|recapito ritardato",
    "nl": "onbestelbaar|niet bezorgd|niet worden bezorgd|bezorging mislukt|bezorging vertraagd|aflevering mislukt|"
    "niet afgeleverd|kan niet worden afgeleverd|vertraagde bezorging",
    "sv": "olevererbart|kunde inte levereras|kan inte levereras|går inte att leverera|leveransfel|inte levererat",
    "no": "kan ikke leveres|kunne ikke leveres|ikke levert|uleverbar",
    "da": "ikke leveret|uleverlig|kan ikke leveres|kunne ikke leveres",
    "fi": "toimittaminen epäonnistui|ei voitu toimittaa|ei voi toimittaa|toimitusvirhe|toimittamaton",
    "pl": "niedostarcz|nie można dostarczyć|nie udało się dostarczyć|nie dostarczono|błąd dostarcz|zwrot wiadomości|"
    "nie została dostarczona|niemożliwe do dostarczenia",
    "cs": "nedoruč|nelze doručit|nebylo možné doručit|zpráva nebyla doručena",
    "hu": "kézbesíthetetlen|nem kézbesíthető|sikertelen kézbesítés|nem sikerült kézbesíteni",
    "ro": "nelivrat|imposibil de livrat|nu a putut fi livrat|nu se poate livra",
    "tr": "teslim edilemedi|teslim edilemiyor|iletilemedi|teslimat başarısız|teslim edilemeyen",
    "ru": "недостав|не доставлен|не удалось доставить|невозможно доставить|ошибка доставки|возвращ|"
    "не может быть доставлено|отчет о доставке",
    "uk": "не доставлено|не вдалося доставити|неможливо доставити",
    "bg": "не е доставен|неуспешна доставка",
    "el": "μη παραδοτέο|αδυναμία παράδοσης|δεν παραδόθηκε|αποτυχία παράδοσης",
    "he": "לא ניתן למסור|כשל במסירה|לא נמסר",
    "ar": "تعذر تسليم|تعذر التسليم|غير قابل للتسليم|فشل التسليم|فشل تسليم|لم يتم تسليم",
    "ja": "メールエラー|エラーメール|不達|配信不能|配信エラー|配信できません|配信失敗|配信遅延|配信状|配達不能|"
    "配達できません|"
    "送信できません|送信エラー|送信失敗|届きませんでした|お届けできません|送達不能|未達",
    "zh": "退信|退件|未送达|未送達|未传递|未傳遞|无法投递|无法送达|无法传递|无法发送|無法傳遞|無法投遞|無法送達|"
    "無法寄送|"
    "投递失败|投遞失敗|发送失败|傳送失敗|传递失败|被退回|郵件退回|邮件退回|传递状态|傳遞狀態|投递状态",
    "ko": "배달되지|배달 불가|배달불가|배달 실패|배달할 수 없|배달 상태|전송 실패|전송실패|전송되지|전달되지|"
    "전달할 수 없|"
    "반송|발송 실패|발송실패",
    "vi": "không gửi được|không thể gửi|không chuyển được",
    "th": "ไม่สามารถส่ง|ส่งไม่ถึง",
    "id": "tidak terkirim|gagal terkirim|gagal mengirim",
}

# What a server says when it gives no reason, or one that does not tell what is wrong with the address.
FAILURES = {
    "en": "could not be delivered|couldn't be delivered|not be delivered|was not delivered|wasn't delivered|undeliver|"
    "delivery failed|delivery has failed|delivery to the following|permanent error|permanent fatal error|fatal error|"
    "mailbox unavailable|recipient rejected|address rejected|recipient address rejected|unrouteable|unroutable|"
    "no valid recipients|not able to be delivered|wasn't able to deliver|unable to deliver|could not deliver|"
    "not listed in|relaying denied|relay access denied|access denied|blocked|rejected|delayed|following address|"
    "following recipient|delivery problem|delivery error|did not reach|could not be sent|can't be delivered|"
    "error delivering|delivery was aborted|non-deliverable|delivery attempt|was returned|returned to you|"
    "message was refused|considered spam|not accept|delivery to this address is restricted|account is disabled|"
    "mailbox disabled|account disabled|account has been disabled|inactive|suspended|deferred|connection timed out|"
    "connection refused|invalid address|invalid recipient|service unavailable|transcript of session",
    "de": "nicht zugestellt|unzustellbar|zustellung fehlgeschlagen|nicht zustellbar|abgelehnt|verzögert",
    "fr": "pas pu être remis|n'a pas été remis|pas pu être distribué|pas pu être délivré|n'a pu être|rejeté|refusé",
    "es": "no se pudo entregar|no se ha podido entregar|no pudo ser entregado|no ha podido ser entregado|rechazado",
    "pt": "não pôde ser entregue|não foi entregue|não foi possível entregar|rejeitad|recusad",
    "it": "non è stato possibile recapitare|non è stato recapitato|non è stato consegnato|impossibile recapitare|"
    "impossibile consegnare|rifiutat",
    "nl": "kon niet worden bezorgd|kan niet worden bezorgd|niet worden afgeleverd|geweigerd",
    "sv": "kunde inte levereras|kan inte levereras",
    "da": "kunne ikke leveres|kan ikke leveres",
    "fi": "ei voitu toimittaa",
    "pl": "nie mogła zostać dostarczona|nie została dostarczona|nie można dostarczyć|nie udało się dostarczyć|odrzucon",
    "cs": "nelze doručit|nemohla být doručena|nebyla doručena",
    "hu": "nem kézbesíthető|nem sikerült kézbesíteni",
    "tr": "teslim edilemedi|iletilemedi",
    "ru": "не доставлено|не удалось доставить|не было доставлено|не может быть доставлено|отклонен",
    "ja": "配信できません|配信できなかった|配信不能|送信できません|送信できませんでした|届けることができません|"
    "お届けできません|"
    "届きません|拒否|受信を制限|送信エラー",
    "zh": "无法投递|无法送达|无法发送|未能送达|未能投递|無法投遞|無法送達|無法傳遞|退回|拒收|被拒绝|被拒絕|投递失败|"
    "发送失败",
    "ko": "배달되지|배달할 수 없|전송되지|전송할 수 없|전달되지|반송|거부",
}

# Reasons that say clearly what is wrong, by the last two numbers of the code RFC 3463 has for it.
REASONS = {
    "1.1": {
        "en": "user unknown|unknown user|no such user|user not found|user doesn't exist|user does not exist|"
        "no such recipient|no such mailbox|mailbox not found|mailbox does not exist|no mailbox here by that name|"
        "no account by that name|account does not exist|that you tried to reach does not exist|no such person|"
        "unknown recipient|recipient unknown|recipient not found|recipient name is not recognized|"
        "recipient does not exist|recipient doesn't exist|unknown address|address unknown|unknown or illegal alias|"
        "unknown local part|unknown local-part|invalid mailbox|not a valid mailbox|doesn't have a yahoo|"
        "not listed in domino directory|not listed in public name|wasn't found at|couldn't be found at|"
        "address couldn't be found|user is unknown|unknown mailbox|no user here by that name|invalid user address|"
        "no such address|no such local user|not our customer|is not a known user|no such account|"
        "account is unavailable: does not exist|email address could not be found|email address wasn't found",
        "de": "benutzer unbekannt|unbekannter benutzer|empfänger unbekannt|unbekannter empfänger|"
        "empfänger existiert nicht|adresse existiert nicht|postfach existiert nicht|benutzer existiert nicht|"
        "e-mail-adresse wurde nicht gefunden|konto existiert nicht",
        "fr": "utilisateur inconnu|destinataire inconnu|adresse inconnue|boîte aux lettres inconnue|"
        "adresse n'existe pas|compte n'existe pas|utilisateur n'existe pas|destinataire n'existe pas|"
        "adresse d'expédition introuvable|adresse introuvable",
        "es": "usuario desconocido|usuario no existe|usuario inexistente|destinatario desconocido|cuenta no existe|"
        "dirección no existe|no existe el usuario|buzón no existe|no se encontró la dirección",
        "pt": "usuário desconhecido|utilizador desconhecido|usuário não existe|usuário inexistente|conta não existe|"
        "destinatário desconhecido|endereço não existe|endereço não encontrado|caixa postal não existe",
        "it": "utente sconosciuto|destinatario sconosciuto|utente inesistente|casella inesistente|"
        "indirizzo inesistente|indirizzo non trovato|utente non esiste|casella non esiste",
        "nl": "gebruiker onbekend|onbekende gebruiker|onbekende ontvanger|adres bestaat niet|gebruiker bestaat niet|"
        "ontvanger bestaat niet",
        "pl": "nieznany użytkownik|użytkownik nie istnieje|nie ma takiego użytkownika|skrzynka nie istnieje|"
        "konto nie istnieje|adres nie istnieje|nieznany odbiorca",
        "cs": "uživatel neexistuje|neznámý uživatel|schránka neexistuje",
        "ru": "пользователь не найден|пользователь не существует|неизвестный пользователь|получатель не найден|"
        "ящик не существует|адрес не существует|такого пользователя нет|получатель не существует",
        "ja": "宛先不明|ユーザー不明|ユーザが存在しません|ユーザーが存在しません|アドレスが存在しません|"
        "アドレスが見つかりません|"
        "アドレスは存在しません|アドレスが見つからない|メールアドレスが見つからなかった|"
        "ディレクトリのリストにありません|"
        "ディレクトリには見つかりません|ディレクトリに見つかりません|"
        "メールアドレスは見つかりませんでした",
        "zh": "用户不存在|收件人不存在|帐号不存在|账号不存在|地址不存在|邮箱不存在|用户未找到|查无此人|无此用户|"
        "使用者不存在|收件者不存在|帳號不存在|查無此人|無此使用者|找不到收件人|找不到收件者",
        "ko": "존재하지 않는 사용자|존재하지 않는 계정|존재하지 않는 메일|존재하지 않는 이메일|존재하지 않는 수신|"
        "알 수 없는 사용자|수신자를 찾을 수 없|없는 사용자",
    },
    "1.2": {
        "en": "host unknown|unknown host|no such host|no such domain|domain not found|domain does not exist|"
        "unknown domain|domain name not found|domain couldn't be found|unrouteable mail domain|host not found|"
        "couldn't find any host named|couldn't find any host by that name|couldn't find a mail exchanger|"
        "illegal host/domain name found|invalid domain name|bad destination host|"
        "dns error: domain name not found|no mx or a records",
        "de": "domain existiert nicht|unbekannte domain",
        "fr": "domaine inconnu|domaine n'existe pas",
        "es": "dominio no existe|dominio desconocido",
        "pt": "domínio não existe|domínio desconhecido",
        "it": "dominio inesistente|dominio sconosciuto",
        "ru": "домен не найден|домен не существует",
        "ja": "ドメインが存在しません|ドメインが見つかりません",
        "zh": "域名不存在|找不到域名|网域不存在",
    },
    "2.2": {
        "en": "mailbox full|mailbox is full|mailbox too full|mail box full|inbox is full|mailfolder is full|"
        "mailbox has exceeded|mailbox exceeds|over quota|overquota|over its quota|quota exceeded|exceeded quota|"
        "exceeds quota|"
        "exceeded storage|exceeded its storage|exceeded their quota|exceeded the quota|exceeded his/her quota|"
        "exceeded disk quota|disk quota|storage quota|quota violation|not enough storage|insufficient disk space|"
        "out of storage space|mailbox exceeded the local limit|recipient's mailbox exceeded|"
        "mailbox would exceed|exceeds allowed message count|mailbox size limit|mail quota|user is over the quota",
        "de": "postfach ist voll|postfach voll|mailbox voll|mailbox ist voll|speicherplatz erschöpft|"
        "quota überschritten|postfach des empfängers ist voll|speicherplatz überschritten",
        "fr": "boîte aux lettres pleine|boîte pleine|boite pleine|boîte aux lettres est pleine|quota dépassé|"
        "boîte de réception est pleine|boîte de réception pleine",
        "es": "buzón lleno|buzón está lleno|buzón de correo lleno|cuota excedida|excedido la cuota|"
        "bandeja de entrada está llena|casilla llena",
        "pt": "caixa cheia|caixa postal cheia|caixa de correio cheia|caixa de entrada cheia|caixa está cheia|"
        "caixa postal está cheia|cota excedida|quota excedida",
        "it": "casella piena|casella di posta piena|casella di posta è piena|quota superata",
        "nl": "postvak is vol|postvak vol|mailbox is vol|quota overschreden",
        "pl": "skrzynka jest pełna|skrzynka pełna|skrzynka przepełniona|przekroczono limit|przepełniona skrzynka",
        "cs": "schránka je plná|schránka je přeplněna",
        "ru": "ящик переполнен|ящик полон|превышена квота|ящик заполнен|переполнен почтовый ящик",
        "ja": "メールボックスがいっぱい|メールボックスが一杯|容量を超え|容量超過|容量オーバー|"
        "受信ボックスがいっぱい|容量制限を超え",
        "zh": "邮箱已满|邮箱空间不足|邮箱空间已满|信箱已滿|信箱已满|空间已满|容量已滿|超出配额|信箱空間不足|"
        "邮箱容量不足",
        "ko": "사서함이 가득|메일함이 가득|용량이 초과|용량 초과|용량을 초과|편지함이 꽉|메일박스가 꽉",
    },
    "3.4": {
        "en": "message too big|message too large|message is too large|message is too big|message size exceeds|"
        "size limit exceeded|exceeds the maximum message size|exceeds size limit|exceeds maximum message size|"
        "message exceeds fixed maximum|exceeded maximum message size|size exceeds fixed|"
        "larger than the current system limit",
        "de": "nachricht ist zu groß|nachricht zu groß",
        "fr": "message trop volumineux|message est trop volumineux",
        "es": "mensaje demasiado grande|mensaje es demasiado grande",
        "ja": "メッセージのサイズが大きすぎ|サイズ制限を超え",
        "zh": "邮件过大|邮件太大|邮件大小超",
    },
    "4.1": {
        "en": "connection timed out|connection refused|no route to host|network is unreachable|host is not responding|"
        "couldn't establish an smtp connection|operation timed out",
    },
    "4.3": {
        "en": "host not found, try again|temporary lookup failure|dns lookup timed out|name server timeout|"
        "host name lookup failure|temporarily unable to resolve",
    },
    "4.7": {
        "en": "envelope expired|retry timeout exceeded|delivery time expired|message expired|expired in queue|"
        "could not deliver for the last|cannot send message for|could not be sent for|has expired after|"
        "in the queue too long|been in the queue too long|giving up after|delivery timed out|"
        "hosts have been failing for a long time|maximum delivery time|message timed out|retry time not reached|"
        "retry limit exceeded|delivery expired|maximum number of delivery attempts|undelivered for|"
        "not delivered within|could not be delivered for",
    },
    "7.1": {
        "en": "relaying denied|relay access denied|relaying not allowed|relay not permitted|relaying not permitted|"
        "unable to relay|we do not relay|not permitted to relay|insecure mail relay",
    },
}

# What tells the class of an error, and that its server goes on trying.
PERMANENT = (
    "permanent error|permanent fatal error|failed permanently|permanent failure|permanently rejected|"
    "was rejected by|dauerhaft|"
    "groups.google.com/support"  # refuses a post, in the language of its writer: no such group, or none for you
)
TEMPORARY = (
    "temporary failure|temporarily|temporary error|will be retried|will keep trying|will continue to try|still being "
    "retried|do not need to resend|delivery will continue|not yet been delivered|message is delayed|delivery attempts "
    "will continue|has been delayed|has been deferred|warning message only|try again later|zugestellt werden. es wird"
)
STILL_TRYING = (
    "will be retried|will keep trying|will continue to try|still being retried|do not need to resend|delivery attempts "
    "will continue|not yet been delivered|this is a warning message only|only a temporary failure report|"
    "delivery will continue|message is delayed|delivery has been delayed"
)
# How the copy of the mail that did not arrive begins; at the start of a line, rules before it left out.
COPY_BEGINS = (
    "received: from|return-path: |original message|unsent message|undelivered message|returned message|"
    "message text follows|your original message|below this line is a copy|below the next line is a copy|"
    "this is a copy of|included is a copy|following is a copy|"
    "included is the|the header of|the headers of|message headers follow|below is a copy|a copy of the original|"
    "a copy of your message|here is your returned|returned mail|start of returned|"
    "message details|bounced e-mail|bounced email|returned text follows|message header follows|the message headers|"
    "the original message|here is a copy of|original headers|message contents|your message reads|"
    "ursprüngliche nachricht|originalnachricht|message d'origine|message original|mensaje original|"
    "mensagem original|messaggio originale|oorspronkelijk bericht|oryginalna wiadomość|исходное сообщение|"
    "元のメッセージ|以下は送信|原始邮件|原郵件|原邮件|原始郵件|원본 메시지"
)
# An address in such a line is not that of the recipient.
CONTACTS = (
    "contact|assistance|support|help|abuse|mailto:|kontakt|问题请|問い合わせ|联系|聯絡|문의|обратитесь|contatt|"
    "message-id|envelope-from|mail from|sent by|return-path|http|reporting-mta|arrival-date|sender:|"
    "delivery report to|received:|references:|in-reply-to|from:"
)
