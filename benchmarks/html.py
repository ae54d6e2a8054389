"""What it costs to make a customer's HTML safe to look at: `python -m benchmarks.html`.

CPU ms of `safe_html` and, beside it, of bare `nh3.clean`, on bodies as they come and on 1 MB of what hurts
parsers most. Bare nh3 gets a tenth of the hostile pages, because it needs quadratic time for some.
"""

import time
from collections.abc import Callable
from random import Random

import nh3

from chalicelib.mail.sanitise import safe_html

BODIES = 100
HOSTILE = {
    "nested <div>": "<div>",
    "<p> in 1,000 <div>": "<div>" * 1_000 + "<p>x</p>" * 125_000,
    "images between cells": "<table>" + "<img src=//x>" * 80_000,
    "fonts left open": "<p>" + "".join(f"<font color={n}>" for n in range(300)) + "</p>" + "<p>x</p>" * 125_000,
    "half entities": "&am",
    "links": "<a href=//a.example>b.example</a>",
    "attributes": '<p lang="a" dir="b" style="color:red">',
    "stray <a": "<a ",
    "comments": "<!---->",
    "styles left open": "<style></style ",
}


def main() -> None:
    bodies = [newsletter(Random(seed)) for seed in range(BODIES)]  # noqa: S311 - the same bodies each time
    size = sum(map(len, bodies)) // BODIES
    ours = sum(cpu_ms(safe_html, body) for body in bodies) / BODIES
    bare = sum(cpu_ms(nh3.clean, body) for body in bodies) / BODIES
    print(f"{'CPU ms':<44} safe_html  bare nh3")
    print(f"  {f'a body as they come, {size:,} characters':<42} {ours:>9.1f} {bare:>9.1f}")
    print(f"{'hostile':<44}     1 MB    100 KB")
    for name, flood in HOSTILE.items():
        page = (flood * (1_000_000 // len(flood) + 1))[:1_000_000]
        part = (flood[: len(flood) // 10] if len(flood) > 100_000 else page)[:100_000]
        print(f"  {name:<42} {cpu_ms(safe_html, page):>9.0f} {cpu_ms(nh3.clean, part):>9.0f}")


def newsletter(random: Random) -> str:
    """About 12,000 characters of tables in tables, as shops and mail programs write them."""
    row = (
        '<tr><td align="center" style="padding:10px 20px;font-family:Arial,sans-serif;color:#333"><table width="100%">'
        '<tr><td><a href="https://shop.example/{0}"><img src="https://img.example/{0}" width="200" alt="{0}"></a></td>'
        '<td><font face="Arial" size="2">Offer {0}<br><b>now</b> at <span style="color:red">{0}.99</span></font></td>'
        "</tr></table></td></tr>\n"
    )
    rows = "".join(row.format(random.randrange(1_000)) for _ in range(random.randrange(20, 48)))
    return f"<html><head><style>p{{margin:0}}</style></head><body><table>{rows}</table><p>Unsubscribe</p></body></html>"


def cpu_ms(made: Callable[[str], object], page: str) -> float:
    start = time.process_time()
    made(page)
    return (time.process_time() - start) * 1_000


if __name__ == "__main__":
    main()
