"""Whether a call was answered or a meeting held, by the words and internal values of its outcome in four languages."""

import re

from metrics.exports.headers import normalised

HELD = "held"
NOT_HELD = "not held"

_UNANSWERED = (
    # HubSpot's own outcomes by id: busy, left voicemail, no answer, wrong number
    "9d9162e7-6cf3-4944-bf63-4dff82258764", "b2cf5968-551e-4856-9783-52b3da59a7d0",
    "73a0d17f-1163-4015-bdd5-ec830791da20", "17b47fee-58de-441e-a44c-c6300d46f273",
    r"no[ _-]?answer", r"not (answer|connect|reach)", r"\bbusy\b", r"voice ?mail", r"wrong number",
    r"unreachable", r"missed",
    r"cancel", r"failed", r"disconnected",
    r"sin respuesta", r"no (contest|respond|conect|contact|localiz)", r"ocupad", r"buzon",
    r"mensaje de voz", r"perdida",
    r"numero (incorrecto|equivocado|erroneo)", r"fallid",
    r"не ?(до|со)звон", r"не (ответ|соедин|состоял|отвеч)", r"нет ответа", r"без ответа", r"занят",
    r"голосов", r"автоответчик",
    r"неверн\w* номер", r"ошиб\w* номер", r"пропущен", r"недоступ", r"отмен",
    "无人接听", "无应答", "未接", "未连接", "忙线", "占线", "语音", "错误号码", "号码错误", "空号",
    "拒接", "关机", "停机", "无法接通", "取消", "失败",
)  # fmt: skip
_ANSWERED = (
    # connected, left live message
    "f240bbac-87c9-4f6e-bf70-924b57d47db7", "a4c4c377-d246-4b32-a13b-75a56a4cd0ff",
    r"\bconnected", r"\banswered", r"\breached", r"\blive\b",
    r"\bconectad", r"\bcontactad", r"\bcontesto", r"\brespondio", r"en (vivo|directo)",
    r"\bсоедин", r"дозвон", r"\bответил", r"разговор", r"состоял", r"связал",
    "接通", "接听", "已连接", "通话成功",
)  # fmt: skip
_NOT_MET = (
    r"no[ _-]?show", r"cancel", r"re ?schedul", r"\bscheduled", r"postpon", r"declined",
    r"\bno (asisti|se present|realizad|celebrad)", r"no presentad", r"ausen", r"reprogramad",
    r"reagendad", r"\bprogramad", r"\bagendad",
    r"aplazad", r"rechazad",
    r"не (состоя|яв|приш|проведен)", r"неявк", r"отмен", r"перенес", r"заплан", r"назначен", r"отложен",
    "未出席", "未到", "缺席", "爽约", "取消", "改期", "重新安排", "已安排", "已预约", "未完成", "推迟",
)  # fmt: skip
_MET = (
    r"\bcompleted", r"\bheld\b", r"\battended", r"\bcompletad", r"\brealizad", r"\bcelebrad", r"\basisti",
    r"проведен", r"состоял", r"заверш", "已完成", "完成", "已举行", "已出席",
)  # fmt: skip


def _any(parts: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(normalised(part) for part in parts))


_CALL = (_any(_UNANSWERED), _any(_ANSWERED))
_MEETING = (_any(_NOT_MET), _any(_MET))


def call_outcome(text: str) -> str:
    """`HELD` where the words say that somebody was reached, `NOT_HELD` where nobody was, else the text."""
    return _told(text, *_CALL)


def meeting_outcome(text: str) -> str:
    """`HELD` where the words say that the meeting took place, `NOT_HELD` where it did not, else the text."""
    return _told(text, *_MEETING)


def _told(text: str, no: re.Pattern[str], yes: re.Pattern[str]) -> str:
    plain = normalised(text)
    return NOT_HELD if no.search(plain) else HELD if yes.search(plain) else text
