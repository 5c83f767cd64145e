"""Cells that are words: no value, yes or no, one of a few, a currency, an id, a domain."""

import re

from metrics.exports.headers import normalised
from metrics.exports.numbers import MARKS, number

NO_VALUE = (
    "", "-", "--", "—", "n/a", "#n/a", "null", "none", "nan", "(no value)", "(nenhum valor)", "(sin valor)", "(blank)",
    "无", "не закрыта",
)  # fmt: skip
YES = (
    "yes",
    "true",
    "1",
    "1.0",
    "y",
    "t",
    "sí",
    "si",
    "да",
    "是",
    "done",
    "checked",
    "ja",
    "oui",
    "sim",
    "x",
    "истина",
    "verdadero",
)
NO = ("no", "false", "0", "0.0", "n", "f", "нет", "否", "undone", "unchecked", "nein", "non", "não", "ложь", "falso")

_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "deal_type": {
        "renewal": ("renew", "renov", "продлен", "续"),
        "expansion": (
            "expan",
            "existing",
            "upsell",
            "up-sell",
            "upgrade",
            "cross",
            "add-on",
            "existente",
            "existing business",
        ),
        "new": ("new", "new business", "new customer", "new logo", "nuev", "нов", "新"),
    },
    "outcome": {
        "no_decision": ("no decision", "no_decision"),
        "won": ("won", "ganad", "выигр", "赢"),
        "lost": ("lost", "perdid", "проигр", "丢", "输"),
        "open": ("open", "abiert", "откр", "进行"),
    },
    "direction": {"in": ("in", "inbound", "incoming"), "out": ("out", "outbound", "outgoing")},
    # At the beginning of a word only: a platform is no form.
    "kind": {
        "email_sent": (" email sent", " sent email", " send email", " email deliver"),
        "email_open": (" email open", " open email", " opened email"),
        "email_click": (" email click", " click email", " clicked email", " clicked link in email"),
        "email_reply": (" email reply", " reply email", " replied to email"),
        "direct_mail": (" direct mail", " postal mail"),
        "web_visit": (
            " web visit", " website visit", " web page", " page view", " pageview", " visit web page", " site visit",
            " visited web page", " visita web", " просмотр страниц", "网页浏览",
        ),
        "form": (" form", " fill out form", " filled out form", " заполнение формы", "表单"),
        "webinar": (" webinar", " вебинар", "网络研讨会"),
        "content": (
            " content", " download", " whitepaper", " white paper", " ebook", " e-book", " descarga", " скачивание",
            "下载",
        ),
        "event": (" event", " trade show", " tradeshow", " conference", " seminar", " workshop", " мероприятие"),
        "chat": (" chat", " live chat", " чат"),
        "ad_impression": (" ad impression", " impression", " display impression"),
        "meeting": (" meeting", " reunión", " reunion", " встреча", "会议"),
        "call": (" call", " phone call", " llamada", " звонок", "电话"),
    },
}  # fmt: skip

NEGATED = re.compile(
    r"(\b(not|never|isn'?t|wasn'?t|non?|nunca|jam[aá]s|sin|todav[ií]a|не|ни|без)[\s_-]*([^\W\d]+[\s_-]+){0,2}|[未没沒不非无無].{0,2})$",
    re.IGNORECASE,
)
"""What ends before a word of an outcome and turns it round: "not yet won", "no se ha ganado", "未赢单"."""

_LIFECYCLE: dict[str, tuple[str, ...]] = {
    "Subscriber": ("suscriptor", "подписчик", "订阅者"),
    "Lead": ("cliente potencial", "prospecto", "лид", "潜在客户", "线索"),
    "Marketing Qualified Lead": (
        "mql", "lead calificado para marketing", "lead cualificado para marketing", "lead calificado por marketing",
        "lead cualificado por marketing", "lead calificado de marketing", "lead cualificado de marketing",
    ),
    "Sales Qualified Lead": (
        "sql", "lead calificado para ventas", "lead cualificado para ventas", "lead calificado por ventas",
        "lead cualificado por ventas", "lead calificado de ventas", "lead cualificado de ventas",
    ),
    "Opportunity": ("oportunidad", "возможность", "商机"),
    "Customer": ("cliente", "клиент", "客户"),
    "Evangelist": ("evangelista", "evangelizador", "евангелист"),
}  # fmt: skip
_LIFECYCLE_NAMES = {
    word.replace(" ", ""): name for name, words in _LIFECYCLE.items() for word in (normalised(name), *words)
}

_CURRENCIES = {
    "us dollar": "USD", "dollar": "USD", "us$": "USD", "euro": "EUR", "€": "EUR", "£": "GBP", "pound sterling": "GBP",
    "british pound": "GBP", "₽": "RUB", "руб": "RUB", "руб.": "RUB", "рубль": "RUB", "российский рубль": "RUB",
    "人民币": "CNY", "yuan": "CNY", "chinese yuan": "CNY", "peso mexicano": "MXN", "mexican peso": "MXN",
    "dolar": "USD", "yen": "JPY", "japanese yen": "JPY", "₴": "UAH", "₸": "KZT", "₹": "INR", "zł": "PLN",
}  # fmt: skip
_CODE = re.compile(r"^[A-Za-z]{3}$")
IN_HEADER = re.compile(r"\(([A-Z]{3})\)\s*$")
_SYMBOLS = {"€": "EUR", "£": "GBP", "₽": "RUB", "руб": "RUB", "₴": "UAH", "₸": "KZT", "₹": "INR", "zł": "PLN"}


_MOODS = {
    word: value
    for value, words in {
        1.0: "positive positivo positiva positiv positif позитивный положительный 正面 积极",
        0.0: "neutral neutro neutre нейтральный 中性",
        -1.0: "negative negativo negativa negativ négatif негативный отрицательный 负面 消极",
    }.items()
    for word in map(normalised, words.split())
}


def choice(column: str, text: str, choices: tuple[str, ...]) -> str | None:
    """The choice that a word stands for, or None; an outcome that is negated ("no ganado") stands for none."""
    plain = normalised(text)
    exact = re.sub(r"[ /-]+", "_", plain)
    if exact in choices:
        return exact
    for value, parts in _CHOICES.get(column, {}).items():
        if column == "outcome" and any(p in plain and NEGATED.search(plain[: plain.index(p)]) for p in parts):
            return None
        if any(plain.startswith(p) or (p in f" {plain}" and (len(p) > 3 or not p.isascii())) for p in parts):
            return value
    return None


def sentiment(text: str) -> float | None:
    """A sentiment from -1 to 1, as a figure or as positive, neutral or negative; None for everything else."""
    if (mood := _MOODS.get(normalised(text))) is not None:
        return mood
    figures = (number(text, mark) for mark in MARKS)
    return next((float(figure) for figure in figures if figure is not None and -1 <= figure <= 1), None)


def lifecycle_stage(text: str) -> str:
    """HubSpot's English name of a lifecycle stage written in another language or as an internal name, else the text."""
    return _LIFECYCLE_NAMES.get(re.sub(r"[ _/-]+", "", normalised(text)), text)


_UNITS: dict[str, float] = {
    word: months
    for months, words in {
        12 / 365: "day days daily dia dias diario день дня дней ежедневно 天 日",
        12 / 52: "week weeks weekly semana semanas semanal неделя недели недель еженедельно 周",
        1.0: "month months monthly mes meses mensual месяц месяца месяцев ежемесячно 月 每月",
        3.0: "quarter quarters quarterly trimestre trimestral trimestres квартал ежеквартально 季度",
        6.0: "half-year semiannual semiannually semestre semestral полугодие 半年",
        12.0: "year years yearly annual annually ano anos anual год года лет ежегодно 年 每年",
    }.items()
    for word in map(normalised, words.split())
}  # fmt: skip
_INTERVAL = re.compile(r"^(?:every |per |cada |каждые |/)?(?:(\d{1,3})[ -]?)?(.+)$")


def months(text: str) -> float | None:
    """How many months a billing interval has: `month`, `3 months`, `yearly`, `every 2 weeks`."""
    found = _INTERVAL.match(normalised(text))
    unit = _UNITS.get(found[2]) if found else None
    return None if found is None or not unit or found[1] == "0" else unit * int(found[1] or 1)


def currency(text: str) -> str | None:
    """The ISO code of a currency by code, name or sign."""
    plain = text.strip()
    if _CODE.match(plain):
        return plain.upper()
    found = re.search(r"\b([A-Z]{3})\b", plain)
    return _CURRENCIES.get(normalised(plain)) or (found[1] if found else None)


def currency_in_amount(text: str) -> str | None:
    """The currency written beside a figure, where it is plain which one."""
    code = re.search(r"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])", text)
    if code:
        return code[1]
    return next((iso for sign, iso in _SYMBOLS.items() if sign in text), None)
