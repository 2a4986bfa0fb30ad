"""Headers of mails that a strict decoder reads back as the very text. Pure. Source: RFC 2047 section 2 and 6.2.

Python's own folding loses the space between two words of a name that it encodes apart, so that the sender of a mail
became `адміністраторАІКОМ`. Here each text is encoded as a whole and then split, never between its words.
"""

from __future__ import annotations

from collections.abc import Iterable
from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy
from typing import Final

_CHARSET: Final = "utf-8"
_LONGEST_LINE: Final = 76
"""Characters in a line that holds an encoded word; after its space the word has 75 at most (section 2)."""


class EncodedHeaders(EmailPolicy):
    """The usual policy, but for how text beyond ASCII is written into a header."""

    def fold(self, name: str, value: str) -> str:
        """Return the header's lines, in ASCII."""
        text = str(value)  # A header object that is a string too, with `addresses` where it holds some.
        if text.isascii():
            folded: str = super().fold(name, value)
            return folded
        addresses = getattr(value, "addresses", None)
        written = self._text(name, text) if addresses is None else self._addresses(name, addresses)
        return f"{name}: {written}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the header's lines, as a mail server takes them."""
        return self.fold(name, value).encode("ascii")

    def _addresses(self, name: str, addresses: Iterable[Address]) -> str:
        joint = f",{self.linesep} "
        return joint.join(self._address(name, address) for address in addresses)

    def _address(self, name: str, address: Address) -> str:
        if address.display_name.isascii():
            return str(address)
        return f"{self._text(name, address.display_name)}{self.linesep} <{address.addr_spec}>"

    def _text(self, name: str, text: str) -> str:
        return Header(text, _CHARSET, maxlinelen=_LONGEST_LINE, header_name=name).encode(linesep=self.linesep)


MAIL_POLICY: Final = EncodedHeaders(max_line_length=_LONGEST_LINE)
"""For every mail that this program writes. Encoded lines of a body have 76 characters at most too (RFC 2045 6.7)."""
