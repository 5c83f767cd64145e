"""Are we on plan? Won revenue against its goal, in one sentence: of an unfinished period against what is due by now."""

from dashboard.text import numbers, say


def plan_sentence(apart: float | None, *, is_over: bool, is_reached: bool) -> str:
    """ "Revenue is 7 % behind plan", "Revenue is on plan", "The revenue goal is reached"; "" where nothing is known.

    `apart`: how far beyond its goal it is as a share of it (behind: below 0), in a period that is not over of the
    goal's part that is due by now. On plan is what reads as 0 %.
    """
    if apart is None:
        return ""
    share = numbers.percent(abs(apart))
    if is_over:
        return say("plan.reached") if apart == 0 else say("plan.above" if apart > 0 else "plan.below", apart=share)
    if is_reached:
        return say("plan.reached")
    if round(apart, 2) == 0:
        return say("plan.on")
    return say("plan.ahead" if apart > 0 else "plan.behind", apart=share)
