"""Which files are in an archive somebody hands in?"""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping

from chalicelib.kernel.errors import Invalid, TooLarge

MOST_FILES = 20_000
MOST_BYTES = 40 * 1024 * 1024  # of all that is in it, unpacked: several times that is held while it is read
_BEGINS = b"PK\x03\x04"
_EMPTY = b"PK\x05\x06"
# What zipfile lets through of what it cannot read.
_UNREADABLE = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error, lzma.LZMAError,
    struct.error,
)  # fmt: skip
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say: the same articles make the same bytes


def unpacked(content: bytes, *, alone: str) -> dict[str, bytes]:
    """By path. What is no zip is one file, called `alone`. Raises Invalid, TooLarge (also for what grows too far)."""
    if not content.startswith((_BEGINS, _EMPTY)):
        return {alone: content}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and _plain(entry.filename)]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise TooLarge(
                    f"an archive has at most {MOST_FILES} files of {MOST_BYTES} bytes together: make two of it"
                )
            return {entry.filename.replace("\\", "/"): archive.read(entry) for entry in entries}
    except _UNREADABLE as error:
        raise Invalid("this archive cannot be read: make it anew, without a password") from error


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return out.getvalue()


def _plain(name: str) -> bool:
    """Not what macOS and version control put beside."""
    return not any(part.startswith(("__MACOSX", ".")) for part in name.replace("\\", "/").split("/"))
