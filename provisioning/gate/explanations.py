"""Explanations of each reason: what it means and what an integrator does about it, in Ukrainian and English.

Read by people who write or run an OIS, so every text says whose move it is. No figures and no names: those are in the
members of the problem document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provisioning.gate.explanation import Explanation, explanation
from provisioning.gate.explanations_of_proofs import OF_PROOFS
from provisioning.gate.reasons import Reason

_GET_ANOTHER_UK: Final = "Отримайте новий токен обміном ключа АРІ й повторіть запит."
_GET_ANOTHER_EN: Final = "Get a new token by exchanging the API key's token, and send the request again."
_PORTAL_UK: Final = "Заклад бачить стан ключа й доручень у своєму кабінеті."
_PORTAL_EN: Final = "The institution sees the state of its key and mandates in its portal."

EXPLANATIONS: Final[Mapping[Reason, Explanation]] = {
    Reason.NOT_FROM_PROXY: explanation(
        "Запит не від проксі-сервера",
        "Ця адреса відповідає лише проксі-серверу центральної бази даних. Звертайтеся до центральної бази даних.",
        "The request does not come from the proxy",
        "This address answers the central database's proxy only. Send requests to the central database itself.",
    ),
    Reason.REQUEST_UNREADABLE: explanation(
        "Запит не вдалося прочитати",
        "Метод або адреса містять недозволені символи чи задовгі. Виправте запит.",
        "The request cannot be read",
        "Its method or address holds characters that are not allowed, or is too long. Correct the request.",
    ),
    Reason.PATH_NOT_CANONICAL: explanation(
        "Шлях записано не в єдиній дозволеній формі",
        "Приберіть зі шляху //, /./, .., крапку з комою, зворотну скісну, скісну наприкінці та зайве %-кодування; "
        "великі й малі літери розрізняються.",
        "The path is not written in its one allowed form",
        "Remove //, /./, .., semicolons, backslashes, a slash at the end and needless percent-encoding from the path; "
        "upper and lower case differ.",
    ),
    Reason.TOKEN_IN_QUERY: explanation(
        "Токен у рядку запиту",
        "Адреси потрапляють до журналів. Надсилайте токен лише в заголовку Authorization: Bearer; цей токен замініть.",
        "A token in the query string",
        "Addresses end up in logs. Send the token in the header Authorization: Bearer only, and replace this one.",
    ),
    Reason.TWO_TOKENS: explanation(
        "Кілька заголовків Authorization",
        "Надішліть рівно один заголовок Authorization: Bearer.",
        "More than one Authorization header",
        "Send exactly one header Authorization: Bearer.",
    ),
    Reason.NO_TOKEN: explanation(
        "Немає токена",
        "Додайте заголовок Authorization: Bearer з токеном для центральної бази даних.",
        "There is no token",
        "Add the header Authorization: Bearer with a token for the central database.",
    ),
    Reason.TOKEN_MALFORMED: explanation(
        "Токен не є підписаним JWT",
        f"Перевірте, чи надіслано саме access_token і повністю. {_GET_ANOTHER_UK}",
        "The token is not a signed JWT",
        f"See that it is the access_token and that all of it was sent. {_GET_ANOTHER_EN}",
    ),
    Reason.TOKEN_SIGNATURE: explanation(
        "Підпис токена не підтверджено",
        f"Токен підписано не ключем цього середовища або змінено. {_GET_ANOTHER_UK}",
        "The token's signature does not verify",
        f"It was signed by a key that is not this environment's, or was changed. {_GET_ANOTHER_EN}",
    ),
    Reason.TOKEN_TYPE: explanation(
        "Це не токен доступу",
        "Надіслано ID-токен, токен оновлення або інший. Надсилайте поле access_token відповіді.",
        "This is not an access token",
        "It is an ID token, a refresh token or another kind. Send the field access_token of the answer.",
    ),
    Reason.TOKEN_ISSUER: explanation(
        "Токен видано іншою системою",
        "Перевірте, чи не переплутано тестове та робоче середовища.",
        "The token was issued elsewhere",
        "See that test and production environments are not mixed up.",
    ),
    Reason.TOKEN_AUDIENCE: explanation(
        "Токен не для центральної бази даних",
        "Токен ключа АРІ сам по собі її не відкриває: ОІС обмінює його (RFC 8693) з audience=central-db.",
        "The token is not meant for the central database",
        "An API key's own token does not open it: the OIS exchanges it (RFC 8693) with audience=central-db.",
    ),
    Reason.TOKEN_EXPIRED: explanation(
        "Строк дії токена минув",
        _GET_ANOTHER_UK,
        "The token has expired",
        _GET_ANOTHER_EN,
    ),
    Reason.TOKEN_NOT_YET_VALID: explanation(
        "Токен ще не діє",
        "Час видачі токена в майбутньому. Перевірте годинники серверів.",
        "The token is not valid yet",
        "It was issued in the future. Check the servers' clocks.",
    ),
    Reason.TOKEN_CLAIMS: explanation(
        "Токен не називає облікового запису закладу",
        "Такий токен отримують лише з ключа АРІ закладу. Зверніться до підтримки з номером рішення.",
        "The token does not name an institution's account",
        "Such a token comes from an institution's API key only. Tell support the decision's number.",
    ),
    **OF_PROOFS,
    Reason.ACCOUNT_UNKNOWN: explanation(
        "Такого облікового запису немає",
        "Зверніться до підтримки з номером рішення.",
        "There is no such account",
        "Tell support the decision's number.",
    ),
    Reason.ACCOUNT_DEACTIVATED: explanation(
        "Обліковий запис закладу деактивовано",
        "Доступ припинено (пункти 7, 10, 11 Порядку), токени не діють. Припиніть запити від імені цього закладу.",
        "The institution's account is deactivated",
        "Access has ended (order cl. 7, 10, 11) and its tokens are dead. Stop sending requests for this institution.",
    ),
    Reason.KEY_UNKNOWN: explanation(
        "Такого ключа АРІ немає",
        "Зверніться до підтримки з номером рішення.",
        "There is no such API key",
        "Tell support the decision's number.",
    ),
    Reason.KEY_NOT_REVEALED: explanation(
        "Ключ АРІ ще не отримано закладом",
        f"Заклад має отримати ключ у своєму кабінеті. {_PORTAL_UK}",
        "The institution has not taken this API key yet",
        f"The institution reveals the key in its portal first. {_PORTAL_EN}",
    ),
    Reason.KEY_CUT_OFF: explanation(
        "Ключ АРІ деактивовано",
        "Доступ за цим ключем припинено на вимогу закладу (пункт 8 Порядку). Новий ключ надає заклад.",
        "The API key is deactivated",
        "Access with it has ended at the institution's request (order cl. 8). The institution gives a new key.",
    ),
    Reason.KEY_RETIRED: explanation(
        "Ключ АРІ замінено новим",
        "Попросіть заклад передати новий ключ і почніть користуватися ним.",
        "The API key was replaced by a new one",
        "Ask the institution for the new key and use that.",
    ),
    Reason.RECORD_UNREADABLE: explanation(
        "Запис про обліковий запис, ключ або ОІС не читається",
        "Доки Адміністратор не усуне причину, доступу немає. Зверніться до підтримки з номером рішення.",
        "What is recorded about the account, the API key or the OIS cannot be read",
        "Nothing opens until the Administrator has seen to it. Tell support the decision's number.",
    ),
    Reason.RECORD_DIFFERS: explanation(
        "Стан облікового запису, ключа, ОІС або доручення не збігається із записами про них",
        "Доки Адміністратор не з’ясує причину, доступу немає. Зверніться до підтримки з номером рішення.",
        "The state of the account, the API key, the OIS or the mandate is not what is recorded about it",
        "Nothing opens until the Administrator has found out why. Tell support the decision's number.",
    ),
    Reason.CLIENT_UNKNOWN: explanation(
        "Токен отримала система, яка не є ОІС",
        "Токен отримує підключена ОІС обміном або сам заклад, якщо ввімкнено пряме користування.",
        "The token was obtained by a system that is no OIS",
        "A connected OIS gets it by exchange; the institution itself gets it when direct use is on.",
    ),
    Reason.OIS_UNKNOWN: explanation(
        "Такої ОІС немає",
        "Подайте заяву на підключення (пункт 6 Порядку).",
        "There is no such OIS",
        "Apply for connection (order cl. 6).",
    ),
    Reason.OIS_NOT_CONNECTED: explanation(
        "ОІС не підключено",
        "Потрібні договір про приєднання та позитивний висновок (пункт 6 Порядку). Стан заяви - у кабінеті ОІС.",
        "The OIS is not connected",
        "It needs the accession agreement and a positive conclusion (order cl. 6). See the state of the application.",
    ),
    Reason.OIS_SUSPENDED: explanation(
        "Підключення ОІС призупинено",
        "Зверніться до Адміністратора; причину зазначено в його рішенні.",
        "The connection of the OIS is suspended",
        "Turn to the Administrator; the decision names the reason.",
    ),
    Reason.OIS_CONCLUSION_EXPIRED: explanation(
        "Строк дії висновку щодо ОІС минув",
        "Пройдіть перевірку відповідності Технічним вимогам ще раз.",
        "The conclusion on the OIS has run out",
        "Have the OIS checked against the technical requirements again.",
    ),
    Reason.OIS_ENDED: explanation(
        "Підключення ОІС припинено або відхилено",
        "Це рішення остаточне; нове підключення потребує нової заяви.",
        "The connection of the OIS was ended or rejected",
        "That is final; a new connection needs a new application.",
    ),
    Reason.DIRECT_USE_OFF: explanation(
        "Пряме користування ключем АРІ вимкнено",
        "Працюйте через підключену ОІС, або нехай заклад увімкне пряме користування в кабінеті.",
        "Direct use of the API key is off",
        "Work through a connected OIS, or let the institution switch direct use on in its portal.",
    ),
    Reason.MANDATE_MISSING: explanation(
        "Немає доручення закладу для цієї ОІС",
        f"Заклад оформлює доручення на підставі договору (пункт 5 Порядку). {_PORTAL_UK}",
        "The institution has given this OIS no mandate",
        f"The institution grants it under a contract (order cl. 5). {_PORTAL_EN}",
    ),
    Reason.MANDATE_WITHDRAWN: explanation(
        "Доручення закладу відкликано",
        f"Припиніть запити від імені цього закладу. {_PORTAL_UK}",
        "The institution has withdrawn the mandate",
        f"Stop sending requests for this institution. {_PORTAL_EN}",
    ),
    Reason.MANDATE_EXPIRED: explanation(
        "Строк дії доручення минув",
        f"Заклад оформлює нове доручення. {_PORTAL_UK}",
        "The mandate has run out",
        f"The institution grants a new one. {_PORTAL_EN}",
    ),
    Reason.NO_ROUTE: explanation(
        "Такого маршруту протокол обміну не має",
        "Перевірте метод і шлях за описом протоколу; чого в ньому немає, те заборонено.",
        "The exchange protocol has no such route",
        "Check method and path against the protocol; what is not in it is refused.",
    ),
    Reason.RIGHT_NOT_OF_INSTITUTION: explanation(
        "Заклад не має потрібного права",
        "Права визначено видом закладу. Якщо право потрібне, заклад звертається до Адміністратора.",
        "The institution does not have the right that is needed",
        "Rights follow from the kind of institution. If it needs the right, it turns to the Administrator.",
    ),
    Reason.RIGHT_NOT_OF_OIS: explanation(
        "ОІС не має потрібного права",
        "Адміністратор надає права під час підключення ОІС. Подайте зміну заяви.",
        "The OIS does not have the right that is needed",
        "The Administrator grants rights when an OIS is connected. Apply for a change.",
    ),
    Reason.RIGHT_NOT_IN_MANDATE: explanation(
        "Доручення не містить потрібного права",
        f"Заклад може оформити нове доручення з цим правом. {_PORTAL_UK}",
        "The mandate does not hold the right that is needed",
        f"The institution may grant a new mandate with this right. {_PORTAL_EN}",
    ),
    Reason.OUTSIDE_SPHERE: explanation(
        "Заклад поза сферою діяльності",
        "Заклад має доступ лише до себе, орган управління - лише до підпорядкованих (пункт 3 Порядку).",
        "The institution is outside the sphere of activity",
        "An institution reaches itself only, an authority what is subordinate to it (order cl. 3).",
    ),
    Reason.TOO_MANY_REQUESTS: explanation(
        "Забагато запитів",
        "Зачекайте стільки секунд, скільки зазначено в Retry-After, і зменште частоту.",
        "Too many requests",
        "Wait as many seconds as Retry-After says, and send fewer.",
    ),
    Reason.GATE_STALE: explanation(
        "Перевірка доступу тимчасово неможлива",
        "Шлюз не може підтвердити, що його дані свіжі. Повторіть запит трохи згодом.",
        "Access cannot be decided at the moment",
        "The gate cannot confirm that what it knows is fresh. Send the request again a little later.",
    ),
    Reason.SIGNING_KEYS_UNAVAILABLE: explanation(
        "Перевірка підпису тимчасово неможлива",
        "Ключі, якими підписано токени, зараз недоступні. Повторіть запит трохи згодом.",
        "Signatures cannot be checked at the moment",
        "The keys that tokens are signed with cannot be had now. Send the request again a little later.",
    ),
    Reason.GATE_UNAVAILABLE: explanation(
        "Перевірка доступу не відповідає",
        "Повторіть запит трохи згодом; якщо це триває, зверніться до підтримки.",
        "The access check does not answer",
        "Send the request again a little later; if it lasts, turn to support.",
    ),
}
