"""Explanations of the reasons about proofs of possession (DPoP), a part of `explanations`. Source: RFC 9449 7.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provisioning.gate.explanation import Explanation, explanation
from provisioning.gate.reasons import Reason

_ANOTHER_UK: Final = "Створюйте для кожного запиту нове підтвердження."
_ANOTHER_EN: Final = "Make a new proof for every request."

OF_PROOFS: Final[Mapping[Reason, Explanation]] = {
    Reason.TOKEN_BOUND: explanation(
        "Токен прив’язано до ключа ОІС",
        "Надсилайте його в заголовку Authorization: DPoP разом із заголовком DPoP (RFC 9449), а не як Bearer.",
        "The token is bound to a key of the OIS",
        "Send it in the header Authorization: DPoP, along with the header DPoP (RFC 9449), and not as Bearer.",
    ),
    Reason.TOKEN_NOT_BOUND: explanation(
        "Токен не прив’язано до ключа",
        "Надішліть заголовок DPoP під час обміну токена або надсилайте цей токен у заголовку Authorization: Bearer.",
        "The token is not bound to a key",
        "Send the header DPoP when the token is exchanged, or send this token in the header Authorization: Bearer.",
    ),
    Reason.TWO_PROOFS: explanation(
        "Кілька заголовків DPoP",
        "Надішліть рівно один заголовок DPoP.",
        "More than one header DPoP",
        "Send exactly one header DPoP.",
    ),
    Reason.PROOF_MISSING: explanation(
        "Немає підтвердження володіння ключем",
        f"Додайте заголовок DPoP (RFC 9449). {_ANOTHER_UK}",
        "There is no proof of possession",
        f"Add the header DPoP (RFC 9449). {_ANOTHER_EN}",
    ),
    Reason.PROOF_MALFORMED: explanation(
        "Підтвердження DPoP складено неправильно",
        "Потрібен підписаний JWT типу dpop+jwt: alg - ES256, ES384, PS256 або RS256, jwk - лише відкритий ключ, "
        "jti, htm, htu, iat та ath (RFC 9449, розділ 4.2).",
        "The DPoP proof is not made as it has to be",
        "It is a signed JWT of type dpop+jwt: alg is ES256, ES384, PS256 or RS256, jwk a public key only, with "
        "jti, htm, htu, iat and ath (RFC 9449 section 4.2).",
    ),
    Reason.PROOF_KEY: explanation(
        "Підтвердження DPoP зроблено іншим ключем",
        "Підписуйте ключем, яким було підтверджено обмін цього токена.",
        "The DPoP proof was made with another key",
        "Sign with the key that was proven when this token was exchanged.",
    ),
    Reason.PROOF_SIGNATURE: explanation(
        "Підпис підтвердження DPoP не збігається",
        f"Підтвердження змінено, або підписано не ключем із jwk. {_ANOTHER_UK}",
        "The DPoP proof's signature does not verify",
        f"It was changed, or was not signed by the key in its jwk. {_ANOTHER_EN}",
    ),
    Reason.PROOF_REQUEST: explanation(
        "Підтвердження DPoP зроблено для іншого запиту",
        "htm - метод саме цього запиту, htu - його повна адреса без параметрів і фрагмента.",
        "The DPoP proof is for another request",
        "htm is the method of this very request, htu its full address without query and fragment.",
    ),
    Reason.PROOF_TOKEN: explanation(
        "Підтвердження DPoP зроблено для іншого токена",
        "ath - SHA-256 того access_token, який надсилається, у base64url.",
        "The DPoP proof is for another token",
        "ath is the SHA-256 of the access_token that is sent, in base64url.",
    ),
    Reason.PROOF_UNTIMELY: explanation(
        "Підтвердження DPoP застаріле або з майбутнього",
        f"Звірте годинник сервера. {_ANOTHER_UK}",
        "The DPoP proof is stale or from the future",
        f"Check the server's clock. {_ANOTHER_EN}",
    ),
    Reason.PROOF_USED: explanation(
        "Підтвердження DPoP уже використано",
        f"Кожне діє один раз, також для повторного запиту. {_ANOTHER_UK}",
        "The DPoP proof was used already",
        f"Each counts once, also when a request is repeated. {_ANOTHER_EN}",
    ),
    Reason.PROOF_REQUIRED: explanation(
        "Для цієї ОІС потрібні токени, прив’язані до ключа",
        "Надішліть заголовок DPoP під час обміну та з кожним запитом (RFC 9449). Токени Bearer цієї ОІС не діють.",
        "This OIS needs tokens that are bound to a key",
        "Send the header DPoP with the exchange and with every request (RFC 9449). Bearer tokens of this OIS are dead.",
    ),
    Reason.PROOFS_UNAVAILABLE: explanation(
        "Перевірка DPoP тимчасово неможлива",
        "Шлюз не знає адреси, яку називають підтвердження. Повідомте підтримку.",
        "DPoP proofs cannot be checked at the moment",
        "The gate does not know the address that proofs name. Tell support.",
    ),
}
