"""Does she say that she will leave us, or only thanks? Few words that need no learning."""

import re

_LEAVING = re.compile(
    r"""
    \b(?:i(?:'m|\ am|'ll|\ will)|we(?:'re|\ are|'ll|\ will))\ (?:\w+\ ){0,3}(?:
        leav(?:e|ing)\ you
        |switch(?:ing)?\ (?:\w+\ )?(?:to|provider)
        |go(?:ing)?\ elsewhere
        |go(?:ing)?\ to\ (?:a|your|the|another)\ (?:competitor|competition|provider|bank|shop)
        |clos(?:e|ing)\ (?:\w+\ ){0,2}accounts?
        |tak(?:e|ing)\ (?:my|our)\ (?:business|money)\ elsewhere
        |never\ (?:\w+\ ){0,3}(?:again|back)
        |su(?:e|ing)\b|report(?:ing)?\ you|done\ with\ you
    )
    |\b(?:cancel|terminate|end|close)\ (?:my|our|this|the|all\ my)\ (?:\w+\ ){0,2}
        (?:subscription|contract|accounts?|membership|policy|plan)\b
    |\b(?:want|get\ me|let\ me)\ out\ of\ (?:this|the|my)\ contract
    |\b(?:lost|losing|lose)\ (?:\w+\ ){0,3}customers?\b
    |\b(?:my|our|a)\ lawyer|\bsee\ you\ in\ court|\bhear\ from\ my\ (?:solicitor|attorney)
    |\b(?:ombudsman|small\ claims|trading\ standards|consumer\ protection)
    |\b(?:one|1)[-\ ]star\ review|\b(?:tell|telling|warn)\ (?:everybody|everyone|all\ my\ friends)
    |\bnever\ (?:order|buy|book|shop|come|set\ foot)\b[^.!?]{0,40}\b(?:again|back|anything)
    |律师|起诉|法院|法庭见|消协|12315|银保监|银监会|工商局|曝光|媒体|报警
    |(?:再也不|不会再|以后不)(?:买|来|用|订|光顾|续)
    |(?:换|转)(?:一?家|别家|别的(?:平台|公司|银行|店)|到?竞争对手|其他(?:平台|公司|银行))
    |(?:取消|终止|退订|停掉|注销|销掉?)(?:我的?|这个|所有)?(?:会员|合同|合约|订阅|账户|账号|套餐|保单)
    |解约|销户|携号转网|失去了?一个客户|给(?:你们)?差评
    """,
    re.IGNORECASE | re.VERBOSE,
)
_THANKS = re.compile(
    r"\b(?:thanks?|thank you|thx|cheers|great|perfect|solved|received|got it)\b|谢谢|感谢|多谢|解决了|收到|太好了",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"[?？]|\b(?:but|still|not|n't|no|never|again|however|please|nothing)\b|n't\b|但是|可是|不过|还是|没有|不|请|再|又|吗",
    re.IGNORECASE,
)
_SHORT = 200  # characters


def leaving(text: str) -> tuple[tuple[int, int], ...]:
    """Where she speaks of leaving, of lawyers or of the public; at most three places."""
    return tuple(match.span() for match, _ in zip(_LEAVING.finditer(text), range(3), strict=False))


def only_thanks(text: str) -> bool:
    """Whether she says thanks and asks for nothing."""
    return len(text) <= _SHORT and bool(_THANKS.search(text)) and not _MORE.search(text)
