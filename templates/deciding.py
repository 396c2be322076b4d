"""The words for why a chat was told of something or was not: one table for every reason that the code knows."""

from __future__ import annotations

from collections.abc import Mapping

from checks.model import NoteKind, OutboxState, Untold
from checks.notifications import Reason

DECIDED: Mapping[Reason, str] = {
    Reason.SENT_NEW: "решили сообщить сразу",
    Reason.HELD: "пока не сообщаем: проверяем, нет ли общей причины",
    Reason.RELEASED: "ждать больше нечего, сообщаем",
    Reason.ESCALATED: "стало хуже, решили сообщить заново",
    Reason.EDIT: "решили обновить прежнее сообщение, без звука",
    Reason.STILL: "решили напомнить: ещё не починено",
    Reason.UNTAKEN: "никто не взял слишком долго, решили позвать следующего",
    Reason.LASTING: "взято и всё не починено, решили напомнить взявшему",
    Reason.RESOLVED: "решили сообщить, что починено",
    Reason.MERGED: "отдельно больше не сообщаем: нашлась общая причина, прежнее сообщение скажет, какая",
    Reason.MUTED: "не сообщаем: заглушено",
    Reason.PLANNED_WORK: "не сообщаем: идут плановые работы; останется после них, скажем в их конце",
    Reason.WORK_OVER: "сообщаем в общем сообщении о конце плановых работ",
    Reason.QUIET: "не сообщаем до утра: тихие часы, попадёт в утреннюю сводку",
    Reason.OFFICE: "сигнал менеджеру: придёт, когда начнётся рабочее время",
    Reason.CLOSED: "сигнал закончился: об этом скажет его карточка, отдельно не сообщаем",
    Reason.ALREADY_TOLD: "нового сообщения не нужно: прежнее ещё не ушло и покажет, как стало",
    Reason.FOLDED: "отдельно не сообщаем: вошло в сводку, сообщений было слишком много",
    Reason.RESOLVED_NOT_TOLD: "не сообщаем: кончилось раньше, чем об этом сказали",
    Reason.NOT_ROUTED: "не сообщаем: сюда такое не направлено",
    Reason.PRIORITY_BELOW_ROUTE: "не сообщаем: сюда направлено только более срочное",
    Reason.NOBODY_LISTENS: "сообщить некому: такого не ждёт ни один чат и нет администратора; скажем, когда будет кому",
}
"""What was decided; a reason of not telling begins with «не» or says who or what is missing."""
UNTOLD: Mapping[str, str] = {
    Untold.NOTHING_TO_EDIT: "обновлять оказалось нечего: сообщения уже нет",
    Untold.NOTHING_TO_TELL: "сообщать стало не о чем",
    Untold.REFUSED: "Telegram не принял ни текст, ни его простой вид; администратору сказано",
    Untold.CHAT_LOST: "в чат больше нельзя писать; сказано тому, кто слышит вместо него",
    Untold.NO_DIGEST: "утренней сводки не было, скажем отдельно",
    Untold.EXPIRED: "не удалось отправить за трое суток",
    Untold.ENDED: "напоминать не понадобилось: починено раньше",
    Reason.RESOLVED_NOT_TOLD: "не отправлено: кончилось раньше",
}
"""Why what was owed was given up."""
DONE: Mapping[OutboxState, str] = {
    OutboxState.OWED: "ждёт отправки",
    OutboxState.SENDING: "отправляется",
    OutboxState.DELIVERED: "отправлено",
    OutboxState.UNKNOWN: "ответ Telegram потерялся: дошло ли, неизвестно, повторим с пометкой",
    OutboxState.FOLDED: "вошло в сводку: сообщений было слишком много",
    OutboxState.MUTED: "не отправлено: заглушено",
    OutboxState.QUIET: "ждёт утренней сводки: тихие часы",
    OutboxState.BURIED: "не отправлено",
}
NOTES: Mapping[NoteKind, str] = {
    NoteKind.FIRING: "сообщение об аварии",
    NoteKind.UPDATE: "обновление сообщения",
    NoteKind.STILL: "напоминание",
    NoteKind.RESOLVED: "сообщение о починке",
    NoteKind.STORM: "сводка",
    NoteKind.BLIND: "сообщение о нас самих",
    NoteKind.HAND_OVER: "передача смены",
    NoteKind.DIGEST: "утренняя сводка",
    NoteKind.BOARD: "табло",
    NoteKind.NOTICE: "заметка",
}


def given_up(why: str) -> str:
    """Return why a note was given up; nothing for a word of an older age."""
    words = UNTOLD.get(why) or (DECIDED[Reason(why)] if why in set(Reason) else None)
    return words or ""


DECIDING_WORDS = {"DECIDED": DECIDED, "DONE": DONE, "NOTES": NOTES, "given_up": given_up}
