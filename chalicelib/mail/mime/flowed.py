"""Paragraphs that a mail program broke for the journey, joined again (format=flowed, RFC 3676)."""

_SIGNATURE = "-- "


def joined(text: str, *, delete_space: bool = False) -> str:
    """Text of a part declared format=flowed. Quotes keep their depth, each line its `> ` marks.

    `delete_space` is DelSp=yes: the space at the end of a line belongs to the break, not to the text.
    """
    lines: list[str] = []
    pieces: list[str] = []  # of the paragraph that is still open
    depth = 0
    for line in text.split("\n"):
        level, content = _unquoted(line)
        if pieces and (level != depth or content == _SIGNATURE or not content.strip()):
            lines.append(_marks(depth) + "".join(pieces).rstrip())
            pieces = []
        depth = level
        flows = content.endswith(" ") and content != _SIGNATURE and bool(content.strip())
        if flows:
            pieces.append(content[:-1] if delete_space else content)
            continue
        whole = "".join(pieces) + content
        lines.append(_marks(depth) + whole if whole else _marks(depth).rstrip())
        pieces = []
    if pieces:
        lines.append(_marks(depth) + "".join(pieces).rstrip())
    return "\n".join(lines)


def _unquoted(line: str) -> tuple[int, str]:
    """(quote depth, content without its space-stuffing)."""
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")


def _marks(depth: int) -> str:
    return ">" * depth + " " if depth else ""
