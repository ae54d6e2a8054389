"""Does this text sell? A notice helps her with what she has; it does not make her buy.

Every sentence is looked at on its own, so that a line of selling does not drown in ten of service. What speaks for
selling adds up, what is owed to her or told of what she bought already takes off; a sentence that reaches `SELLS`
sells, and so does a text whose sentences come near it again and again. The signs and their weights stand below, in
English and Chinese; docs/plays.md says how they were found and how often they are wrong.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

SELLS = 2.0  # points of one sentence
AGAIN = 0.5  # how much of the other sentences' points counts
MOST_WORDS_TOLD = 4


@dataclass(frozen=True, slots=True)
class Sign:
    """Something in a sentence that speaks for selling. `excused`: not where the money in it is hers."""

    name: str
    points: float
    words: re.Pattern[str]
    excused: bool = False


class Found(NamedTuple):
    """A sentence's points, and the words that made them."""

    points: float
    words: tuple[str, ...]


def why_it_sells(text: str, language: str = "") -> str:  # noqa: ARG001 - for a language that needs signs of its own
    """Empty: it does not. Else the words that gave it away, for people.

    `language` (BCP 47) is a hint that nothing depends on: texts mix languages, so every sign is looked for.
    """
    sentences = sorted((_found(sentence) for sentence in _sentences(text)), key=lambda found: -found.points)
    if not sentences:
        return ""
    points = sentences[0].points + AGAIN * sum(found.points for found in sentences[1:] if found.points >= 1)
    if points < SELLS:
        return ""
    words = list(dict.fromkeys(word for found in sentences if found.points >= 1 for word in found.words))
    told = [word for word in words if not any(word in other for other in words if other != word)]
    return ", ".join(f"“{word}”" for word in told[:MOST_WORDS_TOLD])


def points_of(text: str) -> float:
    """How much its worst sentence sells."""
    return max((_found(sentence).points for sentence in _sentences(text)), default=0.0)


def _found(sentence: str) -> Found:
    owed = any(excuse.search(sentence) for excuse in _OWED)
    points, words = 0.0, []
    for sign in _SIGNS:
        if (match := sign.words.search(sentence)) and not (owed and sign.excused):
            points += sign.points
            words.append(" ".join(match[0].split()))
    return Found(points, tuple(words))


def _sentences(text: str) -> Iterator[str]:
    """Without the addresses in it, whose words mean nothing."""
    plain = _ADDRESS.sub(" ", unicodedata.normalize("NFKC", text)).replace("’", "'")
    for sentence in _END.split(plain):
        if sentence := sentence.strip():
            yield sentence


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
_END = re.compile(r"(?<=[.!?])\s+|[。!?;\n]+|:\s")  # NFKC has made full-width marks narrow ones
_NOW = r"(now|today|tonight|early|fast|in minutes|before (it|they)|this (week|weekend|month))"
_BUY = (
    r"(shop|buy|order|book|pre-?order|upgrade|subscribe|join|switch to|apply|enrol|sign up|stock up|trade in|renew|"
    r"insure|protect yourself|lock in|become a member|add (a|an|the) |extend your (warranty|plan|contract))"
)
_JOIN = r"join(?! (by|via|with)\b| (the|this) (call|chat|meeting)\b)"  # a club, not a conversation
_BEGINS = r"^(now )?(so |and |or )?(please )?"
_MONEY = r"([$€£]\s?\d[\d.,]*|\d[\d.,]*\s?([$€£]|dollars|euros|pounds))"

# What asks her to buy: nothing excuses it.
_URGES = (
    Sign("buy now", 2.0, _any(rf"\b{_BUY}\b[^,]{{0,40}}\b{_NOW}\b", r"\b(purchase|order|shop|buy|book|act) now\b")),
    Sign(
        "an invitation to buy",
        1.5,
        _any(
            rf"{_BEGINS}(shop|buy|upgrade|subscribe|{_JOIN}|pre-?order|stock up|treat yourself|switch)\b",
            rf"{_BEGINS}(discover|explore|furnish)\b",
            rf"{_BEGINS}(complete the (set|look)|add the|trade in|redeem|lock in|try our|gift ideas|unlock)\b",
            rf"{_BEGINS}(get insured|say goodbye to)\b",
            r"\b(upgrade|subscribe) here\b",
            r"\bprotect yourself\b.{0,12}\bour\b",
            r"\bwhy not (move|upgrade|try|add|go|switch|get)\b",
            r"\bcheck out (our|the)\b",
            r"\b(take|have) a look at our\b",
            r"\bcomplete your purchase\b",
            r"\bshop(ping)? (and|even) more\b",
            r"\bshop the\b",
            r"\bgo (unlimited|premium|pro)\b",
            r"\bmove up to (gold|platinum|premium|pro|business)\b",
        ),
    ),
    Sign(
        "something for buying",
        2.0,
        _any(
            r"\b(with|on) (every|your (next|first)|any) (order|purchase|box|shopping)",
            r"\b(next|first) (purchase|order|shopping trip|box)\b",
            r"\bif you (buy|order|subscribe|sign up|upgrade|join)\b",
            r"\bwhen you (buy|subscribe|sign up|upgrade|join|spend)\b",
            r"\bon (all )?orders over\b",
            rf"\bspend (another|just|only|at least)? ?{_MONEY}",
            r"\bspend it\b",
            r"\brefer a friend\b",
            r"\bbuy (one|two|\d)\b.{0,20}\bget\b",
            r"\bthe more you buy\b",
            r"\b(free|surprise) gift\b",
            r"\bprize draw\b|\bchance to win\b|^win\b",
        ),
    ),
    Sign(
        "others' taste",
        2.0,
        _any(
            r"\b(customers|people|others) who (bought|ordered)\b",
            r"\b(you (may|might|will|'ll) (also )?(like|love)|also (loved|liked))\b",
            r"\b(pairs? (well|perfectly) with|goes well with)\b",
            r"\b(handpicked|picked|selected|recommended|saved these|inspired by what)\b.{0,20}\b(for you|you)\b",
            r"\bstyles we think\b",
        ),
    ),
    Sign(
        "more for more",
        1.5,
        _any(
            rf"\bfor (only|just) {_MONEY}",
            rf"\b(from|only|just) (only |just )?{_MONEY} (a|per|more a) (day|week|month|year)\b",
            r"\bdid you know that with\b",
            r"\b(part of|available (in|on|with)|included in) our (business|premium|pro|plus|gold|platinum)\b",
            r"\b(package|plan|bundle|box|club|line|insurance|cover|protection)\b"
            rf".{{0,30}}\b(from|for|only|just) {_MONEY}",
            rf"\b\d+ \w+ for {_MONEY}",
            r"\b(enjoy|get|start|claim) (a|your|our) (free|complimentary) (trial|month|sample)\b",
            r"\bour (\w+ )?(premium|plus|platinum|gold|care plan|backup plus|wine club|baby shop|outlet|new outlet)\b",
        ),
    ),
)
# What makes the price, the thing or the moment look good: nothing to object to where the money is hers.
_LURES = (
    Sign(
        "a price to take",
        1.5,
        _any(
            r"\b\d+\s?% (off|discount|cheaper)",
            r"\bsave (up to )?([$€£]?\d[\d.,]*\s?%?|big)",
            r"\bhuge savings?\b",
            r"\bhalf (the )?price\b",
            rf"{_MONEY} off\b",
            r"\bprices have never been\b|\bnow even cheaper\b|\bspecial (price|rate|offer|deal)s?\b",
            r"\b(spring|summer|autumn|fall|winter|flash|annual|clearance|end of season|our) sale\b",
            r"\bdeals?\b",
            r"\bfor the price of one\b",
            r"\bvoucher\b",
            r"\b(double|triple|twice the|bonus) points\b",
            r"\bto \$?\d+ towards\b",
            r"\ban offer\b.{0,15}\brefuse\b",
        ),
    ),
    Sign(
        "a tempting verb",
        0.5,
        _any(r"^(get|grab|enjoy|try|save|make your|give yourself|spoil|love|imagine)\b", r"\bgrab\b"),
    ),
    Sign("miss out", 1.0, _any(r"\bmiss(ing)? out\b")),
    Sign("a code", 1.0, _any(r"\b(use|with|enter) (the )?(promo )?code\b", r"\bcheckout\b")),
    Sign(
        "something free to start",
        1.0,
        _any(
            r"\bfree (trial|installation|shipping|delivery|returns)\b",
            r"\b(first|\d+) (month|months|weeks|days) (for )?free\b|\bmonth free\b",
            r"\bon the house\b|\bis on us\b|\brisk-free\b|\bno commitment\b",
        ),
    ),
    Sign(
        "hurry",
        1.5,
        _any(
            r"\b(last chance|hurry|be quick|limited time|don't miss|do not miss|only today)\b",
            r"\bwhile (stocks|supplies) last\b",
            r"\bonly \d+ left\b|\bends (tonight|at midnight|soon)\b|\bsells out\b|\bearly access\b",
            r"\bbefore everyone else\b",
            r"\bthe first \d+ (orders|customers|people)\b|\bleft to grab\b|\bto secure yours\b|\bmust go\b",
            r"\bdoorbuster\b",
            r"\b(black friday|cyber monday|prime day)\b",
        ),
    ),
    Sign(
        "praise",
        1.0,
        _any(
            r"\b(all-new|brand[ -]new|new arrivals|bestsellers?)\b",
            r"\b(best .{0,30}\bever|experts agree|unbeatable|amazing|exclusive)\b",
            r"\b(better than ever|trending|happy customers|you deserve|perks|rewards)\b",
            r"\b(our (summer|new|winter) (collection|range|menu))\b",
            r"\bmiss you\b|\bcome back\b|\badventure\b|\bpeace of mind\b|\boffer valid\b|\bterms apply\b",
            r"\bmembers-only\b",
            r"\bit pays to\b|\bbiggest event\b|\bbundle\b|\bour .{0,20}range\b|\bready for an upgrade\b",
            r"\bfaster, lighter\b|\bpoints are waiting\b|\bnow available in store\b",
        ),
    ),
)
_URGES_ZH = (
    Sign(
        "buy now",
        2.0,
        _any(
            r"(立即|马上|赶快|赶紧|现在就?|即刻|快来|抓紧|今天)[^,。]{0,6}(抢购|购买|下单|订购|升级|开通|办理|订阅|入会|预订|注册|选购|"
            r"申请|入手|兑换|加开|延长保修|锁定|开始订阅|抢|入会)",
            r"点此(升级|购买|下单|开通)",
            r"(欢迎|等你来|等您来)(选购|购买|订购|选)",
            r"换购|囤货|回来下单|一键购买|提前开抢|开抢|抢购|抢先购|来逛逛|去.{0,12}逛逛|快来看看",
        ),
    ),
    Sign(
        "an invitation to buy",
        1.5,
        _any(
            r"不妨(升级|试试|开通|办理|看看|加)",
            r"看看(我们的|本周)",
            r"^(升级|开通|加入|订阅|换|凑成一套|推荐好友|以旧换新|犒劳)",
            r"未结算|加入购物车",
            r"开通.{0,8}会员",
            r"即可升级",
            r"(了解|尊享).{0,8}(权益|特权)",
        ),
    ),
    Sign(
        "something for buying",
        2.0,
        _any(
            r"(再|累计)?消费(满)?\d+元?(即可|享|可|送|参加|,)",
            r"消费积分|消费满",
            r"满\d+元?(减|包邮|送|享|即|可)",
            r"(下一单|首单|下次购物|下单)(立减|享|半价|可用|.折|.{0,4}包邮|赠)",
            r"下单者|第二件|买.?送.?|多买多省|边买边|购物金",
            r"购买我们的|选购.{0,8}(包|套餐)",
            r"抽奖|赢取|精美礼品|送甜品",
        ),
    ),
    Sign("a free start", 2.0, _any(r"^(欢迎)?免费(试用|体验|领取)", r"(开启|参加|参与)预售|现已开启预售|同步发售")),
    Sign("others' taste", 2.0, _any(r"顾客还(喜欢|买了)|猜您喜欢|为您(精选|挑选)|总有一款|买过.{0,10}的顾客|流行什么")),
    Sign(
        "more for more",
        1.5,
        _any(
            r"(只要|仅需|只需|低至|每天低至)(加)?\d[\d.]*元",
            r"\d[\d.]*元起",
            r"(商务|高级|专业|尊享|白金|企业)版?的?功能",
            r"升级(金卡|高级会员|白金|商务版|会员|不限量)",
            r"(专区|奥莱)",
        ),
    ),
)
_LURES_ZH = (
    Sign(
        "a price to take",
        1.5,
        _any(
            r"([一二三四五六七八九\d]{1,2}折)",
            r"立(减|省)\d|立省|半价|减半|降价|特价|特惠|史上最低|低价|好价|会员价|享.{0,3}个?月|清仓|特卖|大促|促销",
            r"划算|实惠|优惠价|折扣|代金券|优惠券|积分翻倍|满减|最高抵|减\d+[,,]|专属优惠",
        ),
    ),
    Sign("miss out", 2.0, _any(r"不容错过|不要错过|别错过|千万别|错过.{0,3}等")),
    Sign("a code", 1.0, _any(r"(凭码|输入优惠码|使用优惠码|结算时)")),
    Sign(
        "something free to start",
        1.0,
        _any(r"首月免费|免费试用|包邮|免安装费|免费退货|无忧试穿|不满意不花钱|随时可取消"),
    ),
    Sign(
        "hurry",
        1.5,
        _any(
            r"最后机会|手慢无|售完为止|先到先得|限时|仅限今天|仅剩\d|库存仅|今晚零点|欲购从速|还剩两周",
            r"优惠截至|提前开抢",
            r"前\d+名|双十一|双十二|年中大促|盛典|狂欢|正当时",
        ),
    ),
    Sign(
        "praise",
        1.0,
        _any(
            r"震撼|全新|新品|爆款|热销|超值|好礼|尊享|专享|焕然一新|您值得|应有尽有|哪里找|最好的|更快更轻",
            r"想念您|好久不见|满意用户",
            r"惊喜|福利|省钱|告别慢|预售|旺季|旅程等着|买个放心|精选",
        ),
    ),
)


def _signs(urges: tuple[Sign, ...], lures: tuple[Sign, ...]) -> tuple[Sign, ...]:
    return (*urges, *(Sign(sign.name, sign.points, sign.words, excused=True) for sign in lures))


_SIGNS = (*_signs(_URGES, _LURES), *_signs(_URGES_ZH, _LURES_ZH))

# The money is hers, or she is told about what she has: prices in such a sentence are news.
_OWED = (
    _any(
        r"\b(refund(ed)?|credited|compensat\w+|reimburs\w+|taken off|"
        r"take (it|.{1,25}) off (your|the) (bill|invoice|order)|"
        r"waived?|goes back|get back|paid out|overcharged|charged .{0,12} twice|corrected invoice)\b",
        r"\bfree of charge\b|\bwithout (a|any) (fee|cost|charge)\b|\bat no (cost|charge)\b|\bcosts nothing\b",
        r"\bnothing is charged\b",
        r"\byou (ordered|bought|paid|cancelled|started|returned|tried)\b",
        r"\byou (will|would) (not be charged|pay|get)\b|\bif you do not (agree|cancel)\b|\bwe charge\b",
        r"\b(included|contained) in what you (already )?pay\b|\byou are entitled\b",
    ),
    _any(
        r"退款|退回|退还|补偿|赔偿|抵扣|减免已|免除|多付|少付|重复收取|免费取消|不收费|不会扣费|不再扣费",
        r"没有合约|无需(其他)?操作",
        r"已包含|有权|取消订单|您订购的|您退回的|如未取消",
    ),
)
