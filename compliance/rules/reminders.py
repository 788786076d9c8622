"""When a paper that runs out is worth a reminder. Pure."""

STEPS = (30, 7, 0)  # days before the last valid day, besides the time that its renewal takes


def step_of(days_left: int, renewal_days: int) -> int | None:
    """The reminder that is due with so many days left: the nearest of the steps that has been reached.

    None before the first step, and after the last day: then it has expired, which is told otherwise. A day that was missed
    is made up for: 29 days left are due for the reminder at 30.
    """
    reached = [step for step in (renewal_days, *STEPS) if step >= days_left]
    return min(reached) if reached and days_left >= 0 else None
