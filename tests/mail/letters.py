"""Mails built in place, so that each test shows the bytes it is about."""

from collections.abc import Mapping


def letter(body: str | bytes = "Hello", /, **headers: str) -> bytes:
    """A raw mail. Header names as `Content_Type`; four have defaults, and '' leaves one out."""
    defaults: Mapping[str, str] = {
        "From": "Ann Lee <ann@customer.example>",
        "To": "help@shop.example",
        "Subject": "My order",
        "Message_ID": "<one@customer.example>",
    }
    lines = [f"{n.replace('_', '-')}: {v}" for n, v in {**defaults, **headers}.items() if v]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body.encode() if isinstance(body, str) else body)


def multipart(kind: str, *parts: str, **headers: str) -> bytes:
    """A multipart mail of parts that are given with their own header block."""
    body = "".join(f"--cut\r\n{part}\r\n" for part in parts) + "--cut--\r\n"
    return letter(body, Content_Type=f'multipart/{kind}; boundary="cut"', **headers)


def part(kind: str, content: str, *headers: str) -> str:
    return "\r\n".join([f"Content-Type: {kind}", *headers, "", content])
